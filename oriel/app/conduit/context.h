#pragma once
// What a handler can know of the call or message that it handles: who asks, until when the answer
// is wanted, and whether it still is.

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "oriel/app/conduit/user_data.h"
#include "oriel/app/observe/log.h"
#include "oriel/base/time.h"

namespace oriel::conduit {

class Connection;

// One handler owns it at a time; the connection requests the stop from its own strand.
class Context {
 public:
  Context(std::shared_ptr<Connection> connection, const UserData& user_data, observe::Logger log,
          std::optional<TimePoint> deadline, std::string message_type = {})
      : connection_(std::move(connection)),
        user_data_(user_data),
        log_(std::move(log)),
        deadline_(deadline),
        message_type_(std::move(message_type)) {}

  Connection& connection() const { return *connection_; }
  // Of the peer: its address, and as whom it has logged in.
  const std::string& peer() const;
  const std::string& identity() const;
  // When the caller gives up, if it has said so.
  std::optional<TimePoint> deadline() const { return deadline_; }
  // Of the message that is handled; empty in methods.
  const std::string& message_type() const { return message_type_; }
  // Stops when the caller cancels or is gone, or the server stops.
  std::stop_token stop_token() const { return stop_.get_token(); }
  const observe::Logger& log() const { return log_; }
  // Of the server or client (set_user_data).
  template <typename T>
  T& user_data() const {
    return user_data_.get<T>();
  }

  void request_stop() { stop_.request_stop(); }

 private:
  std::shared_ptr<Connection> connection_;
  const UserData& user_data_;
  observe::Logger log_;
  std::optional<TimePoint> deadline_;
  std::string message_type_;
  std::stop_source stop_;
};

}  // namespace oriel::conduit
