#pragma once
// Who wants to hear of which events. Any thread; handlers are called without its lock, so that they
// may change the table.

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/app/monitor/client.h"

namespace oriel::monitor {

class EventTable {
 public:
  // A handler's id, 0 when there are kClientHandlersMax already.
  HandlerId add(std::string_view type, EventHandler handler);
  bool remove(HandlerId id);
  std::size_t remove_all(std::string_view type);

  // Calls the handlers of the event's type, of the other dialect's name for it, and of "*", in the
  // order of their coming. One that is removed meanwhile is not called any more.
  void call(const ClientEvent& event) const;

 private:
  struct Row {
    HandlerId id;
    std::string type;
    EventHandler handler;
    bool is_removed = false;
  };
  using SharedRow = std::shared_ptr<Row>;

  std::vector<SharedRow> rows_for(const ClientEvent& event) const;
  bool is_removed(const Row& row) const;

  mutable std::mutex mutex_;  // guards all that follow, with the rows' is_removed
  std::vector<SharedRow> rows_;
  HandlerId next_id_ = 1;
};

}  // namespace oriel::monitor
