#pragma once
// Pictures of a screen as PNG (ISO 15948), made for speed: somebody waits for them. Pure.

#include <cstddef>
#include <cstdint>
#include <span>

#include "oriel/base/bytes.h"
#include "oriel/core/codec/deflate_block.h"
#include "oriel/core/image/frame_view.h"

namespace oriel::codec {

// Some rows of a picture: whole blocks of deflate (RFC 1951), and the Adler-32 of what they hold.
// Made of their pixels alone, so it is good for every picture that has these rows.
struct PngBand {
  Bytes blocks;
  std::uint32_t checksum = 1;
  std::size_t bytes = 0;  // before they were compressed
};

// One thread at a time.
class PngEncoder {
 public:
  // 8 bits each of red, green and blue; exactly the pixels of `frame`, which is not empty.
  Bytes encode(const image::FrameView& frame);

  // The same in parts, which threads may make at the same time, each with an encoder of its own:
  // the rows from `begin` to before `end`, of which there is one at least.
  PngBand encode_rows(const image::FrameView& frame, int begin, int end);

 private:
  DeflateBlock deflate_;
};

// The picture of that size whose rows are `bands`, in their order.
Bytes join_png(image::Size size, std::span<const PngBand> bands);

}  // namespace oriel::codec
