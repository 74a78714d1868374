#pragma once
// Every bound of the clipboard module.

#include <cstddef>

namespace oriel::clipboard {

// Of the text in each direction, unless configured otherwise.
inline constexpr std::size_t kDefaultMaxBytes = std::size_t{1} << 20;
inline constexpr std::size_t kDefaultHistoryEntries = 100;
// Of sanitised text, in bytes of UTF-8.
inline constexpr std::size_t kDefaultMaxSanitizedBytes = 1'000'000;

}  // namespace oriel::clipboard
