#include "oriel/io/net/http_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <expected>
#include <list>
#include <optional>
#include <utility>

#include "oriel/io/net/http_body_stream.h"
#include "oriel/io/net/http_parser.h"
#include "oriel/io/net/tls_stream.h"
#include "oriel/io/net/wake_event.h"
#include "oriel/io/net/websocket_stream.h"

namespace oriel::net {
namespace {

using boost::asio::awaitable;

constexpr const char* kStrictTransport = "max-age=31536000";  // a year
constexpr std::size_t kReadBytes = 4096;                      // at a time: most requests fit

// One connection, which its coroutine owns; the server may close it.
struct Connection {
  Connection(const boost::asio::any_io_executor& executor, StreamPointer the_stream)
      : stream(std::move(the_stream)), timer(executor) {}

  StreamPointer stream;
  boost::asio::steady_timer timer;
  Bytes unread;            // read and not parsed yet
  std::string path;        // of the request, once its head is whole
  bool is_waiting = true;  // for the rest of a request: it may yield to others
  bool has_begun_request = false;
  bool is_secure = false;  // TLS is between us
  bool is_strict = false;  // the response to this request carries HSTS
};
using SharedConnection = std::shared_ptr<Connection>;

// Instead of a request: the response that refuses it, or nothing when there is nobody to answer.
using RequestOrRefusal = std::expected<HttpRequest, std::optional<HttpResponse>>;

// Where an answer arrives, perhaps after its connection has gone.
struct AnswerSlot {
  explicit AnswerSlot(const boost::asio::any_io_executor& executor) : wake(executor) {}

  std::optional<HttpResponse> response;
  WakeEvent wake;
};

// Which of the two languages of this door a connection begins with: the type of TLS's first record
// (RFC 8446, 5.1), which begins no HTTP method.
bool begins_like_tls(ByteSpan bytes) { return !bytes.empty() && bytes[0] == 22; }

// To the same address with TLS. Its Host has been checked.
HttpResponse tls_redirect(const HttpRequest& request) {
  const auto* host = request.find("Host");
  const auto to = fmt::format("https://{}{}{}{}", host != nullptr ? *host : "", request.path,
                              request.query.empty() ? "" : "?", request.query);
  auto response = http_sentence(308, "This server is at https://");
  response.fields.push_back({"Location", to});
  return response;
}

Status try_write(Stream& stream, std::string_view text) {
  auto piece = as_bytes(text);
  auto count = stream.try_write({&piece, 1});
  if (!count) return std::unexpected(count.error());
  return {};
}

awaitable<bool> write_all(Stream& stream, ByteSpan first, ByteSpan second) {
  while (!first.empty() || !second.empty()) {
    std::array<ByteSpan, 2> pieces{first, second};
    auto lent = std::span<const ByteSpan>(pieces);
    if (first.empty()) lent = lent.subspan(1);
    if (second.empty()) lent = lent.first(lent.size() - 1);
    auto count = co_await stream.write_some(lent);
    if (!count) co_return false;
    auto of_first = std::min(*count, first.size());
    first = first.subspan(of_first);
    second = second.subspan(*count - of_first);
  }
  co_return true;
}

}  // namespace

struct HttpServer::Shared : std::enable_shared_from_this<Shared> {
  Shared(boost::asio::any_io_executor the_executor, HttpRoutes& the_routes,
         HttpServerConfig the_config)
      : executor(std::move(the_executor)),
        routes(the_routes),
        config(std::move(the_config)),
        strict_security(config.security) {
    strict_security.fields.push_back({"Strict-Transport-Security", kStrictTransport});
  }

  boost::asio::any_io_executor executor;
  HttpRoutes& routes;  // not used once is_closed
  HttpServerConfig config;
  SecurityHeaders strict_security;          // with HSTS
  std::list<SharedConnection> connections;  // those that have waited longest come first
  bool is_closed = false;

  bool make_room();
  void tell_refused(const std::string& peer, const HttpResponse& response) const;
  void set_waiting(const SharedConnection& connection, bool is_waiting);
  void arm(const SharedConnection& connection, std::chrono::milliseconds timeout);

  awaitable<void> run(SharedConnection connection);
  awaitable<bool> make_secure(SharedConnection connection);
  const SecurityHeaders& security_of(const SharedConnection& connection) const;
  awaitable<bool> serve_one(SharedConnection connection, bool is_first);
  awaitable<RequestOrRefusal> read_request(SharedConnection connection, bool is_first);
  awaitable<bool> respond(SharedConnection connection, const HttpResponse& response, bool is_head,
                          bool is_keep_alive) const;
  awaitable<HttpResponse> ask_routes(SharedConnection connection, HttpRequest request);
  awaitable<void> respond_with_stream(SharedConnection connection, HttpResponse response,
                                      bool is_http_1_0);
  awaitable<void> watch_for_the_end(SharedConnection connection,
                                    std::shared_ptr<HttpBodyStream> body);
  awaitable<void> linger(SharedConnection connection);
  awaitable<bool> upgrade(SharedConnection connection, HttpRequest request);
};

// ---- the set of connections -------------------------------------------------------------------

// Closes the connection that has waited longest when there are too many. False: all are at work.
bool HttpServer::Shared::make_room() {
  if (connections.size() < config.limits.connections) return true;
  auto oldest = std::ranges::find_if(connections, [](auto& each) { return each->is_waiting; });
  if (oldest == connections.end()) return false;
  (*oldest)->stream->close();
  (*oldest)->timer.cancel();
  connections.erase(oldest);
  return true;
}

void HttpServer::Shared::tell_refused(const std::string& peer, const HttpResponse& response) const {
  auto sentence = as_text(response.content());
  while (sentence.ends_with('\n') || sentence.ends_with('.')) sentence.remove_suffix(1);
  routes.refused(peer, response.status, sentence);
}

void HttpServer::Shared::set_waiting(const SharedConnection& connection, bool is_waiting) {
  connection->is_waiting = is_waiting;
  auto at = std::ranges::find(connections, connection);
  if (is_waiting && at != connections.end()) {
    connections.splice(connections.end(), connections, at);
  }
}

// Closes the connection when time is up; a request that was begun gets a reason.
void HttpServer::Shared::arm(const SharedConnection& connection,
                             std::chrono::milliseconds timeout) {
  connection->timer.expires_after(timeout);
  connection->timer.async_wait(
      [self = shared_from_this(), connection](boost::system::error_code error) {
        if (error || !connection->stream) return;
        if (connection->is_waiting && connection->has_begun_request) {
          auto response = http_sentence(408, "The request did not arrive in time");
          auto text = write_response_head(response, self->config.security, false);
          text += as_text(response.content());
          (void)try_write(*connection->stream, text);
          self->tell_refused(connection->stream->peer(), response);
        }
        connection->stream->close();
      });
}

// ---- one connection ---------------------------------------------------------------------------

awaitable<void> HttpServer::Shared::run(SharedConnection connection) {
  bool goes_on = !config.tls || co_await make_secure(connection);
  for (bool is_first = true; goes_on && co_await serve_one(connection, is_first);
       is_first = false) {
  }
  connection->timer.cancel();
  if (connection->stream) connection->stream->close();
  connections.remove(connection);
}

// Finds out whether the peer speaks TLS, and if so agrees with it on a key. False when the
// connection is over. All that time it is one of those that may yield to others.
awaitable<bool> HttpServer::Shared::make_secure(SharedConnection connection) {
  arm(connection, config.limits.request_timeout);
  auto& unread = connection->unread;
  unread.resize(kReadBytes);
  const auto count = co_await connection->stream->read_some(unread);
  unread.resize(count.value_or(0));
  if (!count || is_closed) co_return false;
  if (!begins_like_tls(unread)) co_return true;
  auto tls = make_tls_stream(executor, std::move(connection->stream),
                             config.tls->make_engine(Clock::now()), std::exchange(unread, {}));
  auto& lent = *tls;
  connection->stream = std::move(tls);
  const auto status = co_await lent.handshake();
  if (is_closed) co_return false;
  connection->is_secure = status.has_value();
  if (!status && status.error().code != ErrorCode::kClosed)
    routes.refused(lent.peer(), 0, status.error().message);
  co_return status.has_value();
}

const SecurityHeaders& HttpServer::Shared::security_of(const SharedConnection& connection) const {
  return connection->is_strict ? strict_security : config.security;
}

// Serves one request; false when the connection is over or has become a WebSocket.
awaitable<bool> HttpServer::Shared::serve_one(SharedConnection connection, bool is_first) {
  set_waiting(connection, true);
  auto request = co_await read_request(connection, is_first);
  set_waiting(connection, false);
  if (is_closed) co_return false;
  arm(connection, config.limits.write_timeout);
  if (!request) {
    if (!request.error()) co_return false;
    tell_refused(connection->stream->peer(), *request.error());
    co_await respond(connection, routes.refusal(connection->path, *request.error()), false, false);
    co_await linger(connection);
    co_return false;
  }
  HostClaim claim{
      .host = {}, .origin = {}, .local = request->local, .is_secure = request->is_secure};
  if (auto* host = request->find("Host")) claim.host = *host;
  if (auto* origin = request->find("Origin")) claim.origin = *origin;
  auto allowed = check_host_claim(config.hosts, claim);
  const bool lacks_tls = config.tls && !request->is_secure;
  const auto host = parse_host_and_port(claim.host);
  connection->is_strict =
      config.is_strict_transport && request->is_secure && host && !is_loopback_name(host->host);
  bool is_websocket = allowed && routes.is_websocket_path(request->path);
  HttpResponse response;
  if (!allowed) {
    auto sentence = allowed.error().message;
    sentence[0] = static_cast<char>(sentence[0] - 'a' + 'A');
    response = http_sentence(403, sentence);
    tell_refused(request->peer, response);
    response = routes.refusal(request->path, std::move(response));
  } else if (is_websocket && lacks_tls) {
    response = http_sentence(403, "This server wants TLS: connect to wss:// instead of ws://");
    tell_refused(request->peer, response);
  } else if (lacks_tls) {
    response = tls_redirect(*request);
  } else if (is_websocket) {
    auto refusal = websocket_refusal(*request);
    if (!refusal) refusal = routes.websocket_refusal(*request);
    if (!refusal) co_return co_await upgrade(connection, *std::move(request));
    response = *std::move(refusal);
    tell_refused(request->peer, response);
  }
  bool is_keep_alive = request->is_keep_alive && allowed && !is_websocket && !lacks_tls;
  const bool is_head = request->is_head;
  const bool is_http_1_0 = request->is_http_1_0;
  if (allowed && !is_websocket && !lacks_tls) {
    response = co_await ask_routes(connection, *std::move(request));
    if (is_closed) co_return false;
  }
  if (response.stream && !is_head) {
    co_await respond_with_stream(connection, response, is_http_1_0);
    co_return false;
  }
  if (response.stream) response.stream->connection_gone();
  if (!co_await respond(connection, response, is_head, is_keep_alive)) co_return false;
  if (!is_keep_alive) co_await linger(connection);
  co_return is_keep_alive && !is_closed;
}

awaitable<RequestOrRefusal> HttpServer::Shared::read_request(SharedConnection connection,
                                                             bool is_first) {
  const auto& limits = config.limits;
  auto& stream = connection->stream;
  auto& unread = connection->unread;
  auto& has_begun = connection->has_begun_request;
  connection->path.clear();
  HttpParser parser(limits, [&](HttpRequest head) {
    connection->path = head.path;
    head.peer = stream->peer();
    head.local = stream->local();
    return is_closed ? limits.body_bytes : routes.body_bytes_max(head, limits.body_bytes);
  });
  has_begun = false;
  arm(connection, is_first ? limits.request_timeout : limits.idle_timeout);
  for (;;) {
    if (!unread.empty()) {
      if (!std::exchange(has_begun, true) && !is_first) arm(connection, limits.request_timeout);
      auto count = parser.put(unread);
      if (!count) co_return std::unexpected(std::move(count).error());
      unread.erase(unread.begin(), unread.begin() + static_cast<std::ptrdiff_t>(*count));
      if (parser.is_done()) break;
      if (parser.take_continue()) (void)try_write(*stream, "HTTP/1.1 100 Continue\r\n\r\n");
    }
    auto kept = unread.size();
    unread.resize(kept + kReadBytes);
    auto count = co_await stream->read_some(std::span(unread).subspan(kept));
    unread.resize(kept + count.value_or(0));
    if (!count || is_closed) co_return std::unexpected(std::nullopt);
  }
  auto request = parser.take_request();
  request.peer = stream->peer();
  request.local = stream->local();
  request.is_secure = connection->is_secure;
  co_return request;
}

awaitable<bool> HttpServer::Shared::respond(SharedConnection connection,
                                            const HttpResponse& response, bool is_head,
                                            bool is_keep_alive) const {
  auto head = write_response_head(response, security_of(connection), is_keep_alive);
  co_return co_await write_all(*connection->stream, as_bytes(head),
                               is_head ? ByteSpan() : response.content());
}

// The application's answer. A connection that ends meanwhile is noticed when it is written.
awaitable<HttpResponse> HttpServer::Shared::ask_routes(SharedConnection connection,
                                                       HttpRequest request) {
  auto slot = std::make_shared<AnswerSlot>(executor);
  arm(connection, config.limits.answer_timeout);
  routes.handle(std::move(request), HttpAnswer([slot](HttpResponse response) {
                  slot->response = std::move(response);
                  slot->wake.notify();
                }));
  while (!slot->response) co_await slot->wake.wait();
  arm(connection, config.limits.write_timeout);
  co_return *std::move(slot->response);
}

// Writes a body as it comes, until the application or the peer ends it; then the connection ends
// too.
awaitable<void> HttpServer::Shared::respond_with_stream(SharedConnection connection,
                                                        HttpResponse response, bool is_http_1_0) {
  const auto body = response.stream;
  const auto framing = is_http_1_0 ? BodyFraming::kUntilClose : BodyFraming::kChunked;
  const bool is_chunked = framing == BodyFraming::kChunked;
  boost::asio::co_spawn(
      executor,
      [self = shared_from_this(), connection, body]() {
        return self->watch_for_the_end(connection, body);
      },
      boost::asio::detached);
  std::string text = write_response_head(response, security_of(connection), false, framing);
  for (;;) {
    arm(connection, config.limits.write_timeout);
    if (!text.empty() && !co_await write_all(*connection->stream, as_bytes(text), {})) break;
    connection->timer.cancel();
    while (body->waiting_bytes() == 0 && !body->is_ended()) co_await body->wait();
    text = body->take();
    if (text.empty()) break;
    if (is_chunked) text = fmt::format("{:x}\r\n{}\r\n", text.size(), text);
  }
  arm(connection, config.limits.linger_timeout);
  if (is_chunked) co_await write_all(*connection->stream, as_bytes("0\r\n\r\n"), {});
  connection->stream->close();
  body->connection_gone();
}

// The peer of a stream has nothing to say; when it goes, the application should know at once.
awaitable<void> HttpServer::Shared::watch_for_the_end(SharedConnection connection,
                                                      std::shared_ptr<HttpBodyStream> body) {
  std::array<std::uint8_t, kReadBytes> dropped;
  while (co_await connection->stream->read_some(dropped)) {
  }
  body->end();
}

// Reads and drops what the peer still sends: closing with unread input would reset the connection
// and take the response away from it.
awaitable<void> HttpServer::Shared::linger(SharedConnection connection) {
  set_waiting(connection, true);  // it may yield
  connection->has_begun_request = false;
  arm(connection, config.limits.linger_timeout);
  co_await connection->stream->shutdown_send();
  connection->unread = {};
  std::array<std::uint8_t, kReadBytes> dropped;
  while (co_await connection->stream->read_some(dropped)) {
  }
}

awaitable<bool> HttpServer::Shared::upgrade(SharedConnection connection, HttpRequest request) {
  connection->timer.cancel();
  connections.remove(connection);
  auto stream = std::exchange(connection->stream, nullptr);
  auto unread = std::move(connection->unread);
  auto upgraded = co_await accept_websocket(executor, std::move(stream), request, std::move(unread),
                                            routes.websocket_kind(request.path), config.websocket);
  if (upgraded && !is_closed) routes.on_websocket(request, *std::move(upgraded));
  co_return false;
}

// ---- the server -------------------------------------------------------------------------------

HttpServer::HttpServer(boost::asio::any_io_executor executor, HttpRoutes& routes,
                       HttpServerConfig config)
    : shared_(std::make_shared<Shared>(std::move(executor), routes, std::move(config))) {}

HttpServer::~HttpServer() {
  shared_->is_closed = true;
  for (auto& connection : shared_->connections) {
    connection->timer.cancel();
    connection->stream->close();
  }
}

void HttpServer::serve(StreamPointer stream) {
  if (!shared_->make_room()) {
    if (shared_->config.tls) return stream->close();  // it may not understand plain words
    auto response = http_sentence(503, "All connections of this server are in use; try again");
    auto text = write_response_head(response, shared_->config.security, false);
    text += as_text(response.content());
    (void)try_write(*stream, text);
    shared_->tell_refused(stream->peer(), response);
    return stream->close();
  }
  auto connection = std::make_shared<Connection>(shared_->executor, std::move(stream));
  shared_->connections.push_back(connection);
  boost::asio::co_spawn(
      shared_->executor, [shared = shared_, connection]() { return shared->run(connection); },
      boost::asio::detached);
}

std::size_t HttpServer::connections() const { return shared_->connections.size(); }

}  // namespace oriel::net
