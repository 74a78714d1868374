#pragma once
// What a tile is made of, found in one pass: its runs, and its colours while they fit a palette.

#include <array>
#include <cstdint>

#include "oriel/core/codec/zrle_format.h"
#include "oriel/core/image/frame_view.h"
#include "oriel/core/image/pixel_convert.h"

namespace oriel::codec {

// Bit i is set when pixels[i] differs from pixels[i - 1], for 64 pixels; pixels[-1] is read.
std::uint64_t change_mask(const std::uint32_t* pixels);

// The same without vector instructions: for other processors, and to test the fast one.
std::uint64_t change_mask_portable(const std::uint32_t* pixels);

// Scratch for one tile, 40 KB: reused from tile to tile by the thread that owns it.
class TileScan {
 public:
  // Reads the tile (at most 64x64, unaligned, pad bytes arbitrary) through `converter`, and finds
  // runs and palette. Pixels are wire words shifted down by `cpixel_shift` bits, see cpixel.h. The
  // colours are collected while there are at most zrle::kPaletteMax.
  void scan(const image::FrameView& tile, const image::PixelConverter& converter, int cpixel_shift);

  int pixel_count() const { return pixel_count_; }
  // Rows follow each other without padding. Up to 3 pixels after the last may be read, too.
  const std::uint32_t* pixels() const { return pixels_.data() + kLead; }

  // Runs in reading order, across rows; run i ends where run i + 1 starts.
  int run_count() const { return run_count_; }
  int run_start(int run) const { return run_starts_[run]; }
  int run_length(int run) const { return run_starts_[run + 1] - run_starts_[run]; }

  // False when the tile has too many colours; then there are no palette and no indexes.
  bool has_palette() const { return palette_size_ > 0; }
  int palette_size() const { return palette_size_; }
  std::uint32_t palette(int index) const { return palette_[index]; }
  // The colour of a run, as a number in the palette.
  int run_index(int run) const { return run_indexes_[run]; }

 private:
  void load(const image::FrameView& tile, const image::PixelConverter& converter, int cpixel_shift);
  void find_runs();
  void find_palette();

  static constexpr int kLead = 4;   // so that pixels()[-1] exists
  static constexpr int kTail = 64;  // so that whole masks can be computed

  int pixel_count_ = 0;
  int run_count_ = 0;
  int palette_size_ = 0;
  alignas(16) std::array<std::uint32_t, kLead + zrle::kTilePixels + kTail> pixels_{};
  std::array<std::uint16_t, zrle::kTilePixels + 1> run_starts_{};
  std::array<std::uint8_t, zrle::kTilePixels> run_indexes_{};
  std::array<std::uint32_t, zrle::kPaletteMax + 1> palette_{};
};

}  // namespace oriel::codec
