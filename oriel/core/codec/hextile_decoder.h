#pragma once
// Decodes Hextile (RFC 6143, 7.7.4).

#include <memory>

#include "oriel/core/codec/decoder.h"

namespace oriel::codec {

// Colours that the tile before does not give, but should, are black: no server is refused for them.
std::unique_ptr<Decoder> make_hextile_decoder();

}  // namespace oriel::codec
