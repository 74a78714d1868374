#pragma once
// Reads small files of the user, and tells whether others can read them too.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "oriel/base/result.h"

namespace oriel::config {

struct FileText {
  std::string text;
  bool is_open_to_others = false;  // group or others may read, write or run it
};

// None: there is no such file. kTooLarge beyond `bytes_max`, kUnavailable when it cannot be read.
Result<std::optional<FileText>> read_file(const std::string& path, std::size_t bytes_max);

// The refusal of a file with `what` in it that is open to others; it says how to close it.
std::unexpected<Error> open_to_others(std::string_view path, std::string_view what);

// The text of a file that only its owner can read, and its first line, which is not empty. `what`
// is in it, for errors: "password".
Result<std::string> read_secret_text(const std::string& path, std::string_view what);
Result<std::string> read_secret_line(const std::string& path, std::string_view what);

}  // namespace oriel::config
