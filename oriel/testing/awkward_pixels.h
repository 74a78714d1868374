#pragma once
// A copy of a picture as the worst source would lend it: not aligned, rows apart, garbage in the
// pad bytes and between the rows.

#include <cstdint>
#include <vector>

#include "oriel/core/image/frame.h"

namespace oriel::testing {

class AwkwardPixels {
 public:
  AwkwardPixels(const image::Frame& picture, std::uint32_t seed);

  // Lent as long as this lives.
  image::FrameView view() const { return {bytes_.data() + 1, stride_bytes_, width_, height_}; }

 private:
  int width_;
  int height_;
  std::ptrdiff_t stride_bytes_;
  std::vector<std::uint8_t> bytes_;
};

}  // namespace oriel::testing
