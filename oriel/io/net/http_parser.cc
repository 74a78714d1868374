#include "oriel/io/net/http_parser.h"

#include <fmt/format.h>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <functional>
#include <optional>
#include <utility>

#include "oriel/base/check.h"

namespace oriel::net {
namespace http = boost::beast::http;

struct HttpParser::State {
  State(const HttpLimits& the_limits, BodyBytesOf the_body_bytes_of)
      : limits(the_limits), body_bytes_of(std::move(the_body_bytes_of)) {
    parser.eager(true);
    // Counted here, since Beast counts some of the bytes only.
    parser.header_limit(static_cast<std::uint32_t>(2 * limits.header_bytes));
    parser.body_limit(boost::none);  // until the head is there
    parser.on_chunk_header(see_chunk_head);
  }

  HttpResponse failure(const boost::system::error_code& error) const;
  // What is too large by its own word is refused before any of it comes.
  std::optional<HttpResponse> limit_body();

  HttpLimits limits;
  BodyBytesOf body_bytes_of;
  http::request_parser<http::string_body> parser;
  std::size_t head_bytes = 0;
  bool has_looked_at_head = false;
  bool wants_continue = false;
  bool is_chunk_head = false;  // what the last put took
  std::function<void(std::uint64_t, boost::beast::string_view, boost::system::error_code&)>
      see_chunk_head = [this](auto&&...) { is_chunk_head = true; };
};

namespace {

// "0\r\n\r\n": no chunked body ends with less. Beast 1.81, shown "0\r\n" and later one byte more,
// asserts that there are 5 bytes, and ends the program.
constexpr std::size_t kShortestLastChunk = 5;

std::string text(boost::beast::string_view view) { return {view.data(), view.size()}; }

HttpResponse head_too_large(const HttpLimits& limits) {
  return http_sentence(
      431, fmt::format("The head of the request is larger than {} bytes", limits.header_bytes));
}

// Beast keeps the line before a chunk, and all that follows the last one, until it is whole.
HttpResponse chunk_head_too_large(const HttpLimits& limits) {
  return http_sentence(
      431, fmt::format("The line before a chunk, or the trailer, is larger than {} bytes",
                       limits.header_bytes));
}

// What Beast accepts and we do not.
std::optional<HttpResponse> objection(const http::request<http::string_body>& request) {
  if (request.count(http::field::host) > 1 || request.count(http::field::origin) > 1) {
    return http_sentence(400, "The request has more than one Host or Origin header");
  }
  if (!request.target().starts_with('/')) {
    return http_sentence(400, "The target of the request must be a path that begins with /");
  }
  return {};
}

// All but the body.
HttpRequest head_of(const http::request<http::string_body>& message) {
  HttpRequest request;
  request.is_head = message.method() == http::verb::head;
  request.method = request.is_head ? "GET" : text(message.method_string());
  auto target = text(message.target());
  auto question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string::npos) request.query = target.substr(question + 1);
  request.is_keep_alive = message.keep_alive();
  request.is_http_1_0 = message.version() == 10;
  for (const auto& field : message) {
    request.fields.push_back({text(field.name_string()), text(field.value())});
  }
  return request;
}

}  // namespace

std::optional<HttpResponse> HttpParser::State::limit_body() {
  if (body_bytes_of) limits.body_bytes = body_bytes_of(head_of(parser.get()));
  parser.body_limit(limits.body_bytes);
  const auto length = parser.content_length();
  if (!length || *length <= limits.body_bytes) return {};
  return failure(http::error::body_limit);
}

HttpResponse HttpParser::State::failure(const boost::system::error_code& error) const {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return head_too_large(limits);
  }
  if (error == http::error::body_limit) {
    return http_sentence(
        413, fmt::format("The body of the request is larger than {} bytes", limits.body_bytes));
  }
  return http_sentence(400, fmt::format("This is not an HTTP request: {}", error.message()));
}

HttpParser::HttpParser(const HttpLimits& limits, BodyBytesOf body_bytes_of)
    : state_(std::make_unique<State>(limits, std::move(body_bytes_of))) {}
HttpParser::~HttpParser() = default;
HttpParser::HttpParser(HttpParser&&) noexcept = default;
HttpParser& HttpParser::operator=(HttpParser&&) noexcept = default;

std::expected<std::size_t, HttpResponse> HttpParser::put(ByteSpan bytes) {
  auto& parser = state_->parser;
  const auto& limits = state_->limits;
  std::size_t consumed = 0;
  // First the head alone, so that its size is known.
  parser.eager(false);
  while (!parser.is_header_done()) {
    boost::system::error_code error;
    auto rest = bytes.subspan(consumed);
    auto count = parser.put(boost::asio::buffer(rest.data(), rest.size()), error);
    consumed += count;
    state_->head_bytes += count;
    bool is_waiting = error == http::error::need_more;
    if (error && !is_waiting) return std::unexpected(state_->failure(error));
    auto seen = state_->head_bytes + (is_waiting ? bytes.size() - consumed : 0);
    if (seen > limits.header_bytes) return std::unexpected(head_too_large(limits));
    if (is_waiting) return consumed;
  }
  if (!std::exchange(state_->has_looked_at_head, true)) {
    if (auto refusal = objection(parser.get())) return std::unexpected(*std::move(refusal));
    if (auto refusal = state_->limit_body()) return std::unexpected(*std::move(refusal));
    state_->wants_continue =
        !parser.is_done() &&
        boost::beast::iequals(parser.get()[http::field::expect], "100-continue");
  }
  // Then the body. Without eager, each put takes one chunk's head or a run of plain body.
  while (!parser.is_done()) {
    boost::system::error_code error;
    auto rest = bytes.subspan(consumed);
    if (rest.size() < (parser.chunked() ? kShortestLastChunk : 1)) return consumed;
    state_->is_chunk_head = false;
    auto count = parser.put(boost::asio::buffer(rest.data(), rest.size()), error);
    consumed += count;
    bool is_waiting = error == http::error::need_more;
    if (error && !is_waiting) return std::unexpected(state_->failure(error));
    auto seen = is_waiting ? bytes.size() - consumed : state_->is_chunk_head ? count : 0;
    if (seen > limits.header_bytes) return std::unexpected(chunk_head_too_large(limits));
    if (is_waiting) return consumed;
  }
  // A trailer may have added fields.
  if (auto refusal = objection(parser.get())) return std::unexpected(*std::move(refusal));
  return consumed;
}

bool HttpParser::is_done() const { return state_->parser.is_done(); }

bool HttpParser::take_continue() { return std::exchange(state_->wants_continue, false); }

HttpRequest HttpParser::take_request() {
  ORIEL_CHECK(is_done());
  auto message = state_->parser.release();
  auto request = head_of(message);
  request.body = std::move(message.body());
  return request;
}

}  // namespace oriel::net
