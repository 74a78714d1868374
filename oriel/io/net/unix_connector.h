#pragma once
// Connects to a Unix socket by its path. One strand owns it.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <string>

#include "oriel/base/result.h"
#include "oriel/io/net/stream.h"

namespace oriel::net {

class UnixConnector {
 public:
  explicit UnixConnector(boost::asio::any_io_executor executor);

  // One at a time. Waits only while the listener's queue is full. Errors: kUnavailable with the
  // reason, kTimeout, kClosed after cancel().
  boost::asio::awaitable<Result<StreamPointer>> connect(std::string path,
                                                        std::chrono::milliseconds timeout);
  // Ends a connect() that waits.
  void cancel();

 private:
  boost::asio::steady_timer back_off_;
  bool is_cancelled_ = false;
};

}  // namespace oriel::net
