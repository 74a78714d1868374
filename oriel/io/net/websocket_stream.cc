#include "oriel/io/net/websocket_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/error.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <cctype>
#include <cstring>
#include <functional>
#include <utility>
#include <vector>

#include "oriel/base/check.h"
#include "oriel/base/printable.h"
#include "oriel/io/net/beast_adapter.h"
#include "oriel/io/net/no_throw.h"

namespace oriel::net {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using asio::awaitable;
using boost::system::error_code;

using WebSocket = websocket::stream<StreamAdapter, false>;

// The head of a whole text message of a server (RFC 6455, 5.2): FIN and opcode 1, then the length
// in 7 bits, or 126 and 16 bits, or 127 and 64 bits.
struct FrameHead {
  std::array<std::uint8_t, 10> bytes;
  std::size_t size;
};
FrameHead text_frame_head(std::size_t payload_bytes) {
  FrameHead head{{0x81}, 2};
  std::size_t length_bytes = 0;
  if (payload_bytes < 126) {
    head.bytes[1] = static_cast<std::uint8_t>(payload_bytes);
  } else {
    length_bytes = payload_bytes <= 0xffff ? 2 : 8;
    head.bytes[1] = length_bytes == 2 ? 126 : 127;
  }
  while (length_bytes > 0)
    head.bytes[head.size++] = static_cast<std::uint8_t>(payload_bytes >> 8 * --length_bytes);
  return head;
}

std::unexpected<Error> ended(const error_code& error) {
  if (error == websocket::error::message_too_big) {
    return fail(ErrorCode::kTooLarge, "a WebSocket message beyond the limit");
  }
  if (error == boost::beast::error::timeout) {
    return fail(ErrorCode::kTimeout, "the peer answered no WebSocket ping");
  }
  if (error == websocket::error::closed) {
    return fail(ErrorCode::kClosed, "the peer closed the WebSocket");
  }
  if (error.category() == make_error_code(websocket::error::closed).category()) {
    return fail(ErrorCode::kInvalid, fmt::format("WebSocket: {}", error.message()));
  }
  return fail(ErrorCode::kClosed, "the peer closed the connection");
}

// What a server says instead of a handshake, as a clause: its first line, in a bounded length.
std::string refusal_clause(const websocket::response_type& response) {
  constexpr std::size_t kClauseBytesMax = 200;
  std::string_view body = response.body();
  body = body.substr(0, std::min(body.find_first_of("\r\n"), kClauseBytesMax));
  while (body.ends_with('.') || body.ends_with(' ')) body.remove_suffix(1);
  const bool is_text = std::ranges::all_of(
      body, [](unsigned char c) { return c >= ' ' && c < 0x7f && c != '<' && c != '>'; });
  const auto head =
      fmt::format("the server answers {} {} and opens no WebSocket", response.result_int(),
                  std::string_view(http::obsolete_reason(response.result())));
  return is_text && !body.empty() ? fmt::format("{}: {}", head, body) : head;
}

// A server must not choose what was not offered (RFC 6455, 4.1); many say nothing of it.
Status check_subprotocol(const WebSocketRequest& request,
                         const websocket::response_type& response) {
  constexpr std::size_t kShownMax = 64;
  const std::string_view chosen = response[http::field::sec_websocket_protocol];
  const auto& offered = request.subprotocols;
  if (chosen.empty() || std::ranges::find(offered, chosen) != offered.end()) return {};
  return fail(ErrorCode::kInvalid,
              fmt::format("WebSocket subprotocol negotiation failed: the server chose \"{}\", "
                          "offered were: {}",
                          chosen.substr(0, kShownMax), fmt::join(offered, ", ")));
}

// Pings at regular times and what came back. Shared with its outstanding operations, so that it
// outlives the stream, which detaches it.
class Pinger : public std::enable_shared_from_this<Pinger> {
 public:
  Pinger(WebSocket& socket, std::chrono::milliseconds interval, std::chrono::milliseconds timeout,
         std::function<void()> give_up)
      : socket_(&socket),
        timer_(socket.get_executor()),
        interval_(interval),
        timeout_(timeout),
        give_up_(std::move(give_up)) {}

  void start() { wait(interval_, &Pinger::ping); }
  // Anything came: the peer lives.
  void heard() { is_waiting_ = false; }
  void detach() {
    socket_ = nullptr;
    timer_.cancel();
  }

 private:
  void wait(std::chrono::milliseconds time, void (Pinger::*then)()) {
    timer_.expires_after(time);
    timer_.async_wait([self = shared_from_this(), then](error_code error) {
      if (!error && self->socket_ != nullptr) (self.get()->*then)();
    });
  }

  // A ping that is still not written, because the peer does not read, stands for the next one too.
  void ping() {
    is_waiting_ = true;
    if (!std::exchange(is_writing_, true)) {
      socket_->async_ping({},
                          [self = shared_from_this()](error_code) { self->is_writing_ = false; });
    }
    wait(timeout_, &Pinger::look);
  }

  void look() {
    if (is_waiting_) return give_up_();
    wait(std::max(interval_ - timeout_, std::chrono::milliseconds(0)), &Pinger::ping);
  }

  WebSocket* socket_;  // null when the stream has gone
  asio::steady_timer timer_;
  std::chrono::milliseconds interval_;
  std::chrono::milliseconds timeout_;
  std::function<void()> give_up_;
  bool is_waiting_ = false;
  bool is_writing_ = false;
};

class WebSocketStream final : public Stream {
 public:
  WebSocketStream(const asio::any_io_executor& executor, const SharedBelow& below,
                  WebSocketKind kind, const WebSocketLimits& limits)
      : kind_(kind), limits_(limits), socket_(executor, below) {
    socket_.binary(kind == WebSocketKind::kBytes);
    socket_.auto_fragment(false);  // one frame for each write, written from the pieces themselves
    socket_.read_message_max(kind == WebSocketKind::kBytes ? limits.message_bytes
                                                           : limits.line_bytes);
    websocket::stream_base::timeout timeout{limits.close_timeout, limits.silence_timeout, true};
    socket_.set_option(timeout);
  }

  awaitable<Status> accept(const HttpRequest& request) {
    http::request<http::empty_body> handshake(http::verb::get, request.path, 11);
    for (const auto& field : request.fields) handshake.insert(field.name, field.value);
    if (kind_ == WebSocketKind::kBytes && request.has_token("Sec-WebSocket-Protocol", "binary")) {
      socket_.set_option(websocket::stream_base::decorator([](websocket::response_type& response) {
        response.set(http::field::sec_websocket_protocol, "binary");
      }));
    }
    auto [error] = co_await socket_.async_accept(handshake, kNoThrow);
    if (error) co_return ended(error);
    writes_frames_ = kind_ == WebSocketKind::kLines;
    co_return Status{};
  }

  ~WebSocketStream() override {
    if (pinger_) pinger_->detach();
  }

  awaitable<std::optional<WebSocketRefusal>> connect(const WebSocketRequest& request) {
    // Whoever asks bounds the handshake; afterwards the time is that of the closing one.
    socket_.set_option(websocket::stream_base::timeout{websocket::stream_base::none(),
                                                       websocket::stream_base::none(), false});
    socket_.set_option(
        websocket::stream_base::decorator([&request](websocket::request_type& handshake) {
          for (const auto& field : request.fields) handshake.set(field.name, field.value);
          if (!request.subprotocols.empty())
            handshake.set(http::field::sec_websocket_protocol,
                          fmt::format("{}", fmt::join(request.subprotocols, ", ")));
        }));
    websocket::response_type response;
    auto [error] =
        co_await socket_.async_handshake(response, request.host, request.target, kNoThrow);
    socket_.set_option(websocket::stream_base::decorator([](websocket::request_type&) {}));
    if (error == websocket::error::upgrade_declined) {
      const std::string_view challenge = response[http::field::www_authenticate];
      co_return WebSocketRefusal{{ErrorCode::kRefused, refusal_clause(response)},
                                 static_cast<int>(response.result_int()),
                                 std::string(challenge.substr(0, challenge.find(' ')))};
    }
    if (error) co_return WebSocketRefusal{handshake_failed(error), 0, {}};
    if (auto status = check_subprotocol(request, response); !status)
      co_return WebSocketRefusal{status.error(), 0, {}};
    socket_.set_option(websocket::stream_base::timeout{limits_.close_timeout,
                                                       websocket::stream_base::none(), false});
    if (request.ping_interval.count() > 0) start_pings(request);
    co_return std::nullopt;
  }

  awaitable<Result<std::size_t>> read_some(std::span<std::uint8_t> into) override {
    for (;;) {
      if (std::exchange(is_line_end_due_, false)) {
        into[0] = '\n';
        co_return 1;
      }
      auto [error, count] =
          co_await socket_.async_read_some(asio::buffer(into.data(), into.size()), kNoThrow);
      if (error) co_return why_ended(error);
      if (pinger_) pinger_->heard();
      // Lines are read from binary messages too, as Python's websockets hands them to json.loads.
      if (kind_ == WebSocketKind::kBytes && socket_.got_text()) co_return co_await refuse_text();
      if (kind_ == WebSocketKind::kLines) count = as_line(into, count);
      if (count > 0) co_return count;
    }
  }

  awaitable<Result<std::size_t>> write_some(std::span<const ByteSpan> pieces) override {
    ORIEL_CHECK(!pieces.empty() && pieces.size() <= kMaxWritePieces);
    const auto run = kind_ == WebSocketKind::kBytes ? next_bytes(pieces) : next_line(pieces);
    is_writing_ = true;
    is_mid_line_ = !run.is_final;
    auto [error, written] = co_await socket_.async_write_some(
        run.is_final, std::span<const asio::const_buffer>(run.buffers.data(), run.buffer_count),
        kNoThrow);
    is_writing_ = false;
    if (error) co_return why_ended(error);
    co_return run.total;
  }

  // A line past Beast, when all of it is there and nothing else is being written.
  Result<std::size_t> try_write(std::span<const ByteSpan> pieces) override {
    ORIEL_CHECK(!pieces.empty() && pieces.size() <= kMaxWritePieces);
    auto& shared = *socket_.next_layer().below();
    if (!writes_frames_ || is_writing_ || is_mid_line_ || !shared.is_between_frames() ||
        !socket_.is_open())
      return 0;
    const auto run = next_line(pieces);
    if (!run.is_final || run.buffer_count == kMaxWritePieces) return 0;
    const auto head = text_frame_head(run.total - 1);
    std::array<ByteSpan, kMaxWritePieces> frame;
    frame[0] = ByteSpan(head.bytes).first(head.size);
    for (std::size_t i = 0; i < run.buffer_count; ++i)
      frame[i + 1] = {static_cast<const std::uint8_t*>(run.buffers[i].data()),
                      run.buffers[i].size()};
    const auto parts = std::span<const ByteSpan>(frame).first(run.buffer_count + 1);
    ORIEL_TRY(const auto written, shared.stream->try_write(parts));
    if (written == 0) return 0;
    shared.keep_rest(parts, written);
    return run.total;
  }

  awaitable<Status> wait_writable() override { return wait_below(socket_.next_layer().below()); }
  bool is_writable_now() const override {
    return !is_writing_ && shared().rest.empty() && below().is_writable_now();
  }
  bool is_flushed() const override {
    return !is_writing_ && shared().rest.empty() && below().is_flushed();
  }
  std::size_t unsent_bytes() const override {
    return shared().rest.size() + below().unsent_bytes();
  }

  awaitable<void> shutdown_send() override { return end(goodbye_); }
  void set_close_reason(std::string_view clause, Farewell farewell) override {
    constexpr std::size_t kReasonBytesMax = 123;
    clause = clause.substr(0, kReasonBytesMax);
    // Not in the middle of a character: the peer would refuse the frame.
    while (clause.size() == kReasonBytesMax && (clause.back() & 0x80) != 0) {
      const bool is_lead = (clause.back() & 0x40) != 0;
      clause.remove_suffix(1);
      if (is_lead) break;
    }
    goodbye_ = {static_cast<websocket::close_code>(farewell), {clause.data(), clause.size()}};
  }
  std::optional<Duration> round_trip() const override { return below().round_trip(); }

  void close() override { below().close(); }
  std::string peer() const override { return below().peer(); }
  std::string local() const override { return below().local(); }
  bool is_private() const override { return below().is_private(); }
  std::optional<unsigned> peer_uid() const override { return below().peer_uid(); }
  std::string peer_common_name() const override { return below().peer_common_name(); }

 private:
  Stream& below() { return *socket_.next_layer().below()->stream; }
  const Stream& below() const { return *shared().stream; }
  const StreamBelow& shared() const { return *socket_.next_layer().below(); }

  static Error handshake_failed(const error_code& error) {
    if (error == http::error::end_of_stream || error == http::error::partial_message)
      return {ErrorCode::kClosed, "the peer closed the connection"};
    if (error.category() == make_error_code(http::error::bad_version).category()) {
      return {ErrorCode::kInvalid,
              fmt::format("the server's answer is no HTTP: {}", error.message())};
    }
    return ended(error).error();
  }

  void start_pings(const WebSocketRequest& request) {
    pinger_ =
        std::make_shared<Pinger>(socket_, request.ping_interval, request.ping_timeout, [this] {
          has_given_up_ = true;
          close();
        });
    socket_.control_callback(
        [pinger = pinger_](websocket::frame_type, boost::beast::string_view) { pinger->heard(); });
    pinger_->start();
  }

  std::unexpected<Error> why_ended(const error_code& error) const {
    if (has_given_up_) return ended(make_error_code(boost::beast::error::timeout));
    const auto& reason = socket_.reason();
    if (error != websocket::error::closed) return ended(error);
    const bool is_normal = reason.code <= websocket::close_code::normal;
    const auto clause = printable({reason.reason.data(), reason.reason.size()});
    return fail(ErrorCode::kClosed,
                fmt::format("the peer closed the WebSocket{}{}{}",
                            is_normal ? "" : fmt::format(" with {}", unsigned{reason.code}),
                            clause.empty() ? "" : ": ", clause));
  }

  // What one frame carries of the pieces that are to be written.
  struct Run {
    std::array<asio::const_buffer, kMaxWritePieces> buffers;
    std::size_t buffer_count = 0;
    std::size_t total = 0;  // bytes of the pieces, with a line's end
    bool is_final = true;   // the last frame of its message

    void add(ByteSpan bytes) {
      if (!bytes.empty()) buffers[buffer_count++] = {bytes.data(), bytes.size()};
      total += bytes.size();
    }
  };

  Run next_bytes(std::span<const ByteSpan> pieces) const {
    Run run;
    for (auto piece : pieces) {
      auto size = std::min(piece.size(), limits_.sent_message_bytes - run.total);
      if (size == 0) break;
      run.add(piece.first(size));
    }
    return run;
  }

  // Up to the end of the line, or, where that is not there yet or too far, a frame without the end.
  Run next_line(std::span<const ByteSpan> pieces) const {
    Run run;
    for (auto piece : pieces) {
      auto part = piece.first(std::min(piece.size(), limits_.sent_message_bytes - run.total));
      // memchr: a search byte by byte took a tenth of what a monitoring document costs.
      const auto* const end =
          part.empty()
              ? nullptr
              : static_cast<const std::uint8_t*>(std::memchr(part.data(), '\n', part.size()));
      run.add(end != nullptr ? part.first(static_cast<std::size_t>(end - part.data())) : part);
      if (end != nullptr) {
        ++run.total;
        return run;
      }
      if (part.size() < piece.size()) break;
    }
    run.is_final = false;
    return run;
  }

  // Makes what was read of a message part of a line; the new count of bytes.
  std::size_t as_line(std::span<std::uint8_t> into, std::size_t count) {
    std::ranges::replace_if(
        into.first(count), [](std::uint8_t byte) { return byte == '\n' || byte == '\r'; }, ' ');
    if (!socket_.is_message_done()) return count;
    if (count == into.size()) {
      is_line_end_due_ = true;
      return count;
    }
    into[count] = '\n';
    return count + 1;
  }

  awaitable<std::unexpected<Error>> refuse_text() {
    co_await end({websocket::close_code::unknown_data, "binary messages only"});
    co_return fail(ErrorCode::kUnsupported, "a WebSocket text message; only binary is spoken");
  }

  // The closing handshake, once; the peer has close_timeout for its half.
  awaitable<void> end(websocket::close_reason reason) {
    if (std::exchange(is_ending_, true)) co_return;
    co_await socket_.async_close(reason, kNoThrow);
  }

  WebSocketKind kind_;
  WebSocketLimits limits_;
  WebSocket socket_;
  bool writes_frames_ = false;  // lines past Beast: of a server, whose frames are not masked
  bool is_writing_ = false;
  bool is_mid_line_ = false;      // its last frame is still to come
  bool is_line_end_due_ = false;  // all of a text message has been read
  bool is_ending_ = false;
  bool has_given_up_ = false;       // no answer to a ping
  std::shared_ptr<Pinger> pinger_;  // of clients
  websocket::close_reason goodbye_{websocket::close_code::normal};
};

// 16 bytes in base64 (RFC 6455, 4.1).
bool is_websocket_key(std::string_view key) {
  return key.size() == 24 && key.ends_with("==") &&
         std::ranges::all_of(key.substr(0, 22), [](unsigned char c) {
           return std::isalnum(c) || c == '+' || c == '/';
         });
}

}  // namespace

std::optional<HttpResponse> websocket_refusal(const HttpRequest& request) {
  if (!request.has_token("Connection", "upgrade") || !request.has_token("Upgrade", "websocket")) {
    auto response = http_sentence(426, "This address speaks WebSocket only");
    response.fields = {{"Upgrade", "websocket"}};
    return response;
  }
  if (request.method != "GET" || request.is_head || request.is_http_1_0) {
    return http_sentence(400, "A WebSocket begins with an HTTP/1.1 GET request");
  }
  auto* version = request.find("Sec-WebSocket-Version");
  if (!version || *version != "13") {
    auto response = http_sentence(426, "Only version 13 of WebSocket is spoken here");
    response.fields = {{"Upgrade", "websocket"}, {"Sec-WebSocket-Version", "13"}};
    return response;
  }
  auto* key = request.find("Sec-WebSocket-Key");
  if (!key || !is_websocket_key(*key)) {
    return http_sentence(400,
                         "The Sec-WebSocket-Key header is missing or is not 16 bytes in base64");
  }
  return {};
}

awaitable<Result<StreamPointer>> accept_websocket(asio::any_io_executor executor,
                                                  StreamPointer stream, HttpRequest request,
                                                  Bytes already_read, WebSocketKind kind,
                                                  WebSocketLimits limits) {
  auto below = std::make_shared<StreamBelow>(executor, std::move(stream), std::move(already_read));
  auto result = std::make_unique<WebSocketStream>(executor, below, kind, limits);
  auto status = co_await result->accept(request);
  if (!status) co_return std::unexpected(status.error());
  co_return StreamPointer(std::move(result));
}

awaitable<std::expected<StreamPointer, WebSocketRefusal>> connect_websocket(
    asio::any_io_executor executor, StreamPointer stream, WebSocketRequest request,
    WebSocketKind kind, WebSocketLimits limits) {
  auto below = std::make_shared<StreamBelow>(executor, std::move(stream), Bytes());
  auto result = std::make_unique<WebSocketStream>(executor, below, kind, limits);
  auto refusal = co_await result->connect(request);
  if (refusal) co_return std::unexpected(*std::move(refusal));
  co_return StreamPointer(std::move(result));
}

}  // namespace oriel::net
