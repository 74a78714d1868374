#include "oriel/app/net/stream_connector.h"

#include <utility>

namespace oriel::net {
namespace {

using boost::asio::awaitable;
using Connected = std::expected<StreamPointer, ConnectError>;

ConnectFailure failure_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kTimeout:
      return ConnectFailure::kTimeout;
    case ErrorCode::kClosed:
      return ConnectFailure::kCancelled;
    case ErrorCode::kInvalid:
    case ErrorCode::kTooLarge:
      return ConnectFailure::kOptions;
    default:
      return ConnectFailure::kUnreachable;
  }
}

}  // namespace

StreamConnector::StreamConnector(boost::asio::any_io_executor executor)
    : connector_(executor), unix_(executor) {}

void StreamConnector::cancel() {
  connector_.cancel();
  unix_.cancel();
}

awaitable<Connected> StreamConnector::connect(StreamTarget target, StreamConnectOptions options) {
  if (target.carrier == StreamCarrier::kUnix) {
    auto stream = co_await unix_.connect(target.path, options.timeout);
    if (stream) co_return std::move(*stream);
    co_return std::unexpected(
        ConnectError{failure_of(stream.error().code), stream.error().message, 0});
  }
  if (!target.is_websocket()) {
    ChannelOptions channel{.host = target.host,
                           .port = target.port,
                           .family = options.family,
                           .timeout = options.timeout,
                           .shown = options.shown.empty() ? target.shown() : options.shown,
                           .proxy = std::move(options.proxy)};
    if (target.carrier == StreamCarrier::kTls) channel.tls = std::move(options.tls);
    co_return co_await connector_.connect_channel(std::move(channel));
  }
  ConnectOptions websocket{.uri = target.shown(),
                           .family = options.family,
                           .headers = std::move(options.headers),
                           .ca_file = std::move(options.tls.ca_file),
                           .verify = options.tls.verify,
                           .certificate_file = std::move(options.tls.certificate_file),
                           .key_file = std::move(options.tls.key_file),
                           .ca_pem = std::move(options.tls.ca_pem),
                           .subprotocols = std::move(options.subprotocols),
                           .proxy = std::move(options.proxy),
                           .shown = std::move(options.shown),
                           .timeout = options.timeout,
                           .ping_interval = options.ping_interval,
                           .ping_timeout = options.ping_timeout,
                           .kind = WebSocketKind::kBytes,
                           .limits = options.limits};
  co_return co_await connector_.connect(std::move(websocket));
}

}  // namespace oriel::net
