#include "oriel/app/cli/monitor_flag_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "oriel/app/config/suggestion.h"

namespace oriel::cli {
namespace {

using config::printable;

constexpr std::string_view kDefaultPort = "8765";

struct TimeUnit {
  std::string_view name;
  double milliseconds;
};
// "ms" before "s", which it ends with.
constexpr TimeUnit kTimeUnits[]{{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}};

std::string seconds_text(std::chrono::milliseconds time) {
  return fmt::format("{}", static_cast<double>(time.count()) / 1000);
}

// All of `text` as a number.
template <typename Number>
std::optional<Number> number_of(std::string_view text) {
  Number number{};
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end || text.empty()) return {};
  return number;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (auto& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// RFC 9110, 5.6.2.
bool is_token_character(char c) {
  const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return is_letter || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// A name or an address, as it stands in a URI.
bool is_host(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && c != 0x7f &&
           std::string_view("/?#@[]:\\").find(c) == std::string_view::npos;
  });
}

std::unexpected<Error> no_target(std::string_view text) {
  return fail(ErrorCode::kInvalid, fmt::format("\"{}\" is no server, expected ws://HOST[:PORT], "
                                               "wss://HOST[:PORT], HOST or HOST:PORT",
                                               printable(text)));
}

}  // namespace

Result<std::chrono::milliseconds> parse_time(std::string_view text, std::chrono::milliseconds least,
                                             std::chrono::milliseconds most) {
  auto digits = text;
  double unit = 1'000;
  for (const auto& row : kTimeUnits) {
    if (!digits.ends_with(row.name)) continue;
    digits.remove_suffix(row.name.size());
    unit = row.milliseconds;
    break;
  }
  const auto number = number_of<double>(digits);
  const double milliseconds = number.value_or(-1) * unit;
  if (!(milliseconds >= static_cast<double>(least.count()) &&
        milliseconds <= static_cast<double>(most.count()))) {
    return fail(
        ErrorCode::kInvalid,
        fmt::format("\"{}\" is no such time, expected {} to {} seconds, or with a unit such "
                    "as 500ms, 5m or 1h",
                    printable(text), seconds_text(least), seconds_text(most)));
  }
  return std::chrono::milliseconds(std::llround(milliseconds));
}

Result<unsigned> parse_count(std::string_view text, unsigned least, unsigned most) {
  const auto number = number_of<unsigned>(text);
  if (!number || *number < least || *number > most) {
    return fail(ErrorCode::kInvalid, fmt::format("\"{}\" is no such number, expected {} to {}",
                                                 printable(text), least, most));
  }
  return *number;
}

Result<bool> parse_switch(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return fail(ErrorCode::kInvalid,
              fmt::format("\"{}\" is neither true nor false", printable(text)));
}

Result<monitor::MetricSet> parse_metrics(std::string_view text) {
  monitor::MetricSet metrics;
  while (true) {
    const auto comma = text.find(',');
    const auto name = trimmed(text.substr(0, comma));
    const auto metric = monitor::find_metric(name);
    if (!metric) {
      return fail(ErrorCode::kInvalid, fmt::format("unknown metric \"{}\", known are {}",
                                                   printable(name), monitor::metric_names()));
    }
    metrics.add(*metric);
    if (comma == text.npos) return metrics;
    text.remove_prefix(comma + 1);
  }
}

Result<net::HttpField> parse_header(std::string_view text) {
  const auto colon = text.find(':');
  const auto name = text.substr(0, colon);
  const auto value = colon == text.npos ? std::string_view() : trimmed(text.substr(colon + 1));
  // Its value may be a secret, so errors do not repeat it.
  if (colon == text.npos || name.empty() || !std::ranges::all_of(name, is_token_character))
    return fail(ErrorCode::kInvalid, "expected NAME:VALUE with a header's name before the colon");
  if (std::ranges::any_of(value, is_control))
    return fail(ErrorCode::kInvalid,
                fmt::format("the value of {} has control characters", printable(name)));
  return net::HttpField{std::string(name), std::string(value)};
}

Result<config::LogLevel> parse_log_level(std::string_view text) {
  static const std::array<std::string, 5> kNames{"debug", "info", "warning", "error", "critical"};
  constexpr std::array kLevels{config::LogLevel::kDebug, config::LogLevel::kInfo,
                               config::LogLevel::kWarning, config::LogLevel::kError,
                               config::LogLevel::kError};
  const auto found = std::ranges::find(kNames, lower(text));
  if (found == kNames.end()) {
    return fail(ErrorCode::kInvalid, fmt::format("unknown log level \"{}\", {}", printable(text),
                                                 config::suggest(lower(text), kNames)));
  }
  return kLevels[static_cast<std::size_t>(found - kNames.begin())];
}

Result<std::string> parse_target(std::string_view text) {
  if (text.find("://") != text.npos) {
    if (text.starts_with("ws://") || text.starts_with("wss://")) return std::string(text);
    return no_target(text);
  }
  std::string_view host = text, port = kDefaultPort;
  const auto colon = text.rfind(':');
  const bool has_port = colon != text.npos && !text.ends_with(']');
  if (has_port) {
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
    if (!parse_count(port, 1, 65535)) return no_target(text);
  }
  const bool is_bracketed = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
  if (is_bracketed) {
    const auto address = host.substr(1, host.size() - 2);
    if (address.find_first_not_of("0123456789abcdefABCDEF:.") != address.npos)
      return no_target(text);
  } else if (!is_host(host)) {
    return no_target(text);
  }
  return fmt::format("ws://{}:{}", host, port);
}

}  // namespace oriel::cli
