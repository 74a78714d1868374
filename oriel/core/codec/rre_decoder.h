#pragma once
// Decodes RRE and CoRRE.

#include <memory>

#include "oriel/core/codec/decoder.h"

namespace oriel::codec {

// Subrectangles may overlap, the later ones on top, but not without end: all together may paint 64
// times the pixels of the rectangle, and there may be as many as it has pixels.
std::unique_ptr<Decoder> make_rre_decoder();
std::unique_ptr<Decoder> make_corre_decoder();

}  // namespace oriel::codec
