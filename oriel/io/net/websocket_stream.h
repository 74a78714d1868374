#pragma once
// A Stream inside a WebSocket (RFC 6455) over another Stream: bytes in binary messages whose limits
// mean nothing, or lines, each of them a text message. Beast's WebSocket, without compression, is
// compiled in websocket_stream.cc alone.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "oriel/base/bytes.h"
#include "oriel/io/net/http_message.h"
#include "oriel/io/net/limits.h"
#include "oriel/io/net/stream.h"

namespace oriel::net {

// What is carried.
enum class WebSocketKind {
  kBytes,
  // A message is read as its text and "\n"; line breaks in it become spaces. A binary message is
  // read as text too, and may be no UTF-8. A line that is written is sent without its "\n" as one
  // text message, in several frames when it is long.
  kLines,
};

// Why a request is no WebSocket handshake (400 or 426), or nothing when it is one. Pure.
std::optional<HttpResponse> websocket_refusal(const HttpRequest& request);

// Answers a request for which websocket_refusal had nothing to say and gives the stream inside.
// `already_read` is what the client sent after the request. The subprotocol "binary" is answered
// when it is offered and bytes are carried. Text where bytes are carried and messages beyond the
// limit end the stream with close codes 1003 and 1009; a peer that answers no ping is given up.
boost::asio::awaitable<Result<StreamPointer>> accept_websocket(
    boost::asio::any_io_executor executor, StreamPointer stream, HttpRequest request,
    Bytes already_read, WebSocketKind kind = WebSocketKind::kBytes, WebSocketLimits limits = {});

// A client's handshake. What goes into the request has been checked: no line ends.
struct WebSocketRequest {
  std::string host;  // with the port, as in the Host header
  std::string target = "/";
  std::vector<HttpField> fields;  // besides those of the handshake itself
  // Pings go out so often; without a pong or anything else within ping_timeout the stream ends with
  // kTimeout. Zero: none are sent.
  std::chrono::milliseconds ping_interval{0};
  std::chrono::milliseconds ping_timeout{0};
  // Offered; an answer that chooses another is refused with kInvalid, one that chooses none is not.
  std::vector<std::string> subprotocols = {};
};

struct WebSocketRefusal {
  Error error;            // kRefused when the server answered with something else
  int status = 0;         // its HTTP status, where it answered
  std::string challenge;  // "Basic" and the like, the first word of WWW-Authenticate
};

// Asks for a WebSocket and gives the stream inside. Takes as long as the server likes: bound it by
// closing what `stream` points to, which lives until this returns.
boost::asio::awaitable<std::expected<StreamPointer, WebSocketRefusal>> connect_websocket(
    boost::asio::any_io_executor executor, StreamPointer stream, WebSocketRequest request,
    WebSocketKind kind, WebSocketLimits limits = {});

}  // namespace oriel::net
