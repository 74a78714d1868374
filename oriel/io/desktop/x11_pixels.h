#pragma once
// The layouts that an X server may have for the pixels of a TrueColor screen, and their conversion
// to the BGRX that everything above works with. Pure.

#include <cstdint>
#include <vector>

#include "oriel/base/bytes.h"
#include "oriel/base/result.h"
#include "oriel/core/image/rect.h"

namespace oriel::desktop {

// As the X server's set-up data and its root visual tell it (x11 protocol, "Connection Setup").
struct X11PixelLayout {
  int bits_per_pixel = 32;  // 16, 24 or 32
  int scanline_pad = 32;    // rows are padded to a multiple of so many bits
  bool is_big_endian = false;
  std::uint32_t red_mask = 0xff0000;
  std::uint32_t green_mask = 0xff00;
  std::uint32_t blue_mask = 0xff;

  friend bool operator==(const X11PixelLayout&, const X11PixelLayout&) = default;

  // Little-endian 0x00RRGGBB: needs no conversion.
  bool is_bgrx() const;
  // Bytes of a row of `width` pixels in an image in ZPixmap format.
  std::size_t stride(int width) const;
  std::size_t bytes(image::Size size) const {
    return stride(size.width) * static_cast<std::size_t>(size.height);
  }
};

// Makes BGRX of captured rows. Immutable after construction: any thread.
class X11PixelConverter {
 public:
  // kUnsupported: a layout that no X server is known to have, such as masks with holes.
  static Result<X11PixelConverter> make(const X11PixelLayout& layout);

  const X11PixelLayout& layout() const { return layout_; }
  // `rows` are `layout().bytes(size)`; the result has 4 * width bytes per row. Each channel is
  // scaled to 0..255 and rounded, so that full is 255 and none is 0. O(pixels).
  Bytes to_bgrx(ByteSpan rows, image::Size size) const;

 private:
  struct Channel {
    std::uint32_t mask = 0;
    int shift = 0;
    std::vector<std::uint8_t> values;  // 8-bit value of each value of the channel
  };

  explicit X11PixelConverter(const X11PixelLayout& layout) : layout_(layout) {}
  static Result<Channel> make_channel(std::uint32_t mask);
  template <int kBytes, bool kIsBigEndian>
  void convert_row(const std::uint8_t* in, int width, std::uint8_t* out) const;

  X11PixelLayout layout_;
  Channel red_, green_, blue_;
};

}  // namespace oriel::desktop
