#include "tests/support/monitor_socket.h"

#include <fmt/format.h>

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/json/parse.hpp>

namespace oriel::support {

namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;

// Starts an operation with a handler for its error code and waits for it.
template <typename Start>
error_code MonitorSocket::wait(Start start, std::chrono::milliseconds patience) {
  std::optional<error_code> result;
  start([&result](const error_code& error, auto...) { result = error; });
  io_.restart();
  io_.run_for(patience);
  if (result) return *result;
  socket_.next_layer().close();
  io_.restart();
  io_.run();  // the handler lives here
  return boost::asio::error::timed_out;
}

MonitorSocket::MonitorSocket(int port, const MonitorSocketOptions& options) {
  auto& tcp = socket_.next_layer();
  tcp.open(boost::asio::ip::tcp::v4());
  if (options.receive_buffer_bytes > 0)
    tcp.set_option(boost::asio::socket_base::receive_buffer_size(options.receive_buffer_bytes));
  tcp.connect({boost::asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port)});
  socket_.set_option(websocket::stream_base::decorator([&](websocket::request_type& request) {
    for (const auto& [name, value] : options.fields) request.set(name, value);
  }));
  websocket::response_type response;
  wait([&](auto done) {
    socket_.async_handshake(response, fmt::format("127.0.0.1:{}", port), options.path, done);
  });
  status_ = static_cast<int>(response.result_int());
}

void MonitorSocket::say(const std::string& text) {
  socket_.text(true);
  wait([&](auto done) { socket_.async_write(boost::asio::buffer(text), done); });
}

void MonitorSocket::say_bytes(const std::string& bytes) {
  socket_.binary(true);
  wait([&](auto done) { socket_.async_write(boost::asio::buffer(bytes), done); });
}

std::optional<std::string> MonitorSocket::hear_text(std::chrono::milliseconds patience) {
  unread_.clear();
  if (wait([&](auto done) { socket_.async_read(unread_, done); }, patience)) return std::nullopt;
  return beast::buffers_to_string(unread_.data());
}

std::optional<boost::json::object> MonitorSocket::hear() {
  const auto text = hear_text();
  if (!text) return std::nullopt;
  return boost::json::parse(*text).as_object();
}

std::optional<boost::json::object> MonitorSocket::hear(const std::string& type) {
  while (auto message = hear())
    if (std::string(message->at("type").as_string()) == type) return message;
  return std::nullopt;
}

std::vector<boost::json::object> MonitorSocket::hear_for(std::chrono::milliseconds time) {
  std::vector<boost::json::object> heard;
  const auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end)
    if (auto message = hear()) heard.push_back(*std::move(message));
  return heard;
}

bool MonitorSocket::reads_to_the_end() {
  while (true) {
    unread_.clear();
    const auto error = wait([&](auto done) { socket_.async_read(unread_, done); });
    if (error == boost::asio::error::timed_out) return false;
    if (error) return true;
  }
}

}  // namespace oriel::support
