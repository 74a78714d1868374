#include "oriel/core/image/pixel_format.h"

#include <bit>
#include <string_view>

#include <fmt/format.h>

namespace oriel::image {
namespace {

struct Channel {
  std::string_view name;
  std::uint32_t max;
  int shift;

  int bits() const { return std::bit_width(max); }
  std::uint64_t mask() const { return std::uint64_t{max} << shift; }
};

Status check_channel(const Channel& channel, int pixel_bits) {
  if (channel.max == 0 || !std::has_single_bit(channel.max + 1))
    return fail(ErrorCode::kInvalid, fmt::format("pixel format: {} maximum {} is not 2^n - 1",
                                                 channel.name, channel.max));
  if (channel.shift + channel.bits() > pixel_bits)
    return fail(ErrorCode::kInvalid,
                fmt::format("pixel format: {} of {} bits at shift {} does not fit into {} bits",
                            channel.name, channel.bits(), channel.shift, pixel_bits));
  return {};
}

}  // namespace

PixelFormat parse_pixel_format(ByteReader& reader) {
  PixelFormat format;
  format.bits_per_pixel = reader.u8();
  format.depth = reader.u8();
  format.is_big_endian = reader.u8() != 0;
  format.is_true_colour = reader.u8() != 0;
  format.red_max = reader.u16();
  format.green_max = reader.u16();
  format.blue_max = reader.u16();
  format.red_shift = reader.u8();
  format.green_shift = reader.u8();
  format.blue_shift = reader.u8();
  reader.skip(3);
  return format;
}

void write_pixel_format(const PixelFormat& format, ByteWriter& writer) {
  writer.u8(format.bits_per_pixel)
      .u8(format.depth)
      .u8(format.is_big_endian)
      .u8(format.is_true_colour)
      .u16(format.red_max)
      .u16(format.green_max)
      .u16(format.blue_max)
      .u8(format.red_shift)
      .u8(format.green_shift)
      .u8(format.blue_shift)
      .zeros(3);
}

Status check_pixel_format(const PixelFormat& format) {
  const int bits = format.bits_per_pixel;
  if (bits != 8 && bits != 16 && bits != 32)
    return fail(ErrorCode::kInvalid,
                fmt::format("pixel format: {} bits per pixel, expected 8, 16 or 32", bits));
  if (format.depth < 1 || format.depth > bits)
    return fail(ErrorCode::kInvalid,
                fmt::format("pixel format: depth {}, expected 1 to {}", format.depth, bits));
  if (!format.is_true_colour) {
    if (format.depth < 8)
      return fail(ErrorCode::kUnsupported,
                  fmt::format("pixel format: a colour map of depth {}, expected 8: our map has 256 "
                              "colours",
                              format.depth));
    return {};
  }

  const Channel red{"red", format.red_max, format.red_shift};
  const Channel green{"green", format.green_max, format.green_shift};
  const Channel blue{"blue", format.blue_max, format.blue_shift};
  for (const Channel& channel : {red, green, blue}) ORIEL_TRY_VOID(check_channel(channel, bits));
  if ((red.mask() & green.mask()) | (red.mask() & blue.mask()) | (green.mask() & blue.mask()))
    return fail(ErrorCode::kInvalid,
                "pixel format: the bits of two colours overlap: " + describe(format));
  return {};
}

std::string describe(const PixelFormat& format) {
  auto head = fmt::format("{} bpp, depth {}, {} endian", format.bits_per_pixel, format.depth,
                          format.is_big_endian ? "big" : "little");
  if (!format.is_true_colour) return head + ", colour map";
  return fmt::format("{}, rgb {}/{}/{} << {}/{}/{}", head, format.red_max, format.green_max,
                     format.blue_max, format.red_shift, format.green_shift, format.blue_shift);
}

}  // namespace oriel::image
