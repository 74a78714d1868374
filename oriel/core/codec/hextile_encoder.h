#pragma once
// Encodes Hextile (RFC 6143, 7.7.4).

#include <memory>

#include "oriel/core/codec/encoder.h"

namespace oriel::codec {

// Framing::kPlain. Scratch: about 50 KB.
std::unique_ptr<Encoder> make_hextile_encoder();

}  // namespace oriel::codec
