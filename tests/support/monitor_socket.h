#pragma once
// A client of the monitoring stream with nothing of ours in it: Beast's WebSocket and Boost's JSON.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <boost/json/value.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/wait_until.h"

namespace oriel::support {

struct MonitorSocketOptions {
  std::string path = "/";
  std::map<std::string, std::string> fields;  // of the upgrade: "Authorization", "Cookie", …
  int receive_buffer_bytes = 0;               // of the kernel; 0: as usual
};

// Blocks, but never for more than kPatience. One thread owns it.
class MonitorSocket {
 public:
  explicit MonitorSocket(int port, const MonitorSocketOptions& options = {});

  // The status of the answer to its upgrade: 101 when it is a WebSocket.
  int status() const { return status_; }
  void say(const std::string& text);
  void say_bytes(const std::string& bytes);

  // The next message, as text and as JSON; nothing at the end.
  std::optional<std::string> hear_text(std::chrono::milliseconds patience = kPatience);
  std::optional<boost::json::object> hear();
  // The next message of this type; those before it are dropped.
  std::optional<boost::json::object> hear(const std::string& type);
  // What has come by the end of that time.
  std::vector<boost::json::object> hear_for(std::chrono::milliseconds time);

  // Reads until the server closes; false when it does not.
  bool reads_to_the_end();
  int close_code() const { return socket_.reason().code; }
  std::string close_reason() const { return socket_.reason().reason.c_str(); }
  // Goes without a goodbye.
  void vanish() { socket_.next_layer().close(); }

 private:
  template <typename Start>
  boost::system::error_code wait(Start start, std::chrono::milliseconds patience = kPatience);

  boost::asio::io_context io_{1};
  boost::beast::websocket::stream<boost::asio::ip::tcp::socket> socket_{io_};
  boost::beast::flat_buffer unread_;
  int status_ = 0;
};

}  // namespace oriel::support
