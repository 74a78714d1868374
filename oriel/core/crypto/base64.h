#pragma once
// Base64 (RFC 4648, 4): with padding, and only the one form of each run of bytes.

#include <string>
#include <string_view>

#include "oriel/base/bytes.h"
#include "oriel/base/result.h"

namespace oriel::crypto {

std::string base64(ByteSpan bytes);
// Errors: kInvalid (white space, missing padding, bits behind the end, other characters).
Result<Bytes> from_base64(std::string_view text);

}  // namespace oriel::crypto
