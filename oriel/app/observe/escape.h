#pragma once
// Makes foreign text harmless in a log: it cannot start a new line, drive a terminal (C0, DEL and
// C1 controls), turn the direction of the text around it (bidirectional marks), or break the UTF-8.
// Pure.

#include <string>
#include <string_view>

namespace oriel::observe {

// Unsafe characters become \n, \x1b, \u202e; a byte that is not UTF-8 becomes \xff; a backslash
// stays.
std::string text_line(std::string_view text);

// As text_line; in quotes, with \" and \\, when it is empty or has blanks, quotes, '=' or
// backslashes, so that "key=value key=value" stays readable by programs.
std::string text_field(std::string_view text);

// Bytes that are not UTF-8 become U+FFFD; the rest stays.
std::string valid_utf8(std::string_view text);

// `json` is a serialised document of valid UTF-8: unsafe characters, which stand in its strings
// only, become \u009b.
std::string json_line(std::string_view json);

}  // namespace oriel::observe
