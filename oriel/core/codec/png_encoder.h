#pragma once
// Pictures of a screen as PNG (ISO 15948), made for speed: somebody waits for them, so a large
// one takes two threads.

#include "oriel/base/bytes.h"
#include "oriel/core/codec/deflate_block.h"
#include "oriel/core/image/frame_view.h"

namespace oriel::codec {

// One thread at a time.
class PngEncoder {
 public:
  // 8 bits each of red, green and blue; exactly the pixels of `frame`, which is not empty.
  Bytes encode(const image::FrameView& frame);

 private:
  DeflateBlock deflate_;
};

}  // namespace oriel::codec
