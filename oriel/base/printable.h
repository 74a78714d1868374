#pragma once
// Foreign text in messages that people read on terminals. Pure.

#include <cstddef>
#include <string>
#include <string_view>

namespace oriel {

// `text` with a question mark for each control character, which could drive a terminal or begin a
// line: U+0000 to U+001F, U+007F, and U+0080 to U+009F where they are UTF-8. Of a longer text
// `bytes_max` bytes at most, no part of a character, and "...".
std::string printable(std::string_view text, std::size_t bytes_max = std::string_view::npos);

}  // namespace oriel
