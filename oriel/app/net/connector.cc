#include "oriel/app/net/connector.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <cctype>
#include <memory>
#include <utility>

#include "oriel/app/net/tunnel.h"
#include "oriel/base/time.h"
#include "oriel/io/net/tls_context.h"
#include "oriel/io/net/tls_stream.h"

namespace oriel::net {
namespace {

using boost::asio::awaitable;
using Connected = std::expected<StreamPointer, ConnectError>;

constexpr std::size_t kHeadersMax = 64;
constexpr std::size_t kHeaderBytesMax = 8192;

bool is_token(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) ||
           std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

bool equals_any_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// Fields that the handshake itself writes.
bool is_of_the_handshake(std::string_view name) {
  for (const std::string_view own :
       {"Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version",
        "Sec-WebSocket-Extensions", "Content-Length", "Transfer-Encoding"}) {
    if (equals_any_case(name, own)) return true;
  }
  return false;
}

Status check_headers(const std::vector<HttpField>& headers) {
  if (headers.size() > kHeadersMax) {
    return fail(ErrorCode::kTooLarge,
                fmt::format("{} headers, at most {}", headers.size(), kHeadersMax));
  }
  for (const auto& [name, value] : headers) {
    if (!is_token(name)) {
      return fail(ErrorCode::kInvalid,
                  "a header's name has characters that are not allowed, "
                  "expected is such as \"Authorization: Bearer ...\"");
    }
    if (is_of_the_handshake(name)) {
      return fail(ErrorCode::kInvalid,
                  fmt::format("the header {} is written by the handshake itself", name));
    }
    const bool is_clean = std::ranges::all_of(
        value, [](unsigned char c) { return (c >= ' ' && c != 0x7f) || c == '\t'; });
    if (!is_clean || value.size() > kHeaderBytesMax) {
      return fail(ErrorCode::kInvalid,
                  fmt::format("the value of the header {} has line breaks or control characters, "
                              "or more than {} bytes",
                              name, kHeaderBytesMax));
    }
  }
  return {};
}

Result<std::unique_ptr<TlsClientContext>> make_context(const TlsConnectOptions& options,
                                                       const std::string& protocol) {
  return TlsClientContext::make({.trust = options.verify ? TlsTrust::kVerify : TlsTrust::kAnyone,
                                 .anchors_pem = options.ca_pem,
                                 .anchors_file = options.ca_file,
                                 .application_protocol = protocol,
                                 .certificate_file = options.certificate_file,
                                 .key_file = options.key_file});
}

TlsConnectOptions tls_of(const ConnectOptions& options) {
  return {options.ca_file, options.verify, options.certificate_file, options.key_file,
          options.ca_pem};
}

ConnectError wrong_options(const Error& error) {
  return {ConnectFailure::kOptions, error.message, 0};
}

std::vector<HttpField> fields_of(const ConnectOptions& options, const WebSocketUri& uri) {
  auto fields = options.headers;
  const bool has_own = std::ranges::any_of(
      fields, [](const HttpField& field) { return equals_any_case(field.name, "Authorization"); });
  if (!has_own && !(uri.user.empty() && uri.password.empty()))
    fields.push_back({"Authorization", basic_authorization(uri.user, uri.password)});
  return fields;
}

ConnectFailure failure_of(const WebSocketRefusal& refusal) {
  if (refusal.status == 401 || refusal.status == 403) return ConnectFailure::kDenied;
  switch (refusal.error.code) {
    case ErrorCode::kRefused:
      return ConnectFailure::kRefused;
    case ErrorCode::kClosed:
    case ErrorCode::kUnavailable:
      return ConnectFailure::kUnreachable;
    default:
      return ConnectFailure::kProtocol;
  }
}

// What to do about it.
std::string advice(const WebSocketRefusal& refusal, bool is_root) {
  if (refusal.status == 200 && is_root)
    return "; it is a web page: with Oriel's, figures are at /monitor and VNC is at /websockify";
  if (refusal.status == 401)
    return "; it wants a header Authorization: --header 'Authorization: Basic ...', or for figures "
           "a user and password in the URI";
  return {};
}

ConnectFailure tunnel_failure(ErrorCode code) {
  if (code == ErrorCode::kRefused) return ConnectFailure::kDenied;
  if (code == ErrorCode::kInvalid) return ConnectFailure::kProtocol;
  return ConnectFailure::kUnreachable;
}

}  // namespace

Status check_tls_options(const TlsConnectOptions& options) {
  const bool has_any = !options.ca_file.empty() || !options.ca_pem.empty() ||
                       !options.certificate_file.empty() || !options.key_file.empty();
  if (!has_any) return {};  // the system's certificates take a while
  auto context = make_context(options, {});
  return context ? Status() : std::unexpected(std::move(context.error()));
}

std::expected<WebSocketUri, ConnectError> check_connect_options(const ConnectOptions& options) {
  const auto wrong = [](const Error& error) { return std::unexpected(wrong_options(error)); };
  auto uri = parse_websocket_uri(options.uri);
  if (!uri) return wrong(uri.error());
  if (auto status = check_headers(options.headers); !status) return wrong(status.error());
  if (auto status = check_tls_options(tls_of(options)); !status) return wrong(status.error());
  return *uri;
}

Connector::Connector(boost::asio::any_io_executor executor) : executor_(executor), tcp_(executor) {}

void Connector::cancel() { abort(End::kCancelled); }

void Connector::abort(End end) {
  if (end_ != End::kNone || !abort_step_) return;
  end_ = end;
  abort_step_();
}

ConnectError Connector::explained(ConnectFailure failure, const std::string& message,
                                  const std::string& shown) const {
  if (end_ == End::kCancelled) return {ConnectFailure::kCancelled, "connecting was given up", 0};
  if (end_ == End::kTimeout) {
    return {ConnectFailure::kTimeout, fmt::format("{} does not answer in time", shown), 0};
  }
  return {failure, message, 0};
}

ConnectError Connector::explained(const WebSocketRefusal& refusal, const WebSocketUri& uri,
                                  const std::string& shown) const {
  auto error = explained(
      failure_of(refusal),
      fmt::format("{}: {}{}", shown, refusal.error.message, advice(refusal, uri.target == "/")),
      shown);
  error.status = refusal.status;
  return error;
}

ConnectError Connector::tls_failed(const Error& error, const std::string& shown) const {
  const auto failure = error.code == ErrorCode::kRefused   ? ConnectFailure::kCertificate
                       : error.code == ErrorCode::kInvalid ? ConnectFailure::kProtocol
                                                           : ConnectFailure::kUnreachable;
  auto explanation = explained(failure, fmt::format("{}: {}", shown, error.message), shown);
  explanation.ended_in_handshake = explanation.failure == ConnectFailure::kUnreachable;
  return explanation;
}

awaitable<Connected> Connector::connect(ConnectOptions options) {
  const auto uri = check_connect_options(options);
  if (!uri) co_return std::unexpected(uri.error());
  co_return co_await within(options.timeout, open(options, *uri));
}

awaitable<Connected> Connector::connect_channel(ChannelOptions options) {
  co_return co_await within(options.timeout, open_channel(options));
}

awaitable<Connected> Connector::within(std::chrono::milliseconds timeout, Step step) {
  end_ = End::kNone;
  // Shared: the timer's handler may run after all is over.
  auto is_over = std::make_shared<bool>(false);
  boost::asio::steady_timer timer(executor_, timeout);
  timer.async_wait([this, is_over](boost::system::error_code error) {
    if (!error && !*is_over) abort(End::kTimeout);
  });
  auto result = co_await std::move(step);
  *is_over = true;
  abort_step_ = nullptr;
  co_return result;
}

awaitable<Connected> Connector::open(const ConnectOptions& options, const WebSocketUri& uri) {
  const auto shown = options.shown.empty() ? uri.shown() : options.shown;
  const ChannelOptions channel{.host = uri.host,
                               .port = uri.port,
                               .family = options.family,
                               .tls = uri.is_secure ? std::optional(tls_of(options)) : std::nullopt,
                               .application_protocol = "http/1.1",
                               .timeout = options.timeout,
                               .shown = shown,
                               .proxy = options.proxy};
  auto stream = co_await open_channel(channel);
  if (!stream) co_return stream;
  abort_step_ = [below = stream->get()] { below->close(); };
  WebSocketRequest request{uri.host_header(),     uri.target,           fields_of(options, uri),
                           options.ping_interval, options.ping_timeout, options.subprotocols};
  auto socket = co_await connect_websocket(executor_, std::move(*stream), std::move(request),
                                           options.kind, options.limits);
  abort_step_ = nullptr;
  if (socket) co_return std::move(*socket);
  co_return std::unexpected(explained(socket.error(), uri, shown));
}

awaitable<Connected> Connector::open_channel(const ChannelOptions& options) {
  abort_step_ = [this] { tcp_.cancel(); };
  const auto& host = options.proxy ? options.proxy->host : options.host;
  const auto port = options.proxy ? options.proxy->port : options.port;
  auto tcp = co_await tcp_.connect(host, port, options.timeout, options.family);
  if (!tcp) {
    const auto failure = tcp.error().code == ErrorCode::kTimeout ? ConnectFailure::kTimeout
                                                                 : ConnectFailure::kUnreachable;
    co_return std::unexpected(explained(failure, tcp.error().message, options.shown));
  }
  if (options.proxy) {
    auto way = co_await tunnel_through(**tcp, options);
    if (!way) co_return std::unexpected(way.error());
  }
  if (!options.tls) co_return std::move(*tcp);
  co_return co_await secured(std::move(*tcp), options);
}

awaitable<std::expected<void, ConnectError>> Connector::tunnel_through(
    Stream& stream, const ChannelOptions& options) {
  abort_step_ = [&stream] { stream.close(); };
  const auto way = co_await open_tunnel(stream, options.host, options.port, *options.proxy);
  abort_step_ = nullptr;
  if (way) co_return std::expected<void, ConnectError>();
  const auto proxy = fmt::format("the proxy {}", options.proxy->shown());
  co_return std::unexpected(
      explained(tunnel_failure(way.error().code),
                fmt::format("{}: {}: {}", options.shown, proxy, way.error().message), proxy));
}

awaitable<Connected> Connector::secured(StreamPointer stream, const ChannelOptions& options) {
  auto context = make_context(*options.tls, options.application_protocol);
  if (!context) co_return std::unexpected(wrong_options(context.error()));
  auto engine = (*context)->make_engine(options.host);
  if (!engine) co_return std::unexpected(wrong_options(engine.error()));
  auto tls = make_tls_stream(executor_, std::move(stream), std::move(*engine));
  abort_step_ = [below = tls.get()] { below->close(); };
  auto status = co_await tls->handshake();
  if (status) co_return StreamPointer(std::move(tls));
  abort_step_ = nullptr;
  co_return std::unexpected(tls_failed(status.error(), options.shown));
}

}  // namespace oriel::net
