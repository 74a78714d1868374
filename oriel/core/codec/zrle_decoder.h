#pragma once
// Decodes ZRLE (RFC 6143, 7.7.6) from any server: one zlib stream per connection, whatever its
// header, level and flushes.

#include <memory>

#include "oriel/core/codec/decoder.h"

namespace oriel::codec {

// Memory: about 110 KB, however large the rectangle.
std::unique_ptr<Decoder> make_zrle_decoder();

}  // namespace oriel::codec
