#pragma once
// Undoes Tight's gradient filter. There, each channel of a pixel is what it is more than left +
// above - above left, brought into the channel's range; what lies outside of the rectangle is 0.

#include <cstdint>
#include <span>
#include <vector>

#include "oriel/core/image/pixel_format.h"

namespace oriel::codec {

// One strand owns it; keeps the row above.
class TightGradient {
 public:
  // A rectangle begins; `format` has true colours of 16 or 32 bits.
  void begin(const image::PixelFormat& format, int width);

  // Turns the next row of differences into TPIXELs, in place.
  void restore_row(std::uint8_t* row);

 private:
  void restore_rgb(std::uint8_t* row);
  template <int kBytes>
  void restore_pixels(std::uint8_t* row);

  image::PixelFormat format_;
  int width_ = 0;
  std::vector<std::uint16_t> above_;  // the channels of the row above, three for each pixel
};

}  // namespace oriel::codec
