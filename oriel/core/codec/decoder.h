#pragma once
// What every encoding offers to a client: rectangle bodies to pixels, incrementally and within
// limits.

#include "oriel/base/bytes.h"
#include "oriel/base/result.h"
#include "oriel/base/session.h"
#include "oriel/core/image/frame_view.h"
#include "oriel/core/image/pixel_format.h"

namespace oriel::codec {

// Where a rectangle goes: a part of the client's frame, at least 1x1. The whole frame is lent,
// because CopyRect reads elsewhere in it.
struct DecodeTarget {
  // All of `all`.
  DecodeTarget(const image::MutableFrameView& all)  // NOLINT: meant to convert
      : frame(all), rect(image::Rect::of(all.size())) {}
  // `part` lies inside `all`.
  DecodeTarget(const image::MutableFrameView& all, const image::Rect& part)
      : frame(all), rect(part) {}

  image::Size size() const { return rect.size(); }
  image::MutableFrameView pixels() const { return frame.crop(rect); }

  image::MutableFrameView frame;
  image::Rect rect;
};

// One strand owns it, one per connection: it may keep stream state between rectangles.
class Decoder {
 public:
  virtual ~Decoder() = default;

  // Decodes the body of one rectangle into `target`, whose pixels arrive in `format`; the frame
  // gets BGRX, pad byte zero. Shown all unconsumed bytes: either consumes the whole body (consumed
  // > 0), or consumes nothing and says how many bytes are wanted in all; then the next call is for
  // the same rectangle, with the same bytes and more. Errors: kInvalid for a malformed body,
  // kTooLarge for a length beyond what the rectangle can need; both end the session. `target` may
  // be partly written before the body is consumed.
  virtual Result<Need> decode(ByteSpan bytes, const image::PixelFormat& format,
                              const DecodeTarget& target) = 0;
};

}  // namespace oriel::codec
