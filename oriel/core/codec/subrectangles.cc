#include "oriel/core/codec/subrectangles.h"

#include <algorithm>
#include <array>

namespace oriel::codec {

std::uint32_t most_common_colour(std::span<const std::uint32_t> pixels) {
  struct Slot {
    std::uint32_t colour = 0;
    std::uint32_t count = 0;  // 0: free
  };
  constexpr std::uint32_t kSlots = 256;
  std::array<Slot, kSlots> slots{};
  std::uint32_t used = 0;
  Slot best;
  for (std::size_t start = 0; start < pixels.size();) {
    const auto colour = pixels[start];
    auto end = start + 1;
    while (end < pixels.size() && pixels[end] == colour) ++end;
    auto at = (colour * 0x9e3779b1u) >> 24;
    while (slots[at].count > 0 && slots[at].colour != colour) at = (at + 1) % kSlots;
    if (slots[at].count > 0 || used < kSlots / 2) {
      used += slots[at].count == 0;
      slots[at].colour = colour;
      slots[at].count += static_cast<std::uint32_t>(end - start);
      if (slots[at].count > best.count) best = slots[at];
    }
    start = end;
  }
  return best.colour;
}

namespace {

// The largest rectangle of the colour at `x`, `y` that has its upper left corner there.
Subrectangle largest_at(std::span<const std::uint32_t> pixels, int width, int x, int y) {
  const int height = static_cast<int>(pixels.size()) / width;
  const std::uint32_t colour = pixels[static_cast<std::size_t>(y) * width + x];
  int run = width - x, best_width = 0, best_height = 0;
  for (int bottom = y; bottom < height; ++bottom) {
    const auto* row = pixels.data() + static_cast<std::ptrdiff_t>(bottom) * width + x;
    int here = 0;
    while (here < run && row[here] == colour) ++here;
    if (here == 0) break;
    run = here;
    const int rows = bottom - y + 1;
    if (run * rows > best_width * best_height) best_width = run, best_height = rows;
  }
  return {colour, static_cast<std::uint16_t>(x), static_cast<std::uint16_t>(y),
          static_cast<std::uint16_t>(best_width), static_cast<std::uint16_t>(best_height)};
}

}  // namespace

void find_subrectangles(std::span<std::uint32_t> pixels, int width, std::uint32_t background,
                        std::size_t count_max, std::vector<Subrectangle>& out) {
  const int height = static_cast<int>(pixels.size()) / width;
  for (int y = 0; y < height; ++y) {
    auto* row = pixels.data() + static_cast<std::ptrdiff_t>(y) * width;
    for (int x = 0; x < width; ++x) {
      if (row[x] == background) continue;
      out.push_back(largest_at(pixels, width, x, y));
      if (out.size() > count_max) return;
      const auto& found = out.back();
      for (int line = 0; line < found.height; ++line)
        std::fill_n(row + x + static_cast<std::ptrdiff_t>(line) * width, found.width, background);
      x += found.width - 1;
    }
  }
}

}  // namespace oriel::codec
