#pragma once
// The SHA-256 of a file.

#include <string>
#include <string_view>

#include "oriel/base/result.h"
#include "oriel/io/files/confined_folder.h"

namespace oriel::conduit {

// As 64 hex characters; its time is the disk's.
Result<std::string> file_checksum(const files::File& file);

// Whether it is 64 lower-case hex characters.
bool is_checksum(std::string_view text);

}  // namespace oriel::conduit
