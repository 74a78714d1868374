#include "oriel/core/screen/changed_rects.h"

#include <algorithm>
#include <optional>

namespace oriel::screen {

using image::Rect;

namespace {

bool touch(const Rect& a, const Rect& b) {
  return a.x <= b.right() && b.x <= a.right() && a.y <= b.bottom() && b.y <= a.bottom();
}

// Pixels that are in neither, but in the rectangle around both.
std::int64_t waste(const Rect& a, const Rect& b) {
  return a.united(b).area() - a.area() - b.area() + a.intersected(b).area();
}

bool are_worth_joining(const Rect& a, const Rect& b) {
  return touch(a, b) && 4 * waste(a, b) <= a.area() + b.area();
}

// One pass; whether anything was joined.
bool join_some(std::vector<Rect>& rects) {
  std::vector<Rect> kept;
  for (const auto& rect : rects) {
    const auto with =
        std::ranges::find_if(kept, [&](const Rect& each) { return are_worth_joining(each, rect); });
    if (with == kept.end())
      kept.push_back(rect);
    else
      *with = with->united(rect);
  }
  const bool has_joined = kept.size() < rects.size();
  rects = std::move(kept);
  return has_joined;
}

// The two whose joining adds least become one.
void join_nearest(std::vector<Rect>& rects) {
  std::size_t first = 0, second = 1;
  std::optional<std::int64_t> least;
  for (std::size_t i = 0; i < rects.size(); ++i)
    for (std::size_t j = i + 1; j < rects.size(); ++j)
      if (const auto cost = waste(rects[i], rects[j]); !least || cost < *least) {
        least = cost;
        first = i;
        second = j;
      }
  rects[first] = rects[first].united(rects[second]);
  rects.erase(rects.begin() + static_cast<std::ptrdiff_t>(second));
}

// Neighbours in a list that are of one row become one, so that few are left to compare.
std::vector<Rect> runs_of(std::span<const Rect> rects) {
  std::vector<Rect> runs;
  for (const auto& rect : rects) {
    if (rect.is_empty()) continue;
    if (!runs.empty() && are_worth_joining(runs.back(), rect))
      runs.back() = runs.back().united(rect);
    else
      runs.push_back(rect);
  }
  return runs;
}

}  // namespace

std::vector<Rect> changed_rects(const Screen& screen, Generation generation, const Rect& bounds) {
  std::vector<Rect> parts;
  const auto touched = screen.grid().cells_touched(bounds);
  for (int row = touched.y; row < touched.bottom(); ++row)
    for (int column = touched.x; column < touched.right(); ++column)
      if (const auto& history = screen.history(column, row);
          history.count > 0 && history.changes[0].generation == generation)
        parts.push_back(history.changes[0].rect);
  return joined(parts);
}

std::vector<Rect> joined(std::span<const Rect> rects, std::size_t count_max) {
  auto result = runs_of(rects);
  while (join_some(result)) {
  }
  // Joining by pairs is O(n^3): far too many become the rectangle around neighbours first.
  while (result.size() > 4 * count_max) {
    for (std::size_t i = 0; i + 1 < result.size(); ++i) {
      result[i] = result[i].united(result[i + 1]);
      result.erase(result.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
  }
  while (result.size() > std::max<std::size_t>(count_max, 1)) join_nearest(result);
  return result;
}

}  // namespace oriel::screen
