#pragma once
// Decodes CopyRect (RFC 6143, 7.7.2): the pixels are those of another place in the client's frame.

#include <memory>

#include "oriel/core/codec/decoder.h"

namespace oriel::codec {

std::unique_ptr<Decoder> make_copy_rect_decoder();

}  // namespace oriel::codec
