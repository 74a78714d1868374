#pragma once
// RRE and CoRRE (RFC 6143, 7.7.3; rfbproto): what encoders and decoders must agree on.
//
//   body         := U32 count, PIXEL of the background, count times subrectangle
//   subrectangle := PIXEL, x, y, width, height; each U16 in RRE and U8 in CoRRE

#include <cstddef>
#include <cstdint>

#include "oriel/core/image/rect.h"

namespace oriel::codec::rre {

// The bytes of one of x, y, width and height.
enum class Coordinates { kTwoBytes = 2, kOneByte = 1 };  // RRE, CoRRE

// CoRRE's rectangles. Widths and heights could be 255, but the viewers of old (xtightvncviewer,
// ssvncviewer, vncsnapshot, libvncclient) read all subrectangles into a buffer of 640*480 bytes and
// end, or crash, where they are more. 128x128 subrectangles of 8 bytes fit.
inline constexpr image::Size kCompactMax{128, 128};

constexpr std::size_t subrectangle_bytes(Coordinates coordinates, int pixel_bytes) {
  return static_cast<std::size_t>(pixel_bytes) + 4 * static_cast<std::size_t>(coordinates);
}

// A subrectangle for each pixel, of 4 bytes.
template <Coordinates kCoordinates>
constexpr std::size_t max_body_bytes(image::Size size) {
  return 8 + static_cast<std::size_t>(size.area()) * subrectangle_bytes(kCoordinates, 4);
}

}  // namespace oriel::codec::rre
