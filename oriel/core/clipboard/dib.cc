#include "oriel/core/clipboard/dib.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <initializer_list>
#include <limits>

#include "oriel/base/check.h"
#include "oriel/core/image/png.h"

namespace oriel::clipboard {
namespace {

// All numbers are little-endian. The head, and what later versions have added:
//    0 U32 bytes of the header      4 S32 width             8 S32 height; negative: from the top
//   12 U16 planes, 1               14 U16 bits per pixel   16 U32 compression
//   20 U32 bytes of the pixels     24 S32 x and 28 y pixels per metre
//   32 U32 palette entries used    36 U32 important ones
//   40 U32 masks of red, green, blue (52 bytes and more), and 52 of alpha (56 and more)
//   56 U32 colour space ...        (108: V4, 124: V5)
// Then: masks of BI_BITFIELDS, which only the oldest header has here; the palette, 4 bytes each
// (blue, green, red, 0); rows, each padded to 4 bytes. After a V5 header a colour profile may
// follow the pixels.
constexpr std::array<std::uint32_t, 5> kHeaderSizes{40, 52, 56, 108, 124};
constexpr std::uint32_t kInfoHeader = 40;
constexpr std::uint32_t kV5Header = 124;
constexpr std::uint32_t kRgb = 0;        // BI_RGB
constexpr std::uint32_t kBitfields = 3;  // BI_BITFIELDS
constexpr std::uint32_t kAlphaBitfields = 6;
constexpr std::uint32_t kSrgb = 0x73524742;  // LCS_sRGB, 'sRGB'
constexpr std::uint32_t kImages = 4;         // LCS_GM_IMAGES

std::uint32_t u16_at(ByteSpan bytes, std::size_t at) { return bytes[at] | bytes[at + 1] << 8; }
std::uint32_t u32_at(ByteSpan bytes, std::size_t at) {
  return u16_at(bytes, at) | u16_at(bytes, at + 2) << 16;
}
void put_u32(Bytes& out, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8)
    out.push_back(static_cast<std::uint8_t>(value >> shift));
}
void put_u16(Bytes& out, std::uint32_t value) {
  out.push_back(static_cast<std::uint8_t>(value));
  out.push_back(static_cast<std::uint8_t>(value >> 8));
}

struct Masks {
  std::uint32_t red = 0, green = 0, blue = 0, alpha = 0;
};

struct Layout {
  image::Size size;
  bool is_from_top = false;
  int bits = 0;  // per pixel
  Masks masks;   // 16 and 32 bits
  ByteSpan palette;
  std::size_t stride = 0;
  ByteSpan rows;
};

// A channel of a pixel as 8 bits. Masks may be of any width, and need not be contiguous to be
// harmless.
class Channel {
 public:
  Channel(std::uint32_t mask, std::uint8_t absent)
      : mask_(mask), shift_(mask == 0 ? 0 : std::countr_zero(mask)), absent_(absent) {
    max_ = mask_ >> shift_;
  }
  std::uint8_t of(std::uint32_t pixel) const {
    if (mask_ == 0) return absent_;
    if (max_ == 0xff) return static_cast<std::uint8_t>((pixel & mask_) >> shift_);
    const std::uint64_t value = (pixel & mask_) >> shift_;
    return static_cast<std::uint8_t>((value * 255 + max_ / 2) / max_);
  }

 private:
  std::uint32_t mask_;
  int shift_;
  std::uint32_t max_;
  std::uint8_t absent_;
};

Masks standard_masks(int bits) {
  if (bits == 16) return {0x7c00, 0x03e0, 0x001f, 0};
  return {0xff0000, 0x00ff00, 0x0000ff, 0};
}

std::unexpected<Error> invalid(std::string message) {
  return fail(ErrorCode::kInvalid, "DIB: " + std::move(message));
}

Result<Layout> parse_layout(ByteSpan dib, std::int64_t max_pixels) {
  if (dib.size() < kInfoHeader) return invalid(fmt::format("{} bytes are no header", dib.size()));
  const std::uint32_t header = u32_at(dib, 0);
  if (std::ranges::find(kHeaderSizes, header) == kHeaderSizes.end() || dib.size() < header)
    return invalid(fmt::format("a header of {} bytes, expected 40, 52, 56, 108 or 124", header));
  const auto width = static_cast<std::int32_t>(u32_at(dib, 4));
  const auto height = static_cast<std::int32_t>(u32_at(dib, 8));
  const auto bits = static_cast<int>(u16_at(dib, 14));
  const auto compression = u32_at(dib, 16);
  const bool has_masks = compression == kBitfields || compression == kAlphaBitfields;
  if (width < 1 || height == 0 || height == std::numeric_limits<std::int32_t>::min())
    return invalid(fmt::format("a picture of {}x{}", width, height));
  Layout layout{
      .size = {width, height < 0 ? -height : height}, .is_from_top = height < 0, .bits = bits};
  if (std::int64_t{width} * layout.size.height > max_pixels) {
    return fail(ErrorCode::kTooLarge, fmt::format("DIB: {}x{} pixels, at most {} in all", width,
                                                  layout.size.height, max_pixels));
  }
  const bool is_deep = bits == 16 || bits == 32;
  if (!is_deep && bits != 1 && bits != 4 && bits != 8 && bits != 24)
    return invalid(fmt::format("{} bits per pixel, expected 1, 4, 8, 16, 24 or 32", bits));
  if (compression != kRgb && !(has_masks && is_deep)) {
    return fail(ErrorCode::kUnsupported,
                fmt::format("DIB: compression {} of {} bits per pixel, expected BI_RGB or "
                            "BI_BITFIELDS",
                            compression, bits));
  }

  std::size_t at = header;
  layout.masks = standard_masks(bits);
  if (has_masks) {
    const std::size_t masks_bytes = compression == kAlphaBitfields ? 16 : 12;
    if (header == kInfoHeader) at += masks_bytes;
    if (dib.size() < at) return invalid("it ends before its masks");
    layout.masks = {u32_at(dib, 40), u32_at(dib, 44), u32_at(dib, 48), 0};
    if (header >= 56 || (header == kInfoHeader && masks_bytes == 16))
      layout.masks.alpha = u32_at(dib, 52);
  }
  // Deeper bitmaps may have a palette too, as a hint for old screens.
  const std::size_t used = u32_at(dib, 32);
  const std::size_t entries = bits > 8 ? used : used == 0 ? std::size_t{1} << bits : used;
  if (entries > 256 || dib.size() < at + entries * 4)
    return invalid(fmt::format("a palette of {} colours", entries));
  layout.palette = dib.subspan(at, entries * 4);
  at += entries * 4;

  layout.stride = (static_cast<std::size_t>(width) * static_cast<std::size_t>(bits) + 31) / 32 * 4;
  const auto bytes = layout.stride * static_cast<std::size_t>(layout.size.height);
  if (dib.size() - at < bytes)
    return invalid(fmt::format("{} bytes of pixels, expected {}", dib.size() - at, bytes));
  layout.rows = dib.subspan(at, bytes);
  return layout;
}

void put_pixel(std::uint8_t* to, std::uint8_t red, std::uint8_t green, std::uint8_t blue,
               std::uint8_t alpha) {
  to[0] = red;
  to[1] = green;
  to[2] = blue;
  to[3] = alpha;
}

// An index beyond the palette is black.
void read_indexed(const Layout& layout, ByteSpan row, std::uint8_t* to) {
  const int per_byte = 8 / layout.bits;
  const int mask = (1 << layout.bits) - 1;
  for (int x = 0; x < layout.size.width; ++x, to += 4) {
    const int shift = 8 - layout.bits * (x % per_byte + 1);
    const auto entry =
        static_cast<std::size_t>(row[static_cast<std::size_t>(x / per_byte)] >> shift & mask) * 4;
    if (entry + 4 > layout.palette.size()) {
      put_pixel(to, 0, 0, 0, 0xff);
    } else {
      put_pixel(to, layout.palette[entry + 2], layout.palette[entry + 1], layout.palette[entry],
                0xff);
    }
  }
}

void read_masked(const Layout& layout, ByteSpan row, std::uint8_t* to) {
  const Channel red(layout.masks.red, 0), green(layout.masks.green, 0), blue(layout.masks.blue, 0),
      alpha(layout.masks.alpha, 0xff);
  const auto step = static_cast<std::size_t>(layout.bits) / 8;
  for (std::size_t at = 0, x = 0; x < static_cast<std::size_t>(layout.size.width); ++x, to += 4) {
    const auto pixel = step == 2 ? u16_at(row, at) : u32_at(row, at);
    put_pixel(to, red.of(pixel), green.of(pixel), blue.of(pixel), alpha.of(pixel));
    at += step;
  }
}

void read_row(const Layout& layout, ByteSpan row, std::uint8_t* to) {
  if (layout.bits <= 8) return read_indexed(layout, row, to);
  if (layout.bits != 24) return read_masked(layout, row, to);
  for (std::size_t at = 0; at < static_cast<std::size_t>(layout.size.width) * 3; at += 3, to += 4)
    put_pixel(to, row[at + 2], row[at + 1], row[at], 0xff);
}

}  // namespace

Result<image::RgbaImage> parse_dib(ByteSpan dib, std::int64_t max_pixels) {
  ORIEL_TRY(const Layout layout, parse_layout(dib, max_pixels));
  const auto height = static_cast<std::size_t>(layout.size.height);
  const std::size_t row_bytes = static_cast<std::size_t>(layout.size.width) * 4;
  image::RgbaImage image{layout.size, Bytes(row_bytes * height)};
  for (std::size_t y = 0; y < height; ++y) {
    const std::size_t from = layout.is_from_top ? y : height - 1 - y;
    read_row(layout, layout.rows.subspan(from * layout.stride, layout.stride),
             image.pixels.data() + y * row_bytes);
  }
  return image;
}

Bytes write_dib(const image::RgbaImage& image) {
  const auto pixels_bytes = image.pixels.size();
  ORIEL_CHECK(image.size.area() > 0 &&
              pixels_bytes == static_cast<std::size_t>(image.size.area()) * 4 &&
              pixels_bytes <= std::numeric_limits<std::uint32_t>::max());
  Bytes dib;
  dib.reserve(kV5Header + pixels_bytes);
  put_u32(dib, kV5Header);
  put_u32(dib, static_cast<std::uint32_t>(image.size.width));
  put_u32(dib, static_cast<std::uint32_t>(image.size.height));
  put_u16(dib, 1);
  put_u16(dib, 32);
  put_u32(dib, kBitfields);
  put_u32(dib, static_cast<std::uint32_t>(pixels_bytes));
  for (int i = 0; i < 4; ++i) put_u32(dib, 0);  // pixels per metre, palette
  for (const std::uint32_t mask : {0x00ff0000u, 0x0000ff00u, 0x000000ffu, 0xff000000u})
    put_u32(dib, mask);
  put_u32(dib, kSrgb);
  dib.insert(dib.end(), 36 + 12, 0);  // end points and gammas, which sRGB has not
  put_u32(dib, kImages);
  put_u32(dib, 0);  // profile
  put_u32(dib, 0);
  put_u32(dib, 0);  // reserved
  ORIEL_CHECK(dib.size() == kV5Header);
  const std::size_t row_bytes = static_cast<std::size_t>(image.size.width) * 4;
  for (std::size_t end = pixels_bytes; end > 0; end -= row_bytes) {
    for (std::size_t at = end - row_bytes; at < end; at += 4) {
      for (const std::size_t channel : {2, 1, 0, 3}) dib.push_back(image.pixels[at + channel]);
    }
  }
  return dib;
}

Result<Bytes> dib_to_png(ByteSpan dib) {
  ORIEL_TRY(const auto image, parse_dib(dib));
  return image::write_png(image);
}

Result<Bytes> png_to_dib(ByteSpan png) {
  ORIEL_TRY(const auto image, image::parse_png(png));
  return write_dib(image);
}

}  // namespace oriel::clipboard
