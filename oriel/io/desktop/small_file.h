#pragma once
// Reads and writes small files as a whole, without exceptions.

#include <cstddef>
#include <optional>
#include <string>

#include "oriel/base/bytes.h"

namespace oriel::desktop {

// The first `limit_bytes` of a file; nothing when it cannot be read.
std::optional<std::string> read_small_file(const std::string& path, std::size_t limit_bytes);

// A new file that only its owner may read. False when that fails, or the file exists.
bool write_private_file(const std::string& path, ByteSpan contents);

}  // namespace oriel::desktop
