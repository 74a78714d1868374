#include "oriel/app/net/websocket_uri.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address_v6.hpp>
#include <cctype>
#include <charconv>
#include <optional>

namespace oriel::net {
namespace {

constexpr std::size_t kUriBytesMax = 2048;
constexpr std::uint16_t kPlainPort = 80, kSecurePort = 443;

std::unexpected<Error> wrong(std::string clause) {
  return fail(ErrorCode::kInvalid, std::move(clause));
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (auto& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const auto high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
    if (!high || !low) return std::nullopt;
    result += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  return result;
}

Status set_user(std::string_view text, WebSocketUri& uri) {
  const auto colon = text.find(':');
  const auto user = percent_decoded(text.substr(0, colon));
  const auto password =
      percent_decoded(colon == text.npos ? std::string_view() : text.substr(colon + 1));
  if (!user || !password) return wrong("the user or password of the URI has a stray %");
  if (user->find(':') != user->npos) return wrong("the user of the URI contains a colon");
  uri.user = *user;
  uri.password = *password;
  return {};
}

// Letters, digits, and what names of hosts have besides; what is beyond ASCII has to come encoded.
bool is_host_name(std::string_view host) {
  constexpr std::size_t kNameBytesMax = 253;
  return !host.empty() && host.size() <= kNameBytesMax &&
         std::ranges::all_of(host, [](unsigned char c) {
           return std::isalnum(c) || c == '.' || c == '-' || c == '_';
         });
}

bool is_v6_address(const std::string& host) {
  boost::system::error_code error;
  boost::asio::ip::make_address_v6(host, error);
  return !error;
}

Status set_port(std::string_view text, WebSocketUri& uri) {
  if (text.empty()) return {};  // "host:" is allowed and means the scheme's own
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port < 1 || port > 65535) {
    return wrong(
        fmt::format("the port of the URI is {}, allowed are 1 to 65535", text.substr(0, 20)));
  }
  uri.port = static_cast<std::uint16_t>(port);
  return {};
}

// HOST, HOST:PORT, [IPV6], [IPV6]:PORT.
Status set_host(std::string_view text, WebSocketUri& uri) {
  std::string_view rest;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == text.npos) return wrong("the URI has [ without ] around an IPv6 address");
    uri.host = lower(text.substr(1, end - 1));
    if (!is_v6_address(uri.host)) {
      return wrong(fmt::format("[{}] in the URI is no IPv6 address", uri.host));
    }
    rest = text.substr(end + 1);
    if (!rest.empty() && rest[0] != ':') return wrong("the URI has text between ] and the port");
  } else {
    const auto colon = text.find(':');
    uri.host = lower(text.substr(0, colon));
    if (!is_host_name(uri.host)) {
      return wrong(uri.host.empty()
                       ? std::string("the URI names no host, expected is ws://HOST[:PORT][/PATH]")
                       : fmt::format("\"{}\" in the URI is not a host name", uri.host));
    }
    if (colon != text.npos) rest = text.substr(colon);
  }
  return set_port(rest.empty() ? rest : rest.substr(1), uri);
}

Result<std::string_view> without_scheme(std::string_view text, WebSocketUri& uri) {
  const auto end = text.find("://");
  const auto scheme = end == text.npos ? std::string() : lower(text.substr(0, end));
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
  auto header = host.find(':') == host.npos ? host : fmt::format("[{}]", host);
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
  auto authority = rest.substr(0, path);
  if (const auto at = authority.rfind('@'); at != authority.npos) {
    ORIEL_TRY_VOID(set_user(authority.substr(0, at), uri));
    authority.remove_prefix(at + 1);
  }
  ORIEL_TRY_VOID(set_host(authority, uri));
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
