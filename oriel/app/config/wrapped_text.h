#pragma once
// Text of --help in lines. Pure.

#include <string>
#include <string_view>

namespace oriel::config {

// `text`, words parted by blanks, in indented lines that fit the terminal; each ends with a line
// end.
std::string wrapped(std::string_view text);

}  // namespace oriel::config
