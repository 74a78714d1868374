#pragma once
// A viewer over WebSocket, as a page is one, that shows nothing: for tests of who is let in, who is
// there and who is sent away.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <chrono>
#include <string>

namespace oriel::support {

struct WebViewerOptions {
  std::string tag;
  std::string cookie;  // "name=value"
  std::string origin;
};

// Blocks, but never for more than kPatience. One thread owns it.
class WebViewer {
 public:
  // Upgrades and says hello; see is_joined().
  WebViewer(int http_port, const WebViewerOptions& options);

  // It was let in without a password.
  bool is_joined() const { return is_joined_; }
  // The status of the answer to its upgrade: 101 when it is a WebSocket.
  int upgrade_status() const { return upgrade_status_; }
  // Bytes to the server, in one message.
  void say(std::string_view bytes);
  // Reads until the server closes; false when it does not.
  bool reads_to_the_end();
  // What the server's close frame said.
  int close_code() const { return socket_.reason().code; }
  std::string close_reason() const { return socket_.reason().reason.c_str(); }

 private:
  template <typename Start>
  boost::system::error_code wait(Start start);
  // Exactly so many bytes; fewer at the end.
  std::string hear(std::size_t count);
  bool join();

  boost::asio::io_context io_{1};
  boost::beast::websocket::stream<boost::asio::ip::tcp::socket> socket_{io_};
  boost::beast::flat_buffer unread_;
  int upgrade_status_ = 0;
  bool is_joined_ = false;
};

}  // namespace oriel::support
