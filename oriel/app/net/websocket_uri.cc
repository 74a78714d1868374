#include "oriel/app/net/websocket_uri.h"

#include <fmt/format.h>

#include <algorithm>

#include "oriel/app/net/uri_authority.h"

namespace oriel::net {
namespace {

constexpr std::size_t kUriBytesMax = 2048;
constexpr std::uint16_t kPlainPort = 80, kSecurePort = 443;

std::unexpected<Error> wrong(std::string clause) {
  return fail(ErrorCode::kInvalid, std::move(clause));
}

Result<std::string_view> without_scheme(std::string_view text, WebSocketUri& uri) {
  const auto end = text.find("://");
  const auto scheme = end == text.npos ? std::string() : lower_case(text.substr(0, end));
  if (scheme != "ws" && scheme != "wss") {
    return wrong(
        "the URI does not begin with ws:// or wss://, expected is such as "
        "ws://localhost:8765");
  }
  uri.is_secure = scheme == "wss";
  uri.port = uri.is_secure ? kSecurePort : kPlainPort;
  return text.substr(end + 3);
}

}  // namespace

std::string WebSocketUri::host_header() const {
  auto header = host_in_uri(host);
  if (port != (is_secure ? kSecurePort : kPlainPort)) header += fmt::format(":{}", port);
  return header;
}

std::string WebSocketUri::shown() const {
  return fmt::format("{}://{}{}", is_secure ? "wss" : "ws", host_header(),
                     target == "/" ? "" : target);
}

Result<WebSocketUri> parse_websocket_uri(std::string_view text) {
  if (text.size() > kUriBytesMax) {
    return wrong(fmt::format("a URI of {} bytes, at most {}", text.size(), kUriBytesMax));
  }
  if (std::ranges::any_of(text, [](unsigned char c) { return c <= ' ' || c >= 0x7f; })) {
    return wrong("the URI has blanks or characters beyond ASCII; write them as %20 and the like");
  }
  if (text.find('#') != text.npos) return wrong("the URI has a fragment (#), which means nothing");
  WebSocketUri uri;
  ORIEL_TRY(const auto rest, without_scheme(text, uri));
  const auto path = rest.find_first_of("/?");
  ORIEL_TRY(const auto authority, parse_uri_authority(rest.substr(0, path)));
  uri.user = authority.user;
  uri.password = authority.password;
  uri.host = authority.host;
  uri.port = authority.port.value_or(uri.port);
  if (path != rest.npos) uri.target = rest.substr(path);
  if (uri.target.starts_with('?')) uri.target.insert(0, "/");
  return uri;
}

std::string basic_authorization(std::string_view user, std::string_view password) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto plain = fmt::format("{}:{}", user, password);
  std::string out = "Basic ";
  for (std::size_t i = 0; i < plain.size(); i += 3) {
    const auto count = std::min<std::size_t>(3, plain.size() - i);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k)
      bits = bits << 8 | (k < count ? static_cast<unsigned char>(plain[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k)
      out += k <= count ? kDigits[bits >> (18 - 6 * k) & 0x3f] : '=';
  }
  return out;
}

}  // namespace oriel::net
