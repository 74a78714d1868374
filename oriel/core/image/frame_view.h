#pragma once
// Pixels in memory, lent: 32-bit BGRX (in memory B, G, R, pad; as a little-endian word 0x00RRGGBB).

#include <cstddef>
#include <cstdint>

#include "oriel/base/check.h"
#include "oriel/core/image/rect.h"

namespace oriel::image {

// The pad byte of a pixel means nothing: mask with this before comparing or storing.
inline constexpr std::uint32_t kColourMask = 0x00ffffff;

// Read-only pixels. `data` need not be aligned (a mapped X framebuffer is not); stride in bytes.
struct FrameView {
  const std::uint8_t* data = nullptr;
  std::ptrdiff_t stride_bytes = 0;
  int width = 0;
  int height = 0;

  Size size() const { return {width, height}; }
  const std::uint8_t* row(int y) const { return data + y * stride_bytes; }
  FrameView crop(const Rect& rect) const {
    ORIEL_CHECK(Rect::of(size()).contains(rect));
    return {row(rect.y) + std::ptrdiff_t{4} * rect.x, stride_bytes, rect.width, rect.height};
  }
};

// Writable pixels, aligned to 4 bytes.
struct MutableFrameView {
  std::uint32_t* data = nullptr;
  std::ptrdiff_t stride_px = 0;
  int width = 0;
  int height = 0;

  Size size() const { return {width, height}; }
  std::uint32_t* row(int y) const { return data + y * stride_px; }
  MutableFrameView crop(const Rect& rect) const {
    ORIEL_CHECK(Rect::of(size()).contains(rect));
    return {row(rect.y) + rect.x, stride_px, rect.width, rect.height};
  }
  FrameView view() const {
    return {reinterpret_cast<const std::uint8_t*>(data), stride_px * 4, width, height};
  }
};

}  // namespace oriel::image
