#include "oriel/core/rfb/cursor_message.h"

#include <fmt/format.h>

#include <array>
#include <span>

#include "oriel/base/byte_reader.h"
#include "oriel/base/check.h"
#include "oriel/core/image/pixel_convert.h"
#include "oriel/core/rfb/constants.h"

namespace oriel::rfb {
namespace {

constexpr std::uint8_t kVmwareClassic = 0;
constexpr std::uint8_t kVmwareAlpha = 1;
constexpr std::size_t kVmwareHead = 2;  // U8 kind, padding
constexpr std::size_t kAlphaHead = 4;   // S32 encoding of the pixels
constexpr std::size_t kTwoColoursHead = 6;
constexpr std::uint32_t kOpaque = 0xff000000;

std::size_t mask_stride(int width) { return (static_cast<std::size_t>(width) + 7) / 8; }
std::size_t mask_bytes(const image::Rect& rect) {
  return mask_stride(rect.width) * static_cast<std::size_t>(rect.height);
}

std::int32_t encoding_of(CursorForm form) {
  switch (form) {
    case CursorForm::kTwoColours:
      return kPseudoXCursor;
    case CursorForm::kMasked:
      return kPseudoCursor;
    case CursorForm::kVmware:
      return kPseudoVmwareCursor;
    case CursorForm::kAlpha:
      return kPseudoCursorWithAlpha;
    case CursorForm::kNone:
      break;
  }
  ORIEL_CHECK(false);
  return 0;
}

// Rows from the left to the right, the highest bit first, each padded to whole bytes.
void write_mask(const std::vector<bool>& bits, image::Size size, ByteWriter& writer) {
  for (int y = 0; y < size.height; ++y) {
    for (int left = 0; left < size.width; left += 8) {
      std::uint8_t byte = 0;
      for (int x = left; x < std::min(left + 8, size.width); ++x)
        if (bits[static_cast<std::size_t>(y) * size.width + x]) byte |= 0x80 >> (x - left);
      writer.u8(byte);
    }
  }
}

bool mask_bit(ByteSpan mask, int width, int x, int y) {
  return (mask[static_cast<std::size_t>(y) * mask_stride(width) + x / 8] & 0x80 >> x % 8) != 0;
}

void write_colour(std::uint32_t colour, ByteWriter& writer) {
  for (const int shift : {16, 8, 0}) writer.u8(static_cast<std::uint8_t>(colour >> shift));
}

// Red, green, blue, alpha.
void write_rgba(std::uint32_t pixel, ByteWriter& writer) {
  write_colour(pixel, writer);
  writer.u8(static_cast<std::uint8_t>(pixel >> 24));
}

std::uint32_t read_rgba(ByteReader& reader) {
  const auto rgba = reader.u32();
  return rgba >> 8 | rgba << 24;
}

std::uint32_t read_colour(ByteReader& reader) {
  const std::uint32_t red = reader.u8(), green = reader.u8(), blue = reader.u8();
  return red << 16 | green << 8 | blue;
}

// Body: width * height pixels in the client's format, where nothing is black; mask.
void write_masked(const image::Cursor& cursor, const image::PixelFormat& format,
                  ByteWriter& writer) {
  const auto masked = image::masked(cursor);
  const image::PixelConverter converter(format);
  Bytes pixels(masked.pixels.size() * static_cast<std::size_t>(converter.bytes_per_pixel()));
  converter.convert_row(reinterpret_cast<const std::uint8_t*>(masked.pixels.data()), pixels.data(),
                        static_cast<int>(masked.pixels.size()));
  writer.bytes(pixels);
  write_mask(masked.is_there, cursor.size, writer);
}

// Body: U8 red, green, blue of the primary and of the secondary colour; the bits that are primary;
// mask.
void write_two_coloured(const image::Cursor& cursor, ByteWriter& writer) {
  const auto masked = image::masked(cursor);
  auto colours = image::two_coloured(masked);
  for (std::size_t i = 0; i < masked.is_there.size(); ++i)
    if (!masked.is_there[i]) colours.is_primary[i] = false;
  write_colour(colours.primary, writer);
  write_colour(colours.secondary, writer);
  write_mask(colours.is_primary, cursor.size, writer);
  write_mask(masked.is_there, cursor.size, writer);
}

void write_body(const image::Cursor& cursor, CursorForm form, const image::PixelFormat& format,
                ByteWriter& writer) {
  switch (form) {
    case CursorForm::kMasked:
      return write_masked(cursor, format, writer);
    case CursorForm::kTwoColours:
      if (!cursor.is_empty()) write_two_coloured(cursor, writer);
      return;
    // Raw: what each client can read, and no state that other rectangles share.
    case CursorForm::kAlpha:
      writer.s32(kEncodingRaw);
      for (const auto pixel : cursor.pixels) write_rgba(pixel, writer);
      return;
    // Straight colours: the specification does not say, but TigerVNC and noVNC read them so.
    case CursorForm::kVmware:
      writer.u8(kVmwareAlpha).zeros(1);
      for (const auto pixel : cursor.pixels) write_rgba(image::straight_alpha(pixel), writer);
      return;
    case CursorForm::kNone:
      return;
  }
}

std::vector<std::uint32_t> read_pixels(ByteSpan bytes, const image::PixelConverter& converter) {
  std::vector<std::uint32_t> pixels(bytes.size() /
                                    static_cast<std::size_t>(converter.bytes_per_pixel()));
  converter.restore_row(bytes.data(), pixels.data(), static_cast<int>(pixels.size()));
  return pixels;
}

std::vector<std::uint32_t> parse_masked(const image::Rect& rect, ByteSpan body,
                                        const image::PixelFormat& format) {
  const auto mask = body.last(mask_bytes(rect));
  auto pixels = read_pixels(body.first(body.size() - mask.size()), image::PixelConverter(format));
  for (int y = 0; y < rect.height; ++y)
    for (int x = 0; x < rect.width; ++x) {
      auto& pixel = pixels[static_cast<std::size_t>(y) * rect.width + x];
      pixel = mask_bit(mask, rect.width, x, y) ? kOpaque | pixel : 0;
    }
  return pixels;
}

std::vector<std::uint32_t> parse_two_coloured(const image::Rect& rect, ByteSpan body) {
  ByteReader reader(body);
  const auto primary = kOpaque | read_colour(reader), secondary = kOpaque | read_colour(reader);
  const auto bits = reader.take(mask_bytes(rect)), mask = reader.take(mask_bytes(rect));
  std::vector<std::uint32_t> pixels;
  for (int y = 0; y < rect.height; ++y)
    for (int x = 0; x < rect.width; ++x)
      pixels.push_back(!mask_bit(mask, rect.width, x, y)  ? 0
                       : mask_bit(bits, rect.width, x, y) ? primary
                                                          : secondary);
  return pixels;
}

// A screen pixel becomes (pixel & and) ^ xor. What inverts the screen cannot be drawn with alpha:
// it is black here.
std::vector<std::uint32_t> parse_classic(ByteSpan masks, const image::PixelFormat& format) {
  const image::PixelConverter converter(format);
  const auto keeps = converter.to_bgrx(~0u);
  const auto and_mask = read_pixels(masks.first(masks.size() / 2), converter);
  auto pixels = read_pixels(masks.subspan(masks.size() / 2), converter);
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    if (and_mask[i] == keeps)
      pixels[i] = pixels[i] == 0 ? 0 : kOpaque;
    else
      pixels[i] |= kOpaque;
  }
  return pixels;
}

}  // namespace

CursorForm best_cursor_form(const Capabilities& capabilities) {
  if (capabilities.cursor_with_alpha) return CursorForm::kAlpha;
  if (capabilities.vmware_cursor) return CursorForm::kVmware;
  if (capabilities.cursor) return CursorForm::kMasked;
  if (capabilities.x_cursor) return CursorForm::kTwoColours;
  return CursorForm::kNone;
}

// Header: U16 x and y of the hotspot, U16 width, height; S32 encoding.
void write_cursor(const image::Cursor& cursor, CursorForm form, const image::PixelFormat& format,
                  ByteWriter& writer) {
  for (const int value :
       {cursor.hotspot.x, cursor.hotspot.y, cursor.size.width, cursor.size.height}) {
    ORIEL_CHECK(value >= 0 && value <= 0xffff);
    writer.u16(static_cast<std::uint16_t>(value));
  }
  writer.s32(encoding_of(form));
  write_body(cursor, form, format, writer);
}

bool is_cursor_encoding(std::int32_t encoding) {
  return encoding == kPseudoCursor || encoding == kPseudoXCursor ||
         encoding == kPseudoCursorWithAlpha || encoding == kPseudoVmwareCursor;
}

Result<std::size_t> cursor_body_bytes(std::int32_t encoding, const image::Rect& rect,
                                      ByteSpan bytes, const image::PixelFormat& format,
                                      const Limits& limits) {
  const int largest = limits.cursor_side_max;
  if (rect.width > largest || rect.height > largest) {
    return fail(ErrorCode::kTooLarge, fmt::format("cursor: {}x{}, at most {}x{}", rect.width,
                                                  rect.height, largest, largest));
  }
  const auto area = static_cast<std::size_t>(rect.area());
  const auto pixel_bytes = area * static_cast<std::size_t>(format.bytes_per_pixel());
  switch (encoding) {
    case kPseudoCursor:
      return pixel_bytes + mask_bytes(rect);
    case kPseudoXCursor:
      return area == 0 ? 0 : kTwoColoursHead + 2 * mask_bytes(rect);
    case kPseudoCursorWithAlpha:
      return kAlphaHead + 4 * area;
    default:
      ORIEL_CHECK(encoding == kPseudoVmwareCursor);
  }
  if (bytes.size() < kVmwareHead) return kVmwareHead;
  if (bytes[0] == kVmwareClassic) return kVmwareHead + 2 * pixel_bytes;
  if (bytes[0] == kVmwareAlpha) return kVmwareHead + 4 * area;
  return fail(ErrorCode::kInvalid,
              fmt::format("VMware cursor: a cursor of kind {}, expected 0 or 1", bytes[0]));
}

Result<image::Cursor> parse_cursor(std::int32_t encoding, const image::Rect& rect, ByteSpan body,
                                   const image::PixelFormat& format, const Limits& limits) {
  image::Cursor cursor{rect.size(), {rect.x, rect.y}, {}};
  ByteReader reader(body);
  if (encoding == kPseudoCursorWithAlpha) {
    if (const auto pixels = reader.s32(); pixels != kEncodingRaw)
      return fail(ErrorCode::kUnsupported,
                  fmt::format("cursor with alpha: pixels in encoding {}, expected 0", pixels));
    while (reader.remaining() > 0) cursor.pixels.push_back(read_rgba(reader));
  } else if (encoding == kPseudoVmwareCursor) {
    const auto kind = reader.u8();
    reader.skip(1);
    if (kind == kVmwareClassic && !cursor.is_empty())
      cursor.pixels = parse_classic(reader.take(reader.remaining()), format);
    else
      while (reader.remaining() > 0)
        cursor.pixels.push_back(image::premultiplied_alpha(read_rgba(reader)));
  } else if (!cursor.is_empty()) {
    cursor.pixels = encoding == kPseudoCursor ? parse_masked(rect, body, format)
                                              : parse_two_coloured(rect, body);
  }
  return image::normalized(std::move(cursor), limits.cursor_side_max);
}

}  // namespace oriel::rfb
