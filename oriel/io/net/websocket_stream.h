#pragma once
// A Stream inside a WebSocket (RFC 6455) over another Stream: bytes in binary messages whose limits
// mean nothing, or lines, each of them a text message. Beast's WebSocket, without compression, is
// compiled in websocket_stream.cc alone.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <optional>

#include "oriel/base/bytes.h"
#include "oriel/io/net/http_message.h"
#include "oriel/io/net/limits.h"
#include "oriel/io/net/stream.h"

namespace oriel::net {

// What is carried.
enum class WebSocketKind {
  kBytes,
  // A text message is read as its text and "\n"; line breaks in it become spaces. A line that is
  // written is sent without its "\n" as one message, in several frames when it is long.
  kLines,
};

// Why a request is no WebSocket handshake (400 or 426), or nothing when it is one. Pure.
std::optional<HttpResponse> websocket_refusal(const HttpRequest& request);

// Answers a request for which websocket_refusal had nothing to say and gives the stream inside.
// `already_read` is what the client sent after the request. The subprotocol "binary" is answered
// when it is offered and bytes are carried. Messages of the other kind and those beyond the limit
// end the stream with close codes 1003 and 1009; a peer that answers no ping is given up.
boost::asio::awaitable<Result<StreamPointer>> accept_websocket(
    boost::asio::any_io_executor executor, StreamPointer stream, HttpRequest request,
    Bytes already_read, WebSocketKind kind = WebSocketKind::kBytes, WebSocketLimits limits = {});

}  // namespace oriel::net
