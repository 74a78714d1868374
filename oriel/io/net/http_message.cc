#include "oriel/io/net/http_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/status.hpp>
#include <iterator>

#include "oriel/base/check.h"

namespace oriel::net {
namespace {

namespace beast = boost::beast;

beast::string_view view(std::string_view text) { return {text.data(), text.size()}; }

bool is_same_name(std::string_view a, std::string_view b) {
  return beast::iequals(view(a), view(b));
}

bool has_field(const std::vector<HttpField>& fields, std::string_view name) {
  return std::ranges::any_of(
      fields, [&](const HttpField& field) { return is_same_name(field.name, name); });
}

void append_field(std::string& head, std::string_view name, std::string_view value) {
  constexpr std::string_view kLineEnds("\r\n\0", 3);
  ORIEL_CHECK(name.find_first_of(kLineEnds) == std::string_view::npos);
  ORIEL_CHECK(value.find_first_of(kLineEnds) == std::string_view::npos);
  fmt::format_to(std::back_inserter(head), "{}: {}\r\n", name, value);
}

bool has_no_content(int status) { return status < 200 || status == 204 || status == 304; }

}  // namespace

const std::string* HttpRequest::find(std::string_view name) const {
  for (const auto& field : fields) {
    if (is_same_name(field.name, name)) return &field.value;
  }
  return nullptr;
}

bool HttpRequest::has_token(std::string_view name, std::string_view token) const {
  return std::ranges::any_of(fields, [&](const HttpField& field) {
    return is_same_name(field.name, name) &&
           beast::http::token_list(view(field.value)).exists(view(token));
  });
}

HttpResponse http_sentence(int status, std::string_view clause) {
  return http_body(status, "text/plain; charset=utf-8", fmt::format("{}.\n", clause));
}

HttpResponse http_body(int status, std::string content_type, std::string_view body) {
  auto bytes = as_bytes(body);
  HttpResponse response;
  response.status = status;
  response.content_type = std::move(content_type);
  response.body = std::make_shared<const Bytes>(bytes.begin(), bytes.end());
  return response;
}

std::vector<HttpField> SecurityHeaders::default_fields() {
  return {
      {"Content-Security-Policy",
       "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
       "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
      {"X-Content-Type-Options", "nosniff"},
      {"X-Frame-Options", "DENY"},
      {"Referrer-Policy", "no-referrer"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
  };
}

std::string write_response_head(const HttpResponse& response, const SecurityHeaders& security,
                                bool is_keep_alive, BodyFraming framing) {
  auto reason = beast::http::obsolete_reason(
      beast::http::int_to_status(static_cast<unsigned>(response.status)));
  auto head = fmt::format("HTTP/1.1 {} {}\r\n", response.status,
                          std::string_view(reason.data(), reason.size()));
  if (!has_no_content(response.status)) {
    append_field(head, "Content-Type", response.content_type);
    if (framing == BodyFraming::kLength)
      append_field(head, "Content-Length", std::to_string(response.content().size()));
    if (framing == BodyFraming::kChunked) append_field(head, "Transfer-Encoding", "chunked");
  }
  append_field(head, "Connection", is_keep_alive ? "keep-alive" : "close");
  for (const auto& field : response.fields) append_field(head, field.name, field.value);
  for (const auto& field : security.fields) {
    if (!has_field(response.fields, field.name)) append_field(head, field.name, field.value);
  }
  head += "\r\n";
  return head;
}

}  // namespace oriel::net
