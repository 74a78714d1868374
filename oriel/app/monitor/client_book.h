#pragma once
// What a client knows and others ask for: state, statistics, history, last data. Any thread; its
// lock is held for no call to others.

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "oriel/app/monitor/client_statistics.h"
#include "oriel/base/result.h"
#include "oriel/base/time.h"
#include "oriel/core/monitor/client_session.h"
#include "oriel/core/monitor/server_message.h"

namespace oriel::monitor {

class ClientBook {
 public:
  struct HistoryOptions {
    bool is_kept = false;
    std::size_t messages_max = 1000;
  };

  ClientBook(std::string shown_uri, HistoryOptions history);

  // Returns the state before. Connected counts the time of the connection from now on.
  ClientState set_state(ClientState state);
  ClientState state() const;
  // The end for good, with the state; taken back by set_state with any other state.
  void set_failure(ClientError failure);
  std::optional<ClientError> failure() const;

  void add_error(const ClientError& error);
  void count_attempt();
  void count_disconnection();
  void count_dropped();
  // Adds what one connection has counted since `before`.
  void add_counts(const ClientSessionCounts& before, const ClientSessionCounts& now);

  void add_data(SharedMessage message);
  SharedMessage last_data() const;
  Result<std::vector<SharedMessage>> history() const;

  ClientStatistics statistics() const;

 private:
  struct Kept {
    SharedMessage message;
    std::size_t bytes;
  };

  mutable std::mutex mutex_;  // guards all that follow
  ClientStatistics statistics_;
  std::optional<ClientError> failure_;
  TimePoint connected_at_{};
  SharedMessage last_data_;
  HistoryOptions history_options_;
  std::deque<Kept> history_;
  std::size_t history_bytes_ = 0;
};

}  // namespace oriel::monitor
