#pragma once
// Decodes TightPNG (rfbproto.rst, "Tight PNG Encoding", -260).

#include <memory>

#include "oriel/core/codec/decoder.h"

namespace oriel::codec {

std::unique_ptr<Decoder> make_tight_png_decoder();

}  // namespace oriel::codec
