#pragma once
// The shape of the mouse cursor as a value, and what poorer forms of it look like.

#include <cstdint>
#include <vector>

#include "oriel/core/image/frame_view.h"
#include "oriel/core/image/rect.h"

namespace oriel::image {

// An empty size: nothing is to be seen of the cursor.
struct Cursor {
  Size size;
  Point hotspot;  // inside the size
  // size.width * size.height words 0xAARRGGBB, row by row, the colours premultiplied by alpha: none
  // is larger than the pixel's alpha. That is what XFIXES gives.
  std::vector<std::uint32_t> pixels;

  bool is_empty() const { return size.width <= 0 || size.height <= 0; }
  friend bool operator==(const Cursor&, const Cursor&) = default;
};

// The same cursor as everybody can take it: at most `side_max` pixels a side, cut around its
// hotspot; the hotspot inside; no colour above its alpha; one that is transparent all over is
// empty.
Cursor normalized(Cursor cursor, int side_max);

// Between premultiplied and straight colours, rounded to the nearest; alpha stays.
std::uint32_t straight_alpha(std::uint32_t premultiplied);
std::uint32_t premultiplied_alpha(std::uint32_t straight);

// Puts `cursor` over the pixels of `frame`, its upper left corner at `origin`; what of it lies
// outside of the frame is left out. Each channel is rounded to the nearest, pad bytes become zero.
void draw(const Cursor& cursor, Point origin, MutableFrameView frame);

// A cursor whose pixels are there or not, for viewers without alpha.
struct MaskedCursor {
  std::vector<std::uint32_t> pixels;  // 0x00RRGGBB, straight; 0 where nothing is
  std::vector<bool> is_there;
};

// A pixel is there when it has at least half of the alpha of the most opaque one: a soft shadow
// goes, a cursor that is translucent all over stays.
MaskedCursor masked(const Cursor& cursor);

// A cursor of two colours.
struct TwoColourCursor {
  std::uint32_t primary = 0x000000;
  std::uint32_t secondary = 0xffffff;
  std::vector<bool> is_primary;  // says nothing where no pixel is
};

// The two colours that come near to those of `cursor`: exact when it has no more. O(pixels).
TwoColourCursor two_coloured(const MaskedCursor& cursor);

}  // namespace oriel::image
