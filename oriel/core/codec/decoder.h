#pragma once
// What every encoding offers to a client: rectangle bodies to pixels, incrementally and within
// limits.

#include "oriel/base/bytes.h"
#include "oriel/base/result.h"
#include "oriel/base/session.h"
#include "oriel/core/image/frame_view.h"
#include "oriel/core/image/pixel_format.h"

namespace oriel::codec {

// One strand owns it, one per connection: it may keep stream state between rectangles.
class Decoder {
 public:
  virtual ~Decoder() = default;

  // Decodes the body of one rectangle into `target` (of the rectangle's size, inside the client's
  // frame, at least 1x1), whose pixels arrive in `format`; the frame gets BGRX, pad byte zero.
  // Shown all unconsumed bytes: either consumes the whole body (consumed > 0), or consumes nothing
  // and says how many bytes are wanted in all. Errors: kInvalid for a malformed body, kTooLarge for
  // a length beyond what the rectangle can need; both end the session, and `target` may be partly
  // written.
  virtual Result<Need> decode(ByteSpan bytes, const image::PixelFormat& format,
                              image::MutableFrameView target) = 0;
};

}  // namespace oriel::codec
