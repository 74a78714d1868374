#include "oriel/app/monitor/tui/grid.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "oriel/app/monitor/tui/cell_text.h"
#include "oriel/app/monitor/tui/limits.h"
#include "oriel/base/check.h"

namespace oriel::monitor::tui {
namespace {

void append_utf8(char32_t character, std::string& out) {
  const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (character < 0x80) {
    put(character);
  } else if (character < 0x800) {
    put(0xc0 | character >> 6);
    put(0x80 | (character & 0x3f));
  } else if (character < 0x10000) {
    put(0xe0 | character >> 12);
    put(0x80 | (character >> 6 & 0x3f));
    put(0x80 | (character & 0x3f));
  } else {
    put(0xf0 | character >> 18);
    put(0x80 | (character >> 12 & 0x3f));
    put(0x80 | (character >> 6 & 0x3f));
    put(0x80 | (character & 0x3f));
  }
}

char32_t ascii_for(char32_t character) {
  if (character < 0x7f) return character;
  if (character >= U'▁' && character <= U'█') return character < U'▄' ? U'.' : U'#';
  switch (character) {
    case U'─':
    case U'┄':
      return U'-';
    case U'│':
      return U'|';
    case U'╭':
    case U'╮':
    case U'╰':
    case U'╯':
    case U'├':
    case U'┤':
      return U'+';
    case U'░':
    case U'·':
    case U'…':
      return U'.';
    case U'■':
      return U'#';
    case U'●':
    case U'▲':
      return U'*';
    case U'○':
      return U'o';
    case U'↓':
    case U'▾':
    case U'▼':
      return U'v';
    case U'↑':
      return U'^';
    case U'←':
      return U'<';
    case U'→':
      return U'>';
    case U'°':
      return U' ';
    default:
      return U'?';
  }
}

// As enum Colour. Bold makes them capitals; reversed cells are '#'.
constexpr std::string_view kColourLetters = ".-_tkagwcdurseon0123456789";
static_assert(kColourLetters.size() == static_cast<std::size_t>(kColourCount));

char style_letter(const Cell& cell) {
  if (cell.style.is_reversed) return '#';
  if (cell.character == U' ') return ' ';
  const char letter = kColourLetters[static_cast<std::size_t>(cell.style.colour)];
  if (!cell.style.is_bold) return letter;
  return letter == '.' ? '!' : static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
}

void trim_end(std::string& line) {
  line.erase(std::find_if(line.rbegin(), line.rend(), [](char c) { return c != ' '; }).base(),
             line.end());
}

}  // namespace

Colour level_colour(double percent) {
  const double bounded = std::isnan(percent) ? 0 : std::clamp(percent, 0.0, 100.0);
  const int step = std::min(9, static_cast<int>(bounded / 10));
  return static_cast<Colour>(static_cast<int>(Colour::kLevel0) + step);
}

Area intersection(const Area& area, const Area& limits) {
  const int left = std::max(area.x, limits.x), top = std::max(area.y, limits.y);
  const int right = std::min(area.x + area.width, limits.x + limits.width);
  const int bottom = std::min(area.y + area.height, limits.y + limits.height);
  return {left, top, std::max(0, right - left), std::max(0, bottom - top)};
}

Grid::Grid(int width, int height)
    : width_(std::clamp(width, 0, kGridWidthMax)),
      height_(std::clamp(height, 0, kGridHeightMax)),
      cells_(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_)) {}

const Cell& Grid::at(int x, int y) const {
  ORIEL_CHECK(area().contains(x, y));
  return cells_[static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
                static_cast<std::size_t>(x)];
}

Cell& Grid::cell(int x, int y) { return const_cast<Cell&>(at(x, y)); }

void Grid::break_wide(int x, int y) {
  if (cell(x, y).character == 0 && x > 0) cell(x - 1, y).character = U' ';
  if (x + 1 < width_ && cell(x + 1, y).character == 0) cell(x + 1, y).character = U' ';
}

void Grid::set(int x, int y, char32_t character, Style style) {
  const bool is_wide = cell_width(character) == 2;
  break_wide(x, y);
  if (is_wide) {
    break_wide(x + 1, y);
    cell(x + 1, y) = {0, style};
  }
  cell(x, y) = {character, style};
}

Canvas Canvas::part(const Area& area) const {
  Canvas result = *this;
  result.area_ = intersection({area_.x + area.x, area_.y + area.y, area.width, area.height}, area_);
  return result;
}

void Canvas::set(int x, int y, char32_t character, Style style) {
  if (x < 0 || y < 0 || x >= width() || y >= height()) return;
  const bool has_room = cell_width(character) == 1 || x + 1 < width();
  grid_->set(area_.x + x, area_.y + y, has_room ? character : U' ', style);
}

void Canvas::fill(char32_t character, Style style) {
  for (int y = 0; y < height(); ++y) {
    for (int x = 0; x < width(); ++x) set(x, y, character, style);
  }
}

int Canvas::put(int x, int y, std::string_view text, Style style) {
  return put_at_most(x, y, width() - x, text, style);
}

int Canvas::put_at_most(int x, int y, int cells_max, std::string_view text, Style style) {
  int at = x;
  for (const auto character : safe_text(text, std::min(cells_max, width() - x))) {
    set(at, y, character, style);
    at += cell_width(character);
  }
  return at - x;
}

int Canvas::put_right(int right, int y, int cells_max, std::string_view text, Style style) {
  const auto shown = safe_text(text, width() + 1);
  const int cells = cells_of(shown);
  if (cells > cells_max) return 0;
  return put(right - cells, y, text, style);
}

void make_ascii(Grid& grid) {
  for (int y = 0; y < grid.height(); ++y) {
    for (int x = 0; x < grid.width(); ++x) {
      const auto& cell = grid.at(x, y);
      const auto style = cell.style;
      if (cell.character >= 0x80) grid.set(x, y, ascii_for(cell.character), style);
    }
  }
}

std::string grid_text(const Grid& grid) {
  std::string text;
  for (int y = 0; y < grid.height(); ++y) {
    std::string line;
    for (int x = 0; x < grid.width(); ++x) {
      if (grid.at(x, y).character != 0) append_utf8(grid.at(x, y).character, line);
    }
    trim_end(line);
    text += line + "\n";
  }
  return text;
}

std::string grid_styles(const Grid& grid) {
  std::string text;
  for (int y = 0; y < grid.height(); ++y) {
    std::string line;
    for (int x = 0; x < grid.width(); ++x) line.push_back(style_letter(grid.at(x, y)));
    trim_end(line);
    text += line + "\n";
  }
  return text;
}

}  // namespace oriel::monitor::tui
