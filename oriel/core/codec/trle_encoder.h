#pragma once
// Encodes TRLE (RFC 6143, 7.7.5).

#include <memory>

#include "oriel/core/codec/encoder.h"

namespace oriel::codec {

// Framing::kPlain. Palettes are not used again from tile to tile: older viewers get that wrong.
std::unique_ptr<Encoder> make_trle_encoder();

}  // namespace oriel::codec
