#pragma once
// Reads small files of the user, and tells whether others can read them too.

#include <cstddef>
#include <optional>
#include <string>

#include "oriel/base/result.h"

namespace oriel::config {

struct FileText {
  std::string text;
  bool is_open_to_others = false;  // group or others may read, write or run it
};

// None: there is no such file. kTooLarge beyond `bytes_max`, kUnavailable when it cannot be read.
Result<std::optional<FileText>> read_file(const std::string& path, std::size_t bytes_max);

}  // namespace oriel::config
