#pragma once
// Encodes ZRLE (RFC 6143, 7.7.6) as self-contained deflate data, to be shared by all viewers.

#include <memory>

#include "oriel/core/codec/encoder.h"

namespace oriel::codec {

// Framing::kSharedDeflate. Scratch: about 0.5 MB.
std::unique_ptr<Encoder> make_zrle_encoder();

}  // namespace oriel::codec
