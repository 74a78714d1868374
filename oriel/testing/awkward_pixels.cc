#include "oriel/testing/awkward_pixels.h"

#include <random>

namespace oriel::testing {

AwkwardPixels::AwkwardPixels(const image::Frame& picture, std::uint32_t seed)
    : width_(picture.size().width),
      height_(picture.size().height),
      stride_bytes_(std::ptrdiff_t{4} * width_ + 7),
      bytes_(1 + static_cast<std::size_t>(stride_bytes_) * height_) {
  std::mt19937 random(seed);
  for (auto& byte : bytes_) byte = static_cast<std::uint8_t>(random());
  for (int y = 0; y < height_; ++y) {
    for (int x = 0; x < width_; ++x) {
      std::uint8_t* pixel = bytes_.data() + 1 + y * stride_bytes_ + std::ptrdiff_t{4} * x;
      for (int channel = 0; channel < 3; ++channel)
        pixel[channel] = static_cast<std::uint8_t>(picture.at(x, y) >> (8 * channel));
    }
  }
}

}  // namespace oriel::testing
