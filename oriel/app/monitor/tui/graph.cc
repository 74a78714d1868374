#include "oriel/app/monitor/tui/graph.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace oriel::monitor::tui {
namespace {

int steps_per_cell(Glyphs glyphs) {
  switch (glyphs) {
    case Glyphs::kBraille:
      return 4;
    case Glyphs::kBlocks:
      return 8;
    case Glyphs::kAscii:
      return 1;
  }
  return 1;
}

// Steps that the value fills of `steps_max`; 0 where it is not known.
int steps_of(float value, double scale, int steps_max) {
  if (std::isnan(value)) return 0;
  const double share = std::clamp(static_cast<double>(value) / scale, 0.0, 1.0);
  return std::max(1, static_cast<int>(std::lround(share * steps_max)));
}

// Braille patterns by how many dots of a column are set: from the bottom, and from the top.
constexpr char32_t kLeftUp[] = {0, 0x40, 0x44, 0x46, 0x47};
constexpr char32_t kRightUp[] = {0, 0x80, 0xa0, 0xb0, 0xb8};
constexpr char32_t kLeftDown[] = {0, 0x01, 0x03, 0x07, 0x47};
constexpr char32_t kRightDown[] = {0, 0x08, 0x18, 0x38, 0xb8};

char32_t braille(int left, int right, bool hangs) {
  const char32_t dots =
      hangs ? kLeftDown[left] | kRightDown[right] : kLeftUp[left] | kRightUp[right];
  return dots == 0 ? U' ' : 0x2800 | dots;
}

// A block that hangs has no glyph of its own but the upper half and the whole.
char32_t block(int steps, bool hangs) {
  if (steps == 0) return U' ';
  if (!hangs) return U'▁' + static_cast<char32_t>(steps - 1);
  return steps < 6 ? U'▀' : U'█';
}

char32_t glyph(int left, int right, const GraphLook& look) {
  switch (look.glyphs) {
    case Glyphs::kBraille:
      return braille(left, right, look.hangs);
    case Glyphs::kBlocks:
      return block(right, look.hangs);
    case Glyphs::kAscii:
      return right > 0 ? U'#' : U' ';
  }
  return U' ';
}

}  // namespace

void draw_graph(Canvas canvas, std::span<const float> values, double scale, const GraphLook& look) {
  const int width = canvas.width(), height = canvas.height();
  const int per_cell = values_per_cell(look.glyphs), steps = steps_per_cell(look.glyphs);
  const auto count = static_cast<int>(std::min<std::size_t>(values.size(), 1u << 20));
  // The value in a column of dots, counted from the left edge.
  const auto steps_at = [&](int column) {
    const int index = count - width * per_cell + column;
    if (index < 0) return 0;
    return steps_of(values[values.size() - static_cast<std::size_t>(count - index)], scale,
                    height * steps);
  };
  for (int x = 0; x < width; ++x) {
    const int right = steps_at(x * per_cell + per_cell - 1);
    const int left = per_cell == 2 ? steps_at(x * per_cell) : right;
    for (int row = 0; row < height; ++row) {  // from where the graph stands
      const auto filled = [&](int of) { return std::clamp(of - row * steps, 0, steps); };
      const auto character = glyph(filled(left), filled(right), look);
      if (character == U' ') continue;
      const auto colour =
          look.colour == Colour::kLevel0 ? level_colour(100.0 * (row + 0.5) / height) : look.colour;
      canvas.set(x, look.hangs ? row : height - 1 - row, character, {colour});
    }
  }
}

void draw_bar(Canvas canvas, double percent, Style style, Glyphs glyphs) {
  const double share = std::isnan(percent) ? 0 : std::clamp(percent / 100, 0.0, 1.0);
  const int width = canvas.width();
  int filled = static_cast<int>(std::lround(share * width));
  if (filled == 0 && share > 0.005) filled = 1;
  for (int x = 0; x < width; ++x) {
    const bool is_filled = x < filled;
    const char32_t full = glyphs == Glyphs::kAscii ? U'#' : U'■';
    canvas.set(x, 0, is_filled ? full : U'·', is_filled ? style : Style{Colour::kBorder});
  }
}

char32_t height_glyph(double percent, Glyphs glyphs) {
  const double share = std::isnan(percent) ? 0 : std::clamp(percent / 100, 0.0, 1.0);
  if (glyphs == Glyphs::kAscii) return U"0123456789"[std::min(9, static_cast<int>(share * 10))];
  return U'▁' + static_cast<char32_t>(std::min(7, static_cast<int>(share * 8)));
}

}  // namespace oriel::monitor::tui
