#pragma once
// What a terminal shows, as values: a grid of cells with character and style. One owner. Drawing
// goes through a Canvas, which cuts what lies outside its area.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace oriel::monitor::tui {

// What a colour means; the terminal decides how it looks.
enum class Colour : std::uint8_t {
  kPlain,
  kDim,
  kBorder,
  kTitle,
  kKey,     // of the keyboard
  kAccent,  // chosen things
  kGood,
  kWarning,
  kCritical,
  kDownload,
  kUpload,
  kRead,
  kWrite,
  kMemory,
  kCached,
  kSwap,
  kLevel0,  // ten steps from idle to full
  kLevel1,
  kLevel2,
  kLevel3,
  kLevel4,
  kLevel5,
  kLevel6,
  kLevel7,
  kLevel8,
  kLevel9,
};
inline constexpr int kColourCount = static_cast<int>(Colour::kLevel9) + 1;

// Of a share of 100; below and beyond as the ends.
Colour level_colour(double percent);

struct Style {
  Colour colour = Colour::kPlain;
  bool is_bold = false;
  bool is_reversed = false;

  friend bool operator==(const Style&, const Style&) = default;
};

struct Cell {
  char32_t character = U' ';  // 0: the right half of the wide character before it
  Style style;

  friend bool operator==(const Cell&, const Cell&) = default;
};

struct Area {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;

  bool contains(int at_x, int at_y) const {
    return at_x >= x && at_y >= y && at_x - x < width && at_y - y < height;
  }
  bool is_empty() const { return width <= 0 || height <= 0; }
  friend bool operator==(const Area&, const Area&) = default;
};

// The part of `area` that lies in `limits`.
Area intersection(const Area& area, const Area& limits);

class Grid {
 public:
  // Sizes are clamped to 0 and the limits of limits.h.
  Grid(int width, int height);

  int width() const { return width_; }
  int height() const { return height_; }
  Area area() const { return {0, 0, width_, height_}; }

  // The place has to be inside.
  const Cell& at(int x, int y) const;
  // Sets one cell, or two for a wide character, which needs its right neighbour inside too. A wide
  // character of which half is overwritten loses its other half. The place has to be inside.
  void set(int x, int y, char32_t character, Style style);

  friend bool operator==(const Grid&, const Grid&) = default;

 private:
  Cell& cell(int x, int y);
  void break_wide(int x, int y);

  int width_;
  int height_;
  std::vector<Cell> cells_;
};

// A view of a part of `grid`, with places relative to its corner. The grid has to outlive it.
class Canvas {
 public:
  explicit Canvas(Grid& grid) : Canvas(grid, grid.area()) {}
  Canvas(Grid& grid, const Area& area) : grid_(&grid), area_(intersection(area, grid.area())) {}

  int width() const { return area_.width; }
  int height() const { return area_.height; }
  bool is_empty() const { return area_.is_empty(); }
  // In the grid's own places.
  const Area& area() const { return area_; }
  Canvas part(const Area& area) const;
  // Rows from `y` on.
  Canvas below(int y) const { return part({0, y, width(), height() - y}); }

  void set(int x, int y, char32_t character, Style style = {});
  void fill(char32_t character, Style style = {});
  // Each gives the cells that the text took. Text that does not fit is cut with an ellipsis.
  int put(int x, int y, std::string_view text, Style style = {});
  int put_at_most(int x, int y, int cells_max, std::string_view text, Style style = {});
  // Ends left of `right`; nothing when it does not fit into `cells_max`.
  int put_right(int right, int y, int cells_max, std::string_view text, Style style = {});

 private:
  Grid* grid_;
  Area area_;
};

// Every character becomes one of ASCII: for terminals and locales that have no more.
void make_ascii(Grid& grid);

// Lines of UTF-8 without spaces at their ends, each with a line feed.
std::string grid_text(const Grid& grid);
// The style of each cell as a letter: see the table in grid.cc. Blank plain cells are spaces.
std::string grid_styles(const Grid& grid);

}  // namespace oriel::monitor::tui
