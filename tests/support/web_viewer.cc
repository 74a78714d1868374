#include "tests/support/web_viewer.h"

#include <fmt/format.h>

#include <boost/asio/buffer.hpp>
#include <optional>

#include "tests/support/wait_until.h"

namespace oriel::support {

namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;

// Starts an operation with a handler for its error code and waits for it.
template <typename Start>
error_code WebViewer::wait(Start start) {
  std::optional<error_code> result;
  start([&result](const error_code& error, auto...) { result = error; });
  io_.restart();
  io_.run_for(kPatience);
  if (result) return *result;
  beast::get_lowest_layer(socket_).close();
  io_.restart();
  io_.run();  // the handler lives here
  return boost::asio::error::timed_out;
}

WebViewer::WebViewer(int http_port, const WebViewerOptions& options) {
  auto& tcp = beast::get_lowest_layer(socket_);
  tcp.connect({boost::asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(http_port)});
  socket_.set_option(websocket::stream_base::decorator([&](websocket::request_type& request) {
    if (!options.cookie.empty()) request.set(beast::http::field::cookie, options.cookie);
    if (!options.origin.empty()) request.set(beast::http::field::origin, options.origin);
  }));
  socket_.binary(true);
  const auto path = options.tag.empty() ? "/websockify" : "/websockify?tag=" + options.tag;
  websocket::response_type response;
  wait([&](auto done) {
    socket_.async_handshake(response, fmt::format("127.0.0.1:{}", http_port), path, done);
  });
  upgrade_status_ = static_cast<int>(response.result_int());
  is_joined_ = upgrade_status_ == 101 && join();
}

// RFB 3.8 with the security type None (RFC 6143, 7.1), when that is offered.
bool WebViewer::join() {
  say("RFB 003.008\n");
  const auto offer = hear(13);
  if (offer.size() < 13) return false;
  const auto types = hear(static_cast<unsigned char>(offer[12]));
  if (types.find('\1') == types.npos) return false;
  say("\1");
  if (hear(4) != std::string(4, '\0')) return false;
  say("\1");
  const auto init = hear(24);
  return init.size() == 24 && !hear(static_cast<unsigned char>(init[23])).empty();
}

void WebViewer::say(std::string_view bytes) {
  wait([&](auto done) {
    socket_.async_write(boost::asio::buffer(bytes.data(), bytes.size()), done);
  });
}

std::string WebViewer::hear(std::size_t count) {
  while (unread_.size() < count)
    if (wait([&](auto done) { socket_.async_read_some(unread_, 4096, done); })) break;
  const auto have = std::min(count, unread_.size());
  std::string bytes(static_cast<const char*>(unread_.data().data()), have);
  unread_.consume(have);
  return bytes;
}

bool WebViewer::reads_to_the_end() {
  while (true) {
    const auto error = wait([&](auto done) { socket_.async_read_some(unread_, 4096, done); });
    if (error == boost::asio::error::timed_out) return false;
    if (error) return true;
    unread_.consume(unread_.size());
  }
}

}  // namespace oriel::support
