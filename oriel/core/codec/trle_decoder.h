#pragma once
// Decodes TRLE (RFC 6143, 7.7.5), also tiles that use the palette of the tile before.

#include <memory>

#include "oriel/core/codec/decoder.h"

namespace oriel::codec {

std::unique_ptr<Decoder> make_trle_decoder();

}  // namespace oriel::codec
