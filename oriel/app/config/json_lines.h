#pragma once
// On which line each member of a JSON document stands. Boost.JSON forgets positions, and keeps the
// last of two members with one key without a word; a configuration file must name both.

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace oriel::config {

struct JsonLines {
  std::map<std::string, int, std::less<>>
      line_of;                        // "vnc.listen" -> line, from 1, of its first mention
  std::vector<std::string> repeated;  // keys that stand there twice, in order
};

// `text` is a valid document (Boost.JSON has parsed it), perhaps with // and /* */ comments.
// Members inside arrays are left out. O(bytes).
JsonLines find_json_lines(std::string_view text);

// The line, from 1, of the byte at `offset`.
int line_at(std::string_view text, std::size_t offset);

}  // namespace oriel::config
