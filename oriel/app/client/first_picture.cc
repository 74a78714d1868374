#include "oriel/app/client/first_picture.h"

#include <algorithm>
#include <cstring>

namespace oriel::client {

FirstPicture::FirstPicture(image::Size size)
    : size_(size), has_come_(static_cast<std::size_t>(size.area())) {}

void FirstPicture::add(std::span<const image::Rect> rects) {
  for (const auto& rect : rects) {
    const auto inside = rect.intersected(image::Rect::of(size_));
    for (int y = inside.y; y < inside.bottom(); ++y) {
      const auto begin = has_come_.begin() + std::ptrdiff_t{y} * size_.width + inside.x;
      std::fill(begin, begin + inside.width, true);
    }
  }
}

bool FirstPicture::is_complete() {
  while (first_missing_ < has_come_.size() && has_come_[first_missing_]) ++first_missing_;
  return first_missing_ == has_come_.size();
}

bool is_uniform(const image::FrameView& pixels) {
  if (pixels.width < 1 || pixels.height < 1) return true;
  const auto* first = pixels.row(0);
  const auto row_bytes = std::size_t{4} * pixels.width;
  // The row is equal to itself moved by one pixel, and each other row to the first.
  if (std::memcmp(first, first + 4, row_bytes - 4) != 0) return false;
  for (int y = 1; y < pixels.height; ++y)
    if (std::memcmp(first, pixels.row(y), row_bytes) != 0) return false;
  return true;
}

}  // namespace oriel::client
