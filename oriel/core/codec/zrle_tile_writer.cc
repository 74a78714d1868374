#include "oriel/core/codec/zrle_tile_writer.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace oriel::codec {
namespace {

using zrle::kTilePixels;

// Stores four bytes always, of which the next store overwrites what was too much.
template <int kBytes>
std::uint8_t* put_cpixel(std::uint32_t pixel, std::uint8_t* to) {
  std::memcpy(to, &pixel, 4);
  return to + kBytes;
}

std::uint8_t* put_run_length(int length, std::uint8_t* to) {
  int rest = length - 1;
  for (; rest >= 255; rest -= 255) *to++ = 255;
  *to++ = static_cast<std::uint8_t>(rest);
  return to;
}

template <int kBytes>
std::uint8_t* put_palette(const TileScan& scan, std::uint8_t* to) {
  for (int i = 0; i < scan.palette_size(); ++i) to = put_cpixel<kBytes>(scan.palette(i), to);
  return to;
}

template <int kBytes>
std::uint8_t* write_raw(const TileScan& scan, std::uint8_t* to) {
  *to++ = zrle::kRaw;
  const std::uint32_t* pixel = scan.pixels();
  const int count = scan.pixel_count();
  if constexpr (kBytes == 4) {
    std::memcpy(to, pixel, std::size_t{4} * count);
    return to + std::size_t{4} * count;
  } else if constexpr (kBytes < 3) {
    for (int i = 0; i < count; ++i) to = put_cpixel<kBytes>(pixel[i], to);
    return to;
  } else {
    int i = 0;
    for (; i + 4 <= count; i += 4, to += 12) {
      const std::uint64_t low =
          pixel[i] | std::uint64_t{pixel[i + 1]} << 24 | std::uint64_t{pixel[i + 2]} << 48;
      const std::uint32_t high = pixel[i + 2] >> 16 | pixel[i + 3] << 8;
      std::memcpy(to, &low, 8);
      std::memcpy(to + 8, &high, 4);
    }
    for (; i < count; ++i) to = put_cpixel<3>(pixel[i], to);
    return to;
  }
}

template <int kBytes>
std::uint8_t* write_plain_runs(const TileScan& scan, std::uint8_t* to) {
  *to++ = zrle::kPlainRuns;
  for (int run = 0; run < scan.run_count(); ++run) {
    to = put_cpixel<kBytes>(scan.pixels()[scan.run_start(run)], to);
    to = put_run_length(scan.run_length(run), to);
  }
  return to;
}

template <int kBytes>
std::uint8_t* write_palette_runs(const TileScan& scan, std::uint8_t* to) {
  *to++ = static_cast<std::uint8_t>(zrle::kPaletteRuns + scan.palette_size());
  to = put_palette<kBytes>(scan, to);
  for (int run = 0; run < scan.run_count(); ++run) {
    const int index = scan.run_index(run);
    const int length = scan.run_length(run);
    if (length == 1) {
      *to++ = static_cast<std::uint8_t>(index);
    } else {
      *to++ = static_cast<std::uint8_t>(128 + index);
      to = put_run_length(length, to);
    }
  }
  return to;
}

// One byte per pixel; up to 7 bytes beyond the last pixel are written.
using PixelIndexes = std::array<std::uint8_t, kTilePixels + 8>;

void expand_indexes(const TileScan& scan, PixelIndexes& indexes) {
  for (int run = 0; run < scan.run_count(); ++run) {
    const std::uint64_t eight = scan.run_index(run) * 0x0101010101010101u;
    std::uint8_t* at = indexes.data() + scan.run_start(run);
    const int length = scan.run_length(run);
    std::memcpy(at, &eight, 8);
    if (length > 8) std::memset(at + 8, static_cast<int>(eight & 255), length - 8);
  }
}

// The indexes of 8 pixels, the first in the lowest byte, to `kBits` bytes, the first in the highest
// bits.
template <int kBits>
std::uint8_t* pack_eight(std::uint64_t indexes, std::uint8_t* to) {
  if constexpr (kBits == 1) {
    // Moves bit 8k to bit 63 - k; no two products meet, so nothing carries.
    *to++ = static_cast<std::uint8_t>(indexes * 0x8040201008040201u >> 56);
  } else if constexpr (kBits == 2) {
    const std::uint64_t pairs = indexes << 2 | indexes >> 8;  // of pixels, in the even bytes
    *to++ = static_cast<std::uint8_t>((pairs & 15) << 4 | (pairs >> 16 & 15));
    *to++ = static_cast<std::uint8_t>((pairs >> 32 & 15) << 4 | (pairs >> 48 & 15));
  } else {
    const std::uint64_t pairs = indexes << 4 | indexes >> 8;
    for (int shift = 0; shift < 64; shift += 16) *to++ = static_cast<std::uint8_t>(pairs >> shift);
  }
  return to;
}

template <int kBits>
std::uint8_t* pack_rows(const PixelIndexes& indexes, int width, int height, std::uint8_t* to) {
  for (int y = 0; y < height; ++y) {
    const std::uint8_t* row = indexes.data() + y * width;
    int x = 0;
    for (; x + 8 <= width; x += 8) {
      std::uint64_t eight;
      std::memcpy(&eight, row + x, 8);
      to = pack_eight<kBits>(eight, to);
    }
    if (x == width) continue;
    std::uint64_t rest = 0;
    std::memcpy(&rest, row + x, width - x);
    std::uint8_t padded[kBits];
    pack_eight<kBits>(rest, padded);
    const int bytes = ((width - x) * kBits + 7) / 8;
    to = std::copy_n(padded, bytes, to);
  }
  return to;
}

template <int kBytes>
std::uint8_t* write_packed(const TileScan& scan, int width, std::uint8_t* to) {
  *to++ = static_cast<std::uint8_t>(scan.palette_size());
  to = put_palette<kBytes>(scan, to);
  PixelIndexes indexes;
  expand_indexes(scan, indexes);
  const int height = scan.pixel_count() / width;
  switch (zrle::packed_bits(scan.palette_size())) {
    case 1:
      return pack_rows<1>(indexes, width, height, to);
    case 2:
      return pack_rows<2>(indexes, width, height, to);
    default:
      return pack_rows<4>(indexes, width, height, to);
  }
}

// The bytes that the lengths of all runs take, in plain runs and in palette runs.
struct RunBytes {
  int plain = 0;
  int palette = 0;
};

RunBytes count_run_bytes(const TileScan& scan) {
  int long_runs = 0;    // longer than one pixel
  int extra_bytes = 0;  // beyond the first byte of a length
  for (int run = 0; run < scan.run_count(); ++run) {
    const auto rest = static_cast<unsigned>(scan.run_length(run) - 1);
    long_runs += rest != 0;
    extra_bytes += static_cast<int>(rest / 255);
  }
  return {scan.run_count() + extra_bytes, scan.run_count() + long_runs + extra_bytes};
}

// Plain runs count this much less than they take: their colours are the same bytes in every tile,
// while the numbers of a palette mean another colour in the next, so deflate makes more of them.
// 12 % fewer bytes for terminals, 5 % for a page, at the same speed (see
// bench/results/zrle_encoder.md); at 1/3 small rectangles of photos lose.
constexpr int weighed_plain_runs(int bytes) { return bytes * 2 / 5; }

enum class Aim { kDeflated, kAsItIs };

template <int kBytes>
std::uint8_t* write_tile(Aim aim, const TileScan& scan, int width, std::uint8_t* to) {
  const int colours = scan.palette_size();
  if (colours == 1) {
    *to++ = zrle::kSolid;
    return put_cpixel<kBytes>(scan.palette(0), to);
  }
  // Sizes without the first byte, which all forms have.
  const int raw_bytes = kBytes * scan.pixel_count();
  if (!scan.has_palette() && (kBytes + 1) * scan.run_count() >= raw_bytes)
    return write_raw<kBytes>(scan, to);

  const auto run_bytes = count_run_bytes(scan);
  const int plain_bytes = kBytes * scan.run_count() + run_bytes.plain;
  if (!scan.has_palette())
    return plain_bytes < raw_bytes ? write_plain_runs<kBytes>(scan, to)
                                   : write_raw<kBytes>(scan, to);

  const int palette_bytes = kBytes * colours + run_bytes.palette;
  const int height = scan.pixel_count() / width;
  const int packed_bytes =
      colours <= zrle::kPackedPaletteMax
          ? kBytes * colours + height * ((width * zrle::packed_bits(colours) + 7) / 8)
          : raw_bytes;
  int weighed_plain = std::min(plain_bytes, raw_bytes);
  if (aim == Aim::kDeflated && plain_bytes < raw_bytes)
    weighed_plain = weighed_plain_runs(plain_bytes);
  const int least = std::min({raw_bytes, weighed_plain, palette_bytes, packed_bytes});
  if (least == raw_bytes) return write_raw<kBytes>(scan, to);
  if (least == packed_bytes) return write_packed<kBytes>(scan, width, to);
  if (least == palette_bytes) return write_palette_runs<kBytes>(scan, to);
  return write_plain_runs<kBytes>(scan, to);
}

std::uint8_t* write_tile(Aim aim, const TileScan& scan, int width, int cpixel_bytes,
                         std::uint8_t* to) {
  switch (cpixel_bytes) {
    case 1:
      return write_tile<1>(aim, scan, width, to);
    case 2:
      return write_tile<2>(aim, scan, width, to);
    case 3:
      return write_tile<3>(aim, scan, width, to);
    default:
      return write_tile<4>(aim, scan, width, to);
  }
}

}  // namespace

std::uint8_t* write_zrle_tile(const TileScan& scan, int width, int cpixel_bytes, std::uint8_t* to) {
  return write_tile(Aim::kDeflated, scan, width, cpixel_bytes, to);
}

std::uint8_t* write_trle_tile(const TileScan& scan, int width, int cpixel_bytes, std::uint8_t* to) {
  return write_tile(Aim::kAsItIs, scan, width, cpixel_bytes, to);
}

}  // namespace oriel::codec
