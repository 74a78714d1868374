#pragma once
// Decodes JPEG (rfbproto.rst, "JPEG Encoding", 21): each rectangle is a JPEG, without a length.

#include <algorithm>
#include <cstddef>
#include <memory>

#include "oriel/core/codec/decoder.h"

namespace oriel::codec {

std::unique_ptr<Decoder> make_jpeg_rect_decoder();

// A JPEG at its worst has 6 bytes for each pixel of its blocks of 16x16. No more than 32 MB, which
// is 20 times what 4K needs at quality 90: who reads this may have to keep it all.
constexpr std::size_t jpeg_rect_max_body_bytes(image::Size size) {
  const auto padded = [](int side) { return (static_cast<std::size_t>(side) + 15) / 16 * 16; };
  return std::min(std::size_t{32} << 20, padded(size.width) * padded(size.height) * 6 + 64 * 1024);
}

}  // namespace oriel::codec
