#include "oriel/app/monitor/client_book.h"

#include <utility>

#include "oriel/app/monitor/client_limits.h"

namespace oriel::monitor {
namespace {

// About what a value takes in memory.
std::size_t memory_of(const Value& value) {
  std::size_t size = sizeof(Value);
  if (const auto* text = value.string()) size += text->capacity();
  if (const auto* array = value.array()) {
    for (const auto& item : *array) size += memory_of(item);
  } else if (const auto* object = value.object()) {
    for (const auto& [key, member] : *object) size += sizeof(key) + key.size() + memory_of(member);
  }
  return size;
}

}  // namespace

ClientBook::ClientBook(std::string shown_uri, HistoryOptions history) : history_options_(history) {
  statistics_.uri = std::move(shown_uri);
}

ClientState ClientBook::set_state(ClientState state) {
  const std::lock_guard lock(mutex_);
  const auto before = std::exchange(statistics_.current_state, state);
  if (state != ClientState::kError) failure_.reset();
  if (state == ClientState::kConnected) {
    statistics_.connection_start = std::chrono::system_clock::now();
    connected_at_ = Clock::now();
  } else {
    statistics_.connection_start.reset();
  }
  return before;
}

ClientState ClientBook::state() const {
  const std::lock_guard lock(mutex_);
  return statistics_.current_state;
}

void ClientBook::set_failure(ClientError failure) {
  const std::lock_guard lock(mutex_);
  failure_ = std::move(failure);
}

std::optional<ClientError> ClientBook::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void ClientBook::add_error(const ClientError& error) {
  const std::lock_guard lock(mutex_);
  ++statistics_.error_count;
  auto& history = statistics_.error_history;
  history.push_back(error);
  if (history.size() > kErrorHistoryMax) history.erase(history.begin());
}

void ClientBook::count_attempt() {
  const std::lock_guard lock(mutex_);
  ++statistics_.reconnect_attempts;
}

void ClientBook::count_disconnection() {
  const std::lock_guard lock(mutex_);
  ++statistics_.total_disconnections;
}

void ClientBook::count_dropped() {
  const std::lock_guard lock(mutex_);
  ++statistics_.messages_dropped;
}

void ClientBook::add_counts(const ClientSessionCounts& before, const ClientSessionCounts& now) {
  const std::lock_guard lock(mutex_);
  statistics_.messages_received += now.messages_received - before.messages_received;
  statistics_.messages_sent += now.messages_sent - before.messages_sent;
  statistics_.bytes_received += now.bytes_received - before.bytes_received;
  statistics_.bytes_sent += now.bytes_sent - before.bytes_sent;
}

void ClientBook::add_data(SharedMessage message) {
  const auto bytes = history_options_.is_kept ? memory_of(message->document) : 0;
  const std::lock_guard lock(mutex_);
  last_data_ = message;
  if (!history_options_.is_kept) return;
  history_.push_back({std::move(message), bytes});
  history_bytes_ += bytes;
  while (history_.size() > history_options_.messages_max ||
         history_bytes_ > kClientHistoryBytesMax) {
    history_bytes_ -= history_.front().bytes;
    history_.pop_front();
  }
}

SharedMessage ClientBook::last_data() const {
  const std::lock_guard lock(mutex_);
  return last_data_;
}

Result<std::vector<SharedMessage>> ClientBook::history() const {
  const std::lock_guard lock(mutex_);
  if (!history_options_.is_kept) {
    return fail(ErrorCode::kUnavailable,
                "this client keeps no history; set ClientOptions::store_history");
  }
  std::vector<SharedMessage> messages;
  messages.reserve(history_.size());
  for (const auto& kept : history_) messages.push_back(kept.message);
  return messages;
}

ClientStatistics ClientBook::statistics() const {
  const std::lock_guard lock(mutex_);
  auto statistics = statistics_;
  if (statistics.connection_start)
    statistics.uptime_seconds = std::chrono::duration<double>(Clock::now() - connected_at_).count();
  return statistics;
}

}  // namespace oriel::monitor
