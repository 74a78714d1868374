#include "oriel/app/config/setting_value.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "oriel/app/config/limits.h"
#include "oriel/app/config/suggestion.h"

namespace oriel::config {
namespace {

constexpr std::string_view kAddressForms =
    R"(expected HOST:PORT with a numeric host such as "127.0.0.1:5900" or "[::1]:5900", a port alone for )"
    R"(loopback such as "5900", or "off")";

std::unexpected<Error> bad(std::string_view got, std::string_view expected) {
  return fail(ErrorCode::kInvalid, fmt::format("got \"{}\", {}", printable(got), expected));
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

bool is_numeric_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> address;
  return inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
}

}  // namespace

Result<std::string> parse_listen_host(std::string_view text) {
  std::string host(text);
  if (host == "localhost" || (host.find('\0') == std::string::npos && is_numeric_address(host)))
    return host;
  return bad(text, R"(expected a numeric address such as "127.0.0.1" or "::1", or "localhost")");
}

Result<std::optional<ListenAddress>> parse_listen_address(std::string_view text) {
  if (text == "off") return std::nullopt;
  auto colon = text.rfind(':');
  auto port_text = colon == text.npos ? text : text.substr(colon + 1);
  auto host_text = colon == text.npos ? std::string_view() : text.substr(0, colon);

  auto port = parse_integer(port_text, 0, 65535);
  if (!port) return bad(text, kAddressForms);
  ListenAddress address{.port = static_cast<std::uint16_t>(*port)};
  if (host_text.empty()) return address;

  bool has_brackets = host_text.size() > 2 && host_text.front() == '[' && host_text.back() == ']';
  if (has_brackets) host_text = host_text.substr(1, host_text.size() - 2);
  auto host = parse_listen_host(host_text);
  // An IPv6 address needs the brackets: in "::1:5900" the port cannot be told apart.
  if (!host || has_brackets != (host_text.find(':') != host_text.npos))
    return bad(text, kAddressForms);
  address.host = *std::move(host);
  return address;
}

std::string format_listen_address(const std::optional<ListenAddress>& address) {
  if (!address) return "off";
  bool is_v6 = address->host.find(':') != std::string::npos;
  return is_v6 ? fmt::format("[{}]:{}", address->host, address->port)
               : fmt::format("{}:{}", address->host, address->port);
}

bool is_loopback(const ListenAddress& address) {
  if (address.host == "localhost") return true;
  in_addr v4;
  if (inet_pton(AF_INET, address.host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
  in6_addr v6;
  if (inet_pton(AF_INET6, address.host.c_str(), &v6) != 1) return false;
  return IN6_IS_ADDR_LOOPBACK(&v6) || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 127);
}

Result<image::Size> parse_geometry(std::string_view text) {
  auto expected = [&] {
    return bad(text, fmt::format(R"(expected WIDTHxHEIGHT such as "1280x800", each from {} to {})",
                                 kSideMinPx, kSideMaxPx));
  };
  auto cross = text.find('x');
  if (cross == text.npos) return expected();
  auto width = parse_integer(text.substr(0, cross), kSideMinPx, kSideMaxPx);
  auto height = parse_integer(text.substr(cross + 1), kSideMinPx, kSideMaxPx);
  if (!width || !height) return expected();
  return image::Size{*width, *height};
}

std::string format_geometry(image::Size size) {
  return fmt::format("{}x{}", size.width, size.height);
}

Result<int> parse_integer(std::string_view text, int min, int max) {
  int value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool has_leading_zero = text.size() > 1 && text.front() == '0';
  if (error != std::errc() || end != text.data() + text.size() || has_leading_zero || value < min ||
      value > max)
    return bad(text, fmt::format("expected a whole number from {} to {}", min, max));
  return value;
}

Result<bool> parse_switch(std::string_view text) {
  auto lower = lower_case(text);
  if (lower == "true" || lower == "on" || lower == "yes" || lower == "1") return true;
  if (lower == "false" || lower == "off" || lower == "no" || lower == "0") return false;
  return bad(text, "expected true or false");
}

Result<LogLevel> parse_log_level(std::string_view text) {
  auto lower = lower_case(text);
  for (auto level : {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError})
    if (lower == log_level_name(level)) return level;
  return bad(text, "expected debug, info, warning or error");
}

std::string_view log_level_name(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "unknown";
}

Result<LogFormat> parse_log_format(std::string_view text) {
  for (auto format : {LogFormat::kText, LogFormat::kJson})
    if (text == log_format_name(format)) return format;
  return bad(text, "expected text or json");
}

std::string_view log_format_name(LogFormat format) {
  return format == LogFormat::kJson ? "json" : "text";
}

Result<ClipboardSelection> parse_clipboard_selection(std::string_view text) {
  for (auto selection :
       {ClipboardSelection::kClipboard, ClipboardSelection::kPrimary, ClipboardSelection::kBoth})
    if (text == clipboard_selection_name(selection)) return selection;
  return bad(text, "expected clipboard, primary or both");
}

std::string_view clipboard_selection_name(ClipboardSelection selection) {
  switch (selection) {
    case ClipboardSelection::kClipboard:
      return "clipboard";
    case ClipboardSelection::kPrimary:
      return "primary";
    case ClipboardSelection::kBoth:
      break;
  }
  return "both";
}

Result<bool> parse_control(std::string_view text) {
  if (text == "shared") return false;
  if (text == "single") return true;
  return bad(text, "expected shared or single");
}

Result<monitor::AlertLevel> parse_alert_level(std::string_view text) {
  for (auto level : {monitor::AlertLevel::kWarning, monitor::AlertLevel::kCritical})
    if (text == alert_level_word(level)) return level;
  return bad(text, "expected warning or critical");
}

std::string_view alert_level_word(monitor::AlertLevel level) {
  return level == monitor::AlertLevel::kCritical ? "critical" : "warning";
}

Result<bool> parse_alert_file_format(std::string_view text) {
  if (text == "json") return true;
  if (text == "text") return false;
  return bad(text, "expected json or text");
}

Result<TlsMode> parse_tls_mode(std::string_view text) {
  for (auto mode : {TlsMode::kAuto, TlsMode::kOn, TlsMode::kOff})
    if (text == tls_mode_name(mode)) return mode;
  return bad(text, "expected auto, on or off");
}

std::string_view tls_mode_name(TlsMode mode) {
  return mode == TlsMode::kAuto ? "auto" : mode == TlsMode::kOn ? "on" : "off";
}

Result<ConduitErrorNumbers> parse_error_numbers(std::string_view text) {
  for (auto numbers : {ConduitErrorNumbers::kPrograms, ConduitErrorNumbers::kSeed})
    if (text == error_numbers_name(numbers)) return numbers;
  return bad(text, "expected programs or seed");
}

std::string_view error_numbers_name(ConduitErrorNumbers numbers) {
  return numbers == ConduitErrorNumbers::kSeed ? "seed" : "programs";
}

Result<bool> parse_cursor_drawing(std::string_view text) {
  if (text == "auto") return true;
  if (text == "never") return false;
  return bad(text, "expected auto or never");
}

Result<std::string> parse_desktop(std::string_view text) {
  const auto name = text.substr(0, text.find(':'));
  const bool has_name = !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
  if (has_name) return parse_text(text, kTextBytesMax);
  return bad(text, R"(expected a source such as headless or "x11::0")");
}

Result<int> parse_display_number(std::string_view text) {
  auto number = parse_integer(text.starts_with(':') ? text.substr(1) : text, 0, kDisplayMax);
  if (number) return number;
  return bad(text, fmt::format(R"(expected a display such as ":7", from :0 to :{})", kDisplayMax));
}

Result<std::string> parse_host_list(std::string_view text) {
  auto is_host_character = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '[' || c == ']' || c == ':';
  };
  std::string_view rest = text;
  while (!text.empty()) {
    auto comma = rest.find(',');
    auto host = rest.substr(0, comma);
    if (host.empty() || !std::ranges::all_of(host, is_host_character) ||
        text.size() > kTextBytesMax)
      return bad(text,
                 R"(expected host names with commas between such as "desk.example.org,10.0.0.5")");
    if (comma == rest.npos) break;
    rest = rest.substr(comma + 1);
  }
  return std::string(text);
}

Result<std::string> parse_text(std::string_view text, std::size_t bytes_max) {
  bool has_control = std::ranges::any_of(text, [](char c) {
    auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
  if (text.size() <= bytes_max && !has_control) return std::string(text);
  return bad(text, fmt::format("expected at most {} bytes without control characters", bytes_max));
}

}  // namespace oriel::config
