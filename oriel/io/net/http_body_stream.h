#pragma once
// A response's body that has no end yet: server-sent events. The application pushes, the connection
// writes. One strand owns both.

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "oriel/io/net/wake_event.h"

namespace oriel::net {

class HttpBodyStream {
 public:
  // At most `max_bytes` wait to be written.
  HttpBodyStream(const boost::asio::any_io_executor& executor, std::size_t max_bytes)
      : max_bytes_(max_bytes), wake_(executor) {}

  // Appends `text`. False, and the stream has ended, when the reader is too slow for it; false when
  // it had ended before.
  bool push(std::string_view text);
  // What waits and was not written yet.
  std::size_t waiting_bytes() const { return waiting_.size(); }
  // Nothing follows; what waits is still written.
  void end();
  bool is_ended() const { return is_ended_; }
  // Called once when the connection has gone, whoever ended it.
  void on_gone(std::move_only_function<void()> gone) { gone_ = std::move(gone); }

  // The connection's side.
  std::string take() { return std::exchange(waiting_, {}); }
  boost::asio::awaitable<void> wait() { return wake_.wait(); }
  void connection_gone();

 private:
  std::size_t max_bytes_;
  std::string waiting_;
  bool is_ended_ = false;
  std::move_only_function<void()> gone_;
  WakeEvent wake_;
};

}  // namespace oriel::net
