#include "oriel/io/net/unix_connector.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/local/stream_protocol.hpp>
#include <cerrno>
#include <string_view>
#include <utility>

#include "oriel/base/time.h"
#include "oriel/io/net/limits.h"
#include "oriel/io/net/no_throw.h"
#include "oriel/io/net/tcp_stream.h"
#include "oriel/io/net/unix_listener.h"

namespace oriel::net {
namespace {

using boost::asio::awaitable;
using boost::asio::local::stream_protocol;
using boost::system::error_code;

std::unexpected<Error> cannot_connect(const std::string& path, ErrorCode code,
                                      std::string_view why) {
  return fail(code, fmt::format("cannot connect to unix:{}: {}", path, why));
}

// Never waits. A full queue is EAGAIN, of which no readiness tells the end (and which Asio's own
// async_connect takes for a connection).
error_code try_connect(stream_protocol::socket& socket, const stream_protocol::endpoint& endpoint) {
  error_code error;
  socket.open(stream_protocol(), error);
  if (!error) socket.non_blocking(true, error);
  if (error) return error;
  while (::connect(socket.native_handle(), endpoint.data(),
                   static_cast<socklen_t>(endpoint.size())) != 0) {
    if (errno != EINTR) return {errno, boost::system::system_category()};
  }
  return {};
}

}  // namespace

UnixConnector::UnixConnector(boost::asio::any_io_executor executor) : back_off_(executor) {}

void UnixConnector::cancel() {
  is_cancelled_ = true;
  back_off_.cancel();
}

awaitable<Result<StreamPointer>> UnixConnector::connect(std::string path,
                                                        std::chrono::milliseconds timeout) {
  if (auto status = check_unix_path(path); !status)
    co_return cannot_connect(path.substr(0, path.find('\0')), status.error().code,
                             status.error().message);
  is_cancelled_ = false;
  const auto until = Clock::now() + timeout;
  for (;;) {
    stream_protocol::socket socket(back_off_.get_executor());
    const auto error = try_connect(socket, stream_protocol::endpoint(path));
    if (!error) co_return make_socket_stream(std::move(socket));
    if (error != boost::system::errc::resource_unavailable_try_again)
      co_return cannot_connect(path, ErrorCode::kUnavailable, error.message());
    if (Clock::now() >= until)
      co_return cannot_connect(path, ErrorCode::kTimeout, "too many wait to be let in");
    back_off_.expires_at(std::min(Clock::now() + kUnixConnectBackOff, until));
    co_await back_off_.async_wait(kNoThrow);
    if (is_cancelled_) co_return fail(ErrorCode::kClosed, "connecting was given up");
  }
}

}  // namespace oriel::net
