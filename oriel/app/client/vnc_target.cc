#include "oriel/app/client/vnc_target.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "oriel/app/client/limits.h"
#include "oriel/app/client/novnc_page.h"
#include "oriel/app/net/uri_authority.h"
#include "oriel/base/printable.h"

namespace oriel::client {
namespace {

constexpr net::StreamTargetDefaults kDefaults{kVncPort, "/websockify"};

std::unexpected<Error> wrong(std::string clause) {
  return fail(ErrorCode::kInvalid, std::move(clause));
}

// DISPLAY or :PORT behind the first colon.
Result<std::uint16_t> parse_place(std::string_view text) {
  const bool is_port = text.starts_with(':');
  const auto digits = text.substr(is_port ? 1 : 0);
  unsigned number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || end != digits.data() + digits.size())
    return wrong("what follows the host is no number, expected is HOST:DISPLAY or HOST::PORT");
  const auto port = is_port || number >= kDisplaysMax ? number : kVncPort + number;
  if (error != std::errc() || port < 1 || port > 65535)
    return wrong(fmt::format("the port is {}, allowed are 1 to 65535", digits.substr(0, 20)));
  return static_cast<std::uint16_t>(port);
}

Result<net::StreamTarget> parse_plain(std::string_view text) {
  if (text.find('@') != text.npos) return wrong("a user or password needs vnc:// in front of it");
  if (text.find('/') != text.npos)
    return wrong("a path is given without ws:// or unix: in front of it");
  const auto bracket = text.rfind(']');
  const auto colon = text.find(':', bracket == text.npos ? 0 : bracket);
  auto host = text.substr(0, colon);
  const auto place = colon == text.npos ? std::string_view() : text.substr(colon + 1);
  if (bracket == text.npos && std::ranges::count(place.substr(place.starts_with(':')), ':') > 0)
    return wrong("an IPv6 address has brackets around it, such as [::1]:1");
  if (host.empty() && (place.empty() || place.starts_with(':')))
    return wrong("no host is named, expected is HOST, HOST:DISPLAY or HOST::PORT");
  ORIEL_TRY(auto authority, net::parse_uri_authority(host.empty() ? "localhost" : host));
  std::uint16_t port = kVncPort;
  if (colon != text.npos) {
    ORIEL_TRY(port, parse_place(place));
  }
  return net::StreamTarget{
      .carrier = net::StreamCarrier::kTcp, .host = std::move(authority.host), .port = port};
}

Result<net::StreamTarget> parse_page(std::string_view text) {
  ORIEL_TRY(const auto page, socket_of_page(text));
  ORIEL_TRY(auto target, net::parse_stream_target(page.url, kDefaults));
  if (!page.password.empty()) target.password = page.password;
  return target;
}

// Where a port would be there may be a password, whose host is missing.
std::string masked_authority(std::string_view text) {
  const auto bracket = text.rfind(']');
  const auto colon = text.find(':', bracket == text.npos ? 0 : bracket);
  const auto place = text.substr(std::min(colon, text.size()));
  const bool is_place =
      std::ranges::all_of(place, [](unsigned char c) { return c == ':' || std::isdigit(c) != 0; });
  return is_place ? std::string(text) : fmt::format("{}:...", text.substr(0, colon));
}

// The scheme as net::parse_stream_target knows it; empty for one that is unknown.
std::string_view carrier_scheme(std::string_view scheme) {
  if (scheme == "vnc" || scheme == "tcp") return "tcp";
  if (scheme == "vncs" || scheme == "tls") return "tls";
  if (scheme == "ws" || scheme == "http") return "ws";
  if (scheme == "wss" || scheme == "https") return "wss";
  return {};
}

}  // namespace

Result<net::StreamTarget> parse_vnc_target(std::string_view text) {
  if (text.size() > kTargetBytesMax)
    return wrong(fmt::format("a target of {} bytes, at most {}", text.size(), kTargetBytesMax));
  if (std::ranges::any_of(text, [](unsigned char c) { return c < ' ' || c == 0x7f; }))
    return wrong("the target has control characters");
  if (net::lower_case(text.substr(0, 5)) == "unix:") return net::parse_stream_target(text);
  const auto end = text.find("://");
  if (end == text.npos) return parse_plain(text);
  const auto scheme = net::lower_case(text.substr(0, end));
  if (is_page(text)) return parse_page(text);
  const auto carrier = carrier_scheme(scheme);
  if (carrier.empty())
    return wrong(
        "the target's scheme is unknown, expected is vnc, vncs, ws, wss, http, https or "
        "unix");
  auto target = net::parse_stream_target(fmt::format("{}{}", carrier, text.substr(end)), kDefaults);
  if (!target && carrier == "tcp" && text.find_first_of("/?#", end + 3) != text.npos)
    return wrong(
        "vnc://HOST:PORT has no path or query behind it (in a password / is %2F, ? is "
        "%3F and # is %23)");
  return target;
}

std::string shown_target(const net::StreamTarget& target) {
  const auto place = fmt::format("{}:{}", net::host_in_uri(target.host), target.port);
  switch (target.carrier) {
    case net::StreamCarrier::kTcp:
      return "vnc://" + place;
    case net::StreamCarrier::kTls:
      return "vncs://" + place;
    case net::StreamCarrier::kUnix:
      return target.shown();
    case net::StreamCarrier::kWebSocket:
    case net::StreamCarrier::kSecureWebSocket:
      break;
  }
  const auto query = target.path.find('?');
  return fmt::format("{}://{}{}{}", target.carrier == net::StreamCarrier::kWebSocket ? "ws" : "wss",
                     place, target.path.substr(0, query), query == target.path.npos ? "" : "?...");
}

std::string masked_target(std::string_view text) {
  if (net::lower_case(text.substr(0, 5)) == "unix:") return printable(text, kShownTextMax);
  const auto scheme = text.find("://");
  const auto head = scheme == text.npos ? 0 : scheme + 3;
  std::string shown(text.substr(0, head));
  auto rest = text.substr(head);
  if (const auto at = rest.rfind('@'); at != rest.npos) {
    shown += "...";
    // Both may be of a password or of a query then.
    if (rest.substr(0, at).find_first_of("/?#") != rest.npos)
      return printable(shown, kShownTextMax);
    shown += '@';
    rest.remove_prefix(at + 1);
  }
  const auto query = rest.find_first_of("?#");
  const auto path = std::min(rest.find('/'), std::min(query, rest.size()));
  shown += head == 0 ? std::string(rest.substr(0, path)) : masked_authority(rest.substr(0, path));
  shown += rest.substr(path, std::min(query, rest.size()) - path);
  return printable(shown + (query == rest.npos ? "" : "?..."), kShownTextMax);
}

}  // namespace oriel::client
