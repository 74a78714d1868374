#pragma once
// What every encoding offers: pixels to payload bytes. An encoder knows no connection.

#include "oriel/base/bytes.h"
#include "oriel/core/image/frame_view.h"
#include "oriel/core/image/pixel_format.h"

namespace oriel::codec {

// How payload bytes become the body of an RFB rectangle.
enum class Framing {
  kPlain,          // the payload is the body
  kSharedDeflate,  // the payload is raw deflate data, self-contained (no back-reference out of it),
                   // not final, ended on a byte boundary. The session writes U32 length, the zlib
                   // header 78 01 once per connection and encoding, the payload: so a stream that
                   // belongs to one viewer is made of blocks that all viewers share.
};

// One thread at a time; keeps scratch memory between calls (for deflate about 400 KB), no history:
// the payload depends on the arguments alone, so calls may come in any order and payloads may be
// shared.
class Encoder {
 public:
  virtual ~Encoder() = default;

  // Appends the payload for `pixels` (BGRX, at least 1x1, at most the encoding's max_size) in
  // `format` (it has passed check_pixel_format).
  virtual void encode(const image::FrameView& pixels, const image::PixelFormat& format,
                      Bytes& out) = 0;
};

}  // namespace oriel::codec
