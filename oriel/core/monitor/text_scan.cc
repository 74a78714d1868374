#include "oriel/core/monitor/text_scan.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "oriel/core/monitor/limits.h"

namespace oriel::monitor {
namespace {

constexpr std::string_view kBlank = " \t\n\r";
constexpr double kLargest = 1e18;

template <typename Number>
std::optional<Number> parse_whole(std::string_view word) {
  Number value{};
  const auto [stopped, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc{} || stopped != word.data() + word.size()) return {};
  return value;
}

}  // namespace

std::string_view take_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  const auto line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

std::string_view take_word(std::string_view& text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  const auto* start = std::ranges::find_if_not(text, is_blank);
  const auto* end = std::find_if(start, text.end(), is_blank);
  const std::string_view word(start, static_cast<std::size_t>(end - start));
  text.remove_prefix(static_cast<std::size_t>(end - text.begin()));
  return word;
}

std::string_view trimmed(std::string_view text) {
  const auto start = text.find_first_not_of(kBlank);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(kBlank) - start + 1);
}

std::optional<std::uint64_t> parse_u64(std::string_view word) {
  return parse_whole<std::uint64_t>(word);
}

std::optional<std::int64_t> parse_i64(std::string_view word) {
  return parse_whole<std::int64_t>(word);
}

std::optional<double> parse_decimal(std::string_view word) {
  double value = 0;
  const auto [stopped, error] =
      std::from_chars(word.data(), word.data() + word.size(), value, std::chars_format::fixed);
  if (error != std::errc{} || stopped != word.data() + word.size()) return {};
  if (!std::isfinite(value) || std::abs(value) > kLargest) return {};
  return value;
}

std::optional<std::uint64_t> take_u64(std::string_view& text) { return parse_u64(take_word(text)); }

std::optional<int> count_cpu_list(std::string_view list) {
  list = trimmed(list);
  std::uint64_t count = 0;
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    const auto range = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    const auto dash = range.find('-');
    const auto first = parse_u64(range.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : parse_u64(range.substr(dash + 1));
    if (!first || !last || *last < *first || *last >= kCoresMax) return {};
    count += *last - *first + 1;
    if (count > kCoresMax) return {};
  }
  return static_cast<int>(count);
}

}  // namespace oriel::monitor
