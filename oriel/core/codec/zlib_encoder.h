#pragma once
// Encodes zlib (rfbproto, encoding 6): the pixels as raw would send them, deflated.

#include <memory>

#include "oriel/core/codec/encoder.h"

namespace oriel::codec {

// Framing::kSharedDeflate. Scratch: about 0.5 MB.
std::unique_ptr<Encoder> make_zlib_encoder();

}  // namespace oriel::codec
