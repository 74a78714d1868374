#pragma once
// Encodes RRE and CoRRE, for viewers that know nothing better.

#include <memory>

#include "oriel/core/codec/encoder.h"

namespace oriel::codec {

// Framing::kPlain. A picture without areas of one colour gets up to three times as long as raw.
std::unique_ptr<Encoder> make_rre_encoder();
std::unique_ptr<Encoder> make_corre_encoder();

}  // namespace oriel::codec
