#pragma once
// Comparing secrets without telling by time where they differ.

#include "oriel/base/bytes.h"

namespace oriel::crypto {

// False at once for different lengths (a length is no secret here), else in time that depends on
// the length alone.
bool equal_constant_time(ByteSpan a, ByteSpan b);

}  // namespace oriel::crypto
