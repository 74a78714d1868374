#pragma once
// Bytes as one zlib stream of their own (RFC 1950), with its end.

#include "oriel/base/bytes.h"

namespace oriel::codec {

// At level 1: someone waits for it.
Bytes zlib_compress(ByteSpan bytes);

}  // namespace oriel::codec
