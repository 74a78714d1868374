#pragma once
// Decodes Tight (rfbproto.rst, "Tight Encoding", 7) from any server.

#include <memory>

#include "oriel/core/codec/decoder.h"

namespace oriel::codec {

// Memory: about 90 KB for each of the four streams that is used, and a few rows.
std::unique_ptr<Decoder> make_tight_decoder();

}  // namespace oriel::codec
