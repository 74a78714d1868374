#include "oriel/app/monitor/event_table.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "oriel/app/monitor/client_limits.h"
#include "oriel/core/monitor/server_message.h"

namespace oriel::monitor {
namespace {

// Whether a handler of `wanted` hears of `type`.
bool is_for(std::string_view wanted, std::string_view type) {
  if (wanted == "*" || wanted == type) return true;
  const auto kind = server_message_kind(type);
  return kind != ServerMessageKind::kOther && server_message_kind(wanted) == kind;
}

}  // namespace

HandlerId EventTable::add(std::string_view type, EventHandler handler) {
  const std::lock_guard lock(mutex_);
  if (rows_.size() >= kClientHandlersMax || !handler) return 0;
  rows_.push_back(std::make_shared<Row>(Row{next_id_, std::string(type), std::move(handler)}));
  return next_id_++;
}

bool EventTable::remove(HandlerId id) {
  const std::lock_guard lock(mutex_);
  const auto row = std::ranges::find(rows_, id, [](const SharedRow& one) { return one->id; });
  if (row == rows_.end()) return false;
  (*row)->is_removed = true;
  rows_.erase(row);
  return true;
}

std::size_t EventTable::remove_all(std::string_view type) {
  const std::lock_guard lock(mutex_);
  return std::erase_if(rows_, [&](const SharedRow& row) {
    if (row->type == type) row->is_removed = true;
    return row->type == type;
  });
}

void EventTable::call(const ClientEvent& event) const {
  for (const auto& row : rows_for(event)) {
    if (!is_removed(*row)) row->handler(event);
  }
}

std::vector<EventTable::SharedRow> EventTable::rows_for(const ClientEvent& event) const {
  const std::lock_guard lock(mutex_);
  std::vector<SharedRow> found;
  std::ranges::copy_if(rows_, std::back_inserter(found),
                       [&](const SharedRow& row) { return is_for(row->type, event.type); });
  return found;
}

bool EventTable::is_removed(const Row& row) const {
  const std::lock_guard lock(mutex_);
  return row.is_removed;
}

}  // namespace oriel::monitor
