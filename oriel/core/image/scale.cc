#include "oriel/core/image/scale.h"

#include <cstring>
#include <vector>

#include "oriel/base/check.h"

namespace oriel::image {
namespace {

// Where the pixels begin that pixel `index` of `count` stands for, of `source_count`.
int begin_of(int index, int count, int source_count) {
  return static_cast<int>(std::int64_t{index} * source_count / count);
}

}  // namespace

Frame scale_down(const FrameView& source, Size size) {
  ORIEL_CHECK(size.width >= 1 && size.height >= 1);
  ORIEL_CHECK(size.width <= source.width && size.height <= source.height);
  Frame scaled(size);
  struct Sum {
    std::uint32_t blue = 0, green = 0, red = 0;
  };
  std::vector<Sum> sums(static_cast<std::size_t>(size.width));
  for (int y = 0; y < size.height; ++y) {
    const int top = begin_of(y, size.height, source.height);
    const int bottom = begin_of(y + 1, size.height, source.height);
    sums.assign(sums.size(), {});
    for (int row = top; row < bottom; ++row) {
      const auto* pixel = source.row(row);
      for (int x = 0, at = 0; x < size.width; ++x) {
        auto& sum = sums[static_cast<std::size_t>(x)];
        for (const int right = begin_of(x + 1, size.width, source.width); at < right;
             ++at, pixel += 4) {
          sum.blue += pixel[0];
          sum.green += pixel[1];
          sum.red += pixel[2];
        }
      }
    }
    for (int x = 0; x < size.width; ++x) {
      const auto left = begin_of(x, size.width, source.width),
                 right = begin_of(x + 1, size.width, source.width);
      const auto count = static_cast<std::uint32_t>((right - left) * (bottom - top));
      const auto& sum = sums[static_cast<std::size_t>(x)];
      const auto mean = [count](std::uint32_t total) { return (total + count / 2) / count; };
      scaled.at(x, y) = mean(sum.red) << 16 | mean(sum.green) << 8 | mean(sum.blue);
    }
  }
  return scaled;
}

}  // namespace oriel::image
