#include "oriel/core/codec/tile_scan.h"

#include <algorithm>
#include <bit>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace oriel::codec {

using zrle::kTileSize;

std::uint64_t change_mask_portable(const std::uint32_t* pixels) {
  std::uint64_t mask = 0;
  for (int i = 0; i < 64; ++i) mask |= std::uint64_t{pixels[i] != pixels[i - 1]} << i;
  return mask;
}

#ifdef __SSE2__

std::uint64_t change_mask(const std::uint32_t* pixels) {
  // Bit by bit: where 4 pixels equal the 4 pixels one before them.
  auto equal = [pixels](int i) {
    const auto* here = reinterpret_cast<const __m128i*>(pixels + i);
    const auto* before = reinterpret_cast<const __m128i*>(pixels + i - 1);
    return _mm_cmpeq_epi32(_mm_loadu_si128(here), _mm_loadu_si128(before));
  };
  std::uint64_t same = 0;
  for (int i = 0; i < 64; i += 16) {
    const auto low = _mm_packs_epi32(equal(i), equal(i + 4));
    const auto high = _mm_packs_epi32(equal(i + 8), equal(i + 12));
    const auto bits = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_packs_epi16(low, high)));
    same |= std::uint64_t{bits} << i;
  }
  return ~same;
}

#else

std::uint64_t change_mask(const std::uint32_t* pixels) { return change_mask_portable(pixels); }

#endif

void TileScan::scan(const image::FrameView& tile, const image::PixelConverter& converter,
                    int cpixel_shift) {
  pixel_count_ = tile.width * tile.height;
  load(tile, converter, cpixel_shift);
  find_runs();
  find_palette();
}

namespace {

// A row of BGRX as it is, the pad byte masked. A constant width lets the compiler unroll.
template <int kWidth>
void load_row(const std::uint8_t* from, std::uint32_t* to) {
  std::memcpy(to, from, 4 * kWidth);
  for (int x = 0; x < kWidth; ++x) to[x] &= image::kColourMask;
}

}  // namespace

void TileScan::load(const image::FrameView& tile, const image::PixelConverter& converter,
                    int cpixel_shift) {
  std::uint32_t* to = pixels_.data() + kLead;
  const bool is_fast = converter.is_identity() && cpixel_shift == 0 && tile.width == kTileSize;
  for (int y = 0; y < tile.height; ++y, to += tile.width) {
    if (is_fast) {
      load_row<kTileSize>(tile.row(y), to);
      continue;
    }
    converter.convert_words(tile.row(y), to, tile.width);
    if (cpixel_shift != 0)
      for (int x = 0; x < tile.width; ++x) to[x] >>= cpixel_shift;
  }
}

void TileScan::find_runs() {
  const std::uint32_t* pixels = pixels_.data() + kLead;
  std::uint16_t* starts = run_starts_.data();
  for (int base = 0; base < pixel_count_; base += 64) {
    auto mask = change_mask(pixels + base);
    if (base == 0) mask |= 1;  // the pixel before the first is no pixel
    if (pixel_count_ - base < 64) mask &= (std::uint64_t{1} << (pixel_count_ - base)) - 1;
    for (; mask != 0; mask &= mask - 1)
      *starts++ = static_cast<std::uint16_t>(base + std::countr_zero(mask));
  }
  run_count_ = static_cast<int>(starts - run_starts_.data());
  *starts = static_cast<std::uint16_t>(pixel_count_);
}

// Open addressing at a load of at most a half; a slot holds a number in the palette.
void TileScan::find_palette() {
  constexpr std::uint8_t kFree = 255;
  std::uint8_t slots[256];
  std::memset(slots, kFree, sizeof slots);
  const std::uint32_t* pixels = pixels_.data() + kLead;
  palette_size_ = 0;
  for (int run = 0; run < run_count_; ++run) {
    const std::uint32_t colour = pixels[run_starts_[run]];
    std::uint32_t slot = (colour * 0x9e3779b1u) >> 24;
    while (slots[slot] != kFree && palette_[slots[slot]] != colour) slot = (slot + 1) & 255;
    if (slots[slot] == kFree) {
      if (palette_size_ == zrle::kPaletteMax) {
        palette_size_ = 0;
        return;
      }
      slots[slot] = static_cast<std::uint8_t>(palette_size_);
      palette_[palette_size_++] = colour;
    }
    run_indexes_[run] = slots[slot];
  }
}

}  // namespace oriel::codec
