#include "oriel/app/net/stream_target.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "oriel/app/net/uri_authority.h"
#include "oriel/app/net/websocket_uri.h"
#include "oriel/io/net/unix_listener.h"

namespace oriel::net {
namespace {

constexpr std::size_t kTargetBytesMax = 2048;
constexpr std::string_view kUnixPrefix = "unix:";

std::unexpected<Error> wrong(std::string clause) {
  return fail(ErrorCode::kInvalid, std::move(clause));
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < ' ' || byte == 0x7f;
}

bool are_digits(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

// unix:PATH and unix:///PATH.
Result<StreamTarget> parse_unix(std::string_view path) {
  if (path.starts_with("//")) {
    path.remove_prefix(2);
    if (!path.starts_with('/'))
      return wrong("unix:// has a host behind it, expected is unix:PATH or unix:///PATH");
  }
  StreamTarget target{.carrier = StreamCarrier::kUnix};
  target.path = path;
  if (auto status = check_unix_path(target.path); !status) return wrong(status.error().message);
  return target;
}

Result<StreamTarget> parse_websocket(std::string_view text, std::size_t behind_scheme,
                                     const StreamTargetDefaults& defaults) {
  std::string uri_text(text);
  const auto path = uri_text.find_first_of("/?", behind_scheme);
  if (path == uri_text.npos || uri_text[path] == '?')
    uri_text.insert(std::min(path, uri_text.size()), defaults.path);
  ORIEL_TRY(auto uri, parse_websocket_uri(uri_text));
  const auto carrier = uri.is_secure ? StreamCarrier::kSecureWebSocket : StreamCarrier::kWebSocket;
  return StreamTarget{carrier,  std::move(uri.user),  std::move(uri.password), std::move(uri.host),
                      uri.port, std::move(uri.target)};
}

Result<StreamTarget> parse_authority(std::string_view text, StreamCarrier carrier,
                                     const StreamTargetDefaults& defaults) {
  ORIEL_TRY(auto authority, parse_uri_authority(text));
  return StreamTarget{carrier,
                      std::move(authority.user),
                      std::move(authority.password),
                      std::move(authority.host),
                      authority.port.value_or(defaults.port),
                      {}};
}

// The port behind two colons, as VNC writes it, is the same one here.
std::string with_one_colon(std::string_view text) {
  const auto colons = text.rfind("::");
  const bool is_port = colons != text.npos && are_digits(text.substr(colons + 2)) &&
                       text.substr(colons).find(']') == text.npos &&
                       (text.starts_with('[') || text.substr(0, colons).find(':') == text.npos) &&
                       colons != 0;  // ::1 is an address
  if (!is_port) return std::string(text);
  return fmt::format("{}:{}", text.substr(0, colons), text.substr(colons + 2));
}

Result<StreamTarget> parse_plain(std::string_view text, const StreamTargetDefaults& defaults) {
  if (text.find('@') != text.npos)
    return wrong("a user or password needs tcp:// or tls:// in front of it");
  if (text.find('/') != text.npos)
    return wrong("a path is given without ws:// or unix: in front of it");
  const auto plain = with_one_colon(text);
  if (!plain.starts_with('[') && std::ranges::count(plain, ':') > 1)
    return wrong("an IPv6 address has brackets around it, such as [::1]:8080");
  return parse_authority(plain, StreamCarrier::kTcp, defaults);
}

}  // namespace

bool StreamTarget::is_websocket() const {
  return carrier == StreamCarrier::kWebSocket || carrier == StreamCarrier::kSecureWebSocket;
}

bool StreamTarget::is_tls() const {
  return carrier == StreamCarrier::kTls || carrier == StreamCarrier::kSecureWebSocket;
}

std::string StreamTarget::shown() const {
  const auto place = fmt::format("{}:{}", host_in_uri(host), port);
  switch (carrier) {
    case StreamCarrier::kTcp:
      return "tcp://" + place;
    case StreamCarrier::kTls:
      return "tls://" + place;
    case StreamCarrier::kUnix:
      return fmt::format("unix:{}{}", path.starts_with("//") ? "//" : "", path);
    case StreamCarrier::kWebSocket:
      return fmt::format("ws://{}{}", place, path);
    case StreamCarrier::kSecureWebSocket:
      return fmt::format("wss://{}{}", place, path);
  }
  return {};
}

Result<StreamTarget> parse_stream_target(std::string_view text,
                                         const StreamTargetDefaults& defaults) {
  if (text.size() > kTargetBytesMax)
    return wrong(fmt::format("a target of {} bytes, at most {}", text.size(), kTargetBytesMax));
  if (std::ranges::any_of(text, is_control)) return wrong("the target has control characters");
  if (lower_case(text.substr(0, kUnixPrefix.size())) == kUnixPrefix)
    return parse_unix(text.substr(kUnixPrefix.size()));
  const auto end = text.find("://");
  if (end == text.npos) return parse_plain(text, defaults);
  const auto scheme = lower_case(text.substr(0, end));
  if (scheme == "ws" || scheme == "wss") return parse_websocket(text, end + 3, defaults);
  if (scheme != "tcp" && scheme != "tls")
    return wrong("the target's scheme is unknown, expected is tcp, tls, unix, ws or wss");
  auto rest = text.substr(end + 3);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.find_first_of("/?#") != rest.npos)
    return wrong(
        fmt::format("{0}://HOST:PORT has no path or query behind it (in a password / is "
                    "%2F, ? is %3F and # is %23)",
                    scheme));
  return parse_authority(rest, scheme == "tls" ? StreamCarrier::kTls : StreamCarrier::kTcp,
                         defaults);
}

}  // namespace oriel::net
