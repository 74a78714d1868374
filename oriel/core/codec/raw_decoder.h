#pragma once
// Decodes Raw (RFC 6143, 7.7.1).

#include <memory>

#include "oriel/core/codec/decoder.h"

namespace oriel::codec {

std::unique_ptr<Decoder> make_raw_decoder();

}  // namespace oriel::codec
