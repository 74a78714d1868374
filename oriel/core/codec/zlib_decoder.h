#pragma once
// Decodes zlib (rfbproto, encoding 6) from any server: one stream per connection, apart from
// ZRLE's.

#include <cstddef>
#include <memory>

#include "oriel/core/codec/decoder.h"

namespace oriel::codec {

std::unique_ptr<Decoder> make_zlib_decoder();

// The most that a rectangle can need as a body: pixels of 4 bytes that deflate wastes space on.
constexpr std::size_t zlib_max_body_bytes(image::Size size) {
  const auto plain = static_cast<std::size_t>(size.area()) * 4;
  return 4 + plain + plain / 8 + 1024;
}

}  // namespace oriel::codec
