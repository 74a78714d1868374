#pragma once
// Connects to a host by name or address: all its addresses in turn, none for longer than its share
// of the time. Names are looked up in a thread of their own, because getaddrinfo cannot be
// interrupted, and nobody waits for it longer than the time-out. One strand owns it.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "oriel/base/result.h"
#include "oriel/io/net/stream.h"

namespace oriel::net {

enum class AddressFamily { kAny, kIpv6 };

class TcpConnector {
 public:
  explicit TcpConnector(boost::asio::any_io_executor executor);
  // While connect() waits only when its io_context is destroyed.
  ~TcpConnector();
  TcpConnector(const TcpConnector&) = delete;
  TcpConnector& operator=(const TcpConnector&) = delete;

  // One at a time. host: a name or a numeric address without brackets. family: which of its
  // addresses. Errors: kUnavailable with the reason of the last address, kTimeout, kClosed after
  // cancel().
  boost::asio::awaitable<Result<StreamPointer>> connect(std::string host, std::uint16_t port,
                                                        std::chrono::milliseconds timeout,
                                                        AddressFamily family = AddressFamily::kAny);
  // Ends a connect() that waits.
  void cancel();

 private:
  struct Attempt;
  std::unique_ptr<Attempt> attempt_;
};

}  // namespace oriel::net
