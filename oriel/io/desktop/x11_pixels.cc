#include "oriel/io/desktop/x11_pixels.h"

#include <fmt/core.h>

#include <bit>
#include <utility>

#include "oriel/base/check.h"

namespace oriel::desktop {
namespace {

// Of one channel: 10 at most on real servers, 16 fit into the table.
constexpr int kChannelBitsMax = 16;
constexpr int kOutBytes = 4;

}  // namespace

bool X11PixelLayout::is_bgrx() const {
  return bits_per_pixel == 32 && !is_big_endian && red_mask == 0xff0000 && green_mask == 0xff00 &&
         blue_mask == 0xff;
}

std::size_t X11PixelLayout::stride(int width) const {
  const auto bits = static_cast<std::size_t>(width) * static_cast<std::size_t>(bits_per_pixel);
  const auto pad = static_cast<std::size_t>(scanline_pad);
  return (bits + pad - 1) / pad * pad / 8;
}

Result<X11PixelConverter::Channel> X11PixelConverter::make_channel(std::uint32_t mask) {
  const int bits = std::popcount(mask);
  const int shift = mask == 0 ? 0 : std::countr_zero(mask);
  const bool has_holes = mask >> shift != (std::uint64_t{1} << bits) - 1;
  if (bits == 0 || bits > kChannelBitsMax || has_holes) {
    return fail(ErrorCode::kUnsupported,
                fmt::format("a colour in the bits {:#x} of a pixel; expected 1 to {} bits in a row",
                            mask, kChannelBitsMax));
  }
  Channel channel{mask, shift, {}};
  const std::uint32_t full = (1u << bits) - 1;
  channel.values.reserve(full + 1);
  for (std::uint32_t value = 0; value <= full; ++value) {
    channel.values.push_back(static_cast<std::uint8_t>((value * 255 + full / 2) / full));
  }
  return channel;
}

Result<X11PixelConverter> X11PixelConverter::make(const X11PixelLayout& layout) {
  const int bits = layout.bits_per_pixel, pad = layout.scanline_pad;
  if ((bits != 16 && bits != 24 && bits != 32) || (pad != 8 && pad != 16 && pad != 32)) {
    return fail(ErrorCode::kUnsupported,
                fmt::format("pixels of {} bits in rows padded to {} bits; expected pixels of 16, "
                            "24 or 32 bits in rows padded to 8, 16 or 32",
                            bits, pad));
  }
  X11PixelConverter converter(layout);
  ORIEL_TRY(converter.red_, make_channel(layout.red_mask));
  ORIEL_TRY(converter.green_, make_channel(layout.green_mask));
  ORIEL_TRY(converter.blue_, make_channel(layout.blue_mask));
  return converter;
}

template <int kBytes, bool kIsBigEndian>
void X11PixelConverter::convert_row(const std::uint8_t* in, int width, std::uint8_t* out) const {
  for (int x = 0; x < width; ++x, in += kBytes, out += kOutBytes) {
    std::uint32_t pixel = 0;
    for (int i = 0; i < kBytes; ++i) {
      pixel |= std::uint32_t{in[i]} << 8 * (kIsBigEndian ? kBytes - 1 - i : i);
    }
    out[0] = blue_.values[(pixel & blue_.mask) >> blue_.shift];
    out[1] = green_.values[(pixel & green_.mask) >> green_.shift];
    out[2] = red_.values[(pixel & red_.mask) >> red_.shift];
    out[3] = 0;
  }
}

Bytes X11PixelConverter::to_bgrx(ByteSpan rows, image::Size size) const {
  ORIEL_CHECK(rows.size() >= layout_.bytes(size));
  const std::size_t stride = layout_.stride(size.width);
  const auto row_bytes = static_cast<std::size_t>(size.width) * kOutBytes;
  Bytes out(row_bytes * static_cast<std::size_t>(size.height));
  for (std::size_t y = 0; y < static_cast<std::size_t>(size.height); ++y) {
    const std::uint8_t* in = rows.data() + y * stride;
    std::uint8_t* to = out.data() + y * row_bytes;
    switch (layout_.bits_per_pixel / 8 * 2 + (layout_.is_big_endian ? 1 : 0)) {
      case 4:
        convert_row<2, false>(in, size.width, to);
        break;
      case 5:
        convert_row<2, true>(in, size.width, to);
        break;
      case 6:
        convert_row<3, false>(in, size.width, to);
        break;
      case 7:
        convert_row<3, true>(in, size.width, to);
        break;
      case 8:
        convert_row<4, false>(in, size.width, to);
        break;
      default:
        convert_row<4, true>(in, size.width, to);
        break;
    }
  }
  return out;
}

}  // namespace oriel::desktop
