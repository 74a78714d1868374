#pragma once
// Walks over the texts of /proc and /sys: lines, words, numbers. Allocates nothing and never reads
// outside its text; what is odd is an empty optional.

#include <cstdint>
#include <optional>
#include <string_view>

namespace oriel::monitor {

// Takes the next line, without its end, off `text`; at the end of the text it is empty.
std::string_view take_line(std::string_view& text);

// Takes the next word, between spaces, tabs and line ends; empty at the end.
std::string_view take_word(std::string_view& text);

std::string_view trimmed(std::string_view text);

// The whole of `word` as a number, else nothing. Beyond the type's range is nothing too.
std::optional<std::uint64_t> parse_u64(std::string_view word);
std::optional<std::int64_t> parse_i64(std::string_view word);
// Decimal, finite, at most 1e18 in size.
std::optional<double> parse_decimal(std::string_view word);

// Takes the next word as a number; nothing where it is none, or missing.
std::optional<std::uint64_t> take_u64(std::string_view& text);

// The count of CPUs in a list such as "0-3,8,10-11"; nothing where it is malformed or names more
// than kCoresMax. An empty list counts 0.
std::optional<int> count_cpu_list(std::string_view list);

}  // namespace oriel::monitor
