#pragma once
// Pixels with an owner: 32-bit BGRX, rows packed, the pad byte zero unless somebody wrote
// otherwise.

#include <cstdint>
#include <cstring>
#include <vector>

#include "oriel/base/large_allocator.h"
#include "oriel/core/image/frame_view.h"

namespace oriel::image {

class Frame {
 public:
  Frame() = default;
  explicit Frame(Size size, std::uint32_t colour = 0)
      : size_(size), pixels_(static_cast<std::size_t>(size.area()), colour) {}
  static Frame copy_of(const FrameView& view);

  Size size() const { return size_; }
  FrameView view() const {
    return {reinterpret_cast<const std::uint8_t*>(pixels_.data()), std::ptrdiff_t{4} * size_.width,
            size_.width, size_.height};
  }
  MutableFrameView mutable_view() {
    return {pixels_.data(), size_.width, size_.width, size_.height};
  }
  std::uint32_t& at(int x, int y) { return pixels_[static_cast<std::size_t>(y) * size_.width + x]; }
  std::uint32_t at(int x, int y) const {
    return pixels_[static_cast<std::size_t>(y) * size_.width + x];
  }

  friend bool operator==(const Frame&, const Frame&) = default;

 private:
  Size size_;
  std::vector<std::uint32_t, LargeAllocator<std::uint32_t>> pixels_;
};

inline Frame Frame::copy_of(const FrameView& view) {
  Frame frame;
  frame.size_ = view.size();
  frame.pixels_.resize(static_cast<std::size_t>(view.size().area()));  // without a value: once over
  for (int y = 0; y < view.height; ++y)
    std::memcpy(frame.mutable_view().row(y), view.row(y), std::size_t{4} * view.width);
  return frame;
}

}  // namespace oriel::image
