#pragma once
// Encodes Raw (RFC 6143, 7.7.1): the pixels in the viewer's format, row by row.

#include <memory>

#include "oriel/core/codec/encoder.h"

namespace oriel::codec {

// Framing::kPlain.
std::unique_ptr<Encoder> make_raw_encoder();

}  // namespace oriel::codec
