#include "oriel/core/screen/units.h"

#include <algorithm>
#include <map>
#include <utility>

#include "oriel/core/screen/cell_grid.h"

namespace oriel::screen {
namespace {

using image::Rect;

// Sending this many pixels too many costs less than one more rectangle does.
constexpr std::int64_t kCheapPixels = 2048;

// One unit around all parts of `area` if they fill most of it, else the units of its halves.
void merge(const Rect& area, std::span<const Rect> parts, std::vector<Rect>& units) {
  std::vector<Rect> inside;
  Rect bounds;
  std::int64_t filled = 0;
  for (const auto& part : parts) {
    const auto clipped = part.intersected(area);
    if (clipped.is_empty()) continue;
    inside.push_back(clipped);
    bounds = bounds.united(clipped);
    filled += clipped.area();
  }
  if (inside.empty()) return;
  const bool is_one_cell = area.width <= kCellSize && area.height <= kCellSize;
  if (inside.size() == 1 || is_one_cell || bounds.area() <= filled * 3 / 2 + kCheapPixels) {
    units.push_back(bounds);
    return;
  }
  auto first = area, second = area;
  if (area.width > area.height) {
    first.width /= 2;
    second.x += first.width;
    second.width -= first.width;
  } else {
    first.height /= 2;
    second.y += first.height;
    second.height -= first.height;
  }
  merge(first, inside, units);
  merge(second, inside, units);
}

}  // namespace

std::vector<Rect> merge_to_units(std::span<const Rect> parts) {
  std::map<std::pair<int, int>, std::vector<Rect>> tiles;  // by row, then column
  for (const auto& part : parts) {
    if (part.is_empty()) continue;
    for (int row = part.y / kUnitSize.height; row * kUnitSize.height < part.bottom(); ++row)
      for (int column = part.x / kUnitSize.width; column * kUnitSize.width < part.right(); ++column)
        tiles[{row, column}].push_back(part);
  }
  std::vector<Rect> units;
  for (const auto& [tile, inside] : tiles) {
    merge({tile.second * kUnitSize.width, tile.first * kUnitSize.height, kUnitSize.width,
           kUnitSize.height},
          inside, units);
  }
  return units;
}

std::vector<Rect> split_units(std::vector<Rect> units, image::Size max_size) {
  const auto fits = [&](const Rect& unit) {
    return unit.width <= max_size.width && unit.height <= max_size.height;
  };
  if (std::ranges::all_of(units, fits)) return units;
  std::vector<Rect> parts;
  for (const auto& unit : units) {
    const int columns = (unit.width + max_size.width - 1) / max_size.width;
    const int rows = (unit.height + max_size.height - 1) / max_size.height;
    for (int row = 0; row < rows; ++row) {
      for (int column = 0; column < columns; ++column) {
        parts.push_back(Rect::between(
            unit.x + unit.width * column / columns, unit.y + unit.height * row / rows,
            unit.x + unit.width * (column + 1) / columns, unit.y + unit.height * (row + 1) / rows));
      }
    }
  }
  return parts;
}

}  // namespace oriel::screen
