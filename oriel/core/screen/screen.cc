#include "oriel/core/screen/screen.h"

#include <algorithm>
#include <cstring>

#include "oriel/base/check.h"

namespace oriel::screen {
namespace {

// The changed span of a cell in the band of rows being walked: columns and rows, exclusive ends.
struct Span {
  int left = 0, top = 0, right = 0, bottom = 0;
  bool is_empty() const { return right <= left; }
  void add(int from, int to, int y) {
    if (is_empty()) {
      *this = {from, y, to, y + 1};
      return;
    }
    left = std::min(left, from);
    right = std::max(right, to);
    bottom = y + 1;
  }
};

std::uint32_t load(const std::uint8_t* bytes) {
  std::uint32_t word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

// Copies pixels [from, to) of one row if they differ in colour, and gives the span that differed
// (from == to: none).
std::pair<int, int> update_pixels(const std::uint8_t* source, std::uint32_t* target, int from,
                                  int to) {
  while (from < to && (load(source + 4 * from) & image::kColourMask) == target[from]) ++from;
  while (to > from && (load(source + 4 * (to - 1)) & image::kColourMask) == target[to - 1]) --to;
  for (int x = from; x < to; ++x) target[x] = load(source + 4 * x) & image::kColourMask;
  return {from, to};
}

}  // namespace

Screen::Screen(image::Size size, Generation generation)
    : frame_(size),
      grid_(size),
      generation_(generation),
      first_generation_(generation),
      history_(grid_.count()) {
  ORIEL_CHECK(size.width >= 1 && size.height >= 1 && generation >= 1);
}

CommitResult Screen::commit(std::span<const Patch> patches) {
  CommitResult result;
  for (const auto& patch : patches) {
    ORIEL_CHECK(image::Rect::of(size()).contains(patch.rect) &&
                patch.pixels.size() == patch.rect.size());
    if (!patch.rect.is_empty()) commit_patch(patch, result);
  }
  if (result.changed_px > 0) ++generation_;
  result.generation = generation_;
  return result;
}

void Screen::commit_patch(const Patch& patch, CommitResult& result) {
  const auto& rect = patch.rect;
  const auto target = frame_.mutable_view();
  const auto touched = grid_.cells_touched(rect);
  const std::size_t row_bytes = std::size_t{4} * rect.width;
  std::vector<Span> spans(touched.width);

  for (int row = touched.y; row < touched.bottom(); ++row) {
    const int top = std::max(rect.y, row * kCellSize);
    const int bottom = std::min(rect.bottom(), (row + 1) * kCellSize);
    bool is_changed = false;
    for (int y = top; y < bottom; ++y) {
      const auto* source =
          patch.pixels.row(y - rect.y) - std::ptrdiff_t{4} * rect.x;  // indexed by screen x
      auto* pixels = target.row(y);
      // Whole rows first: linear reads are what the memory system is good at, and most rows are
      // equal.
      if (std::memcmp(source + std::ptrdiff_t{4} * rect.x, pixels + rect.x, row_bytes) == 0)
        continue;
      for (int column = touched.x; column < touched.right(); ++column) {
        const int left = std::max(rect.x, column * kCellSize);
        const int right = std::min(rect.right(), (column + 1) * kCellSize);
        if (std::memcmp(source + std::ptrdiff_t{4} * left, pixels + left,
                        std::size_t{4} * (right - left)) == 0)
          continue;
        auto [from, to] = update_pixels(source, pixels, left, right);
        if (from == to) continue;  // only the pad bytes differ
        spans[column - touched.x].add(from, to, y);
        is_changed = true;
      }
    }
    if (!is_changed) continue;
    for (int column = touched.x; column < touched.right(); ++column) {
      auto& span = spans[column - touched.x];
      if (span.is_empty()) continue;
      stamp(column, row, image::Rect::between(span.left, span.top, span.right, span.bottom),
            result);
      span = {};
    }
  }
}

void Screen::stamp(int column, int row, const image::Rect& rect, CommitResult& result) {
  const Generation next = generation_ + 1;
  auto& cell = history_[grid_.index(column, row)];
  result.changed_px += rect.area();
  result.bounds = result.bounds.united(rect);
  if (cell.count > 0 &&
      cell.changes[0].generation == next) {  // two patches of one commit touch the cell
    cell.changes[0].rect = cell.changes[0].rect.united(rect);
    return;
  }
  std::copy_backward(cell.changes.begin(), cell.changes.end() - 1, cell.changes.end());
  cell.changes[0] = {next, rect};
  cell.count = std::min(cell.count + 1, CellHistory::kKept);
}

Generation Screen::content_generation(const image::Rect& rect) const {
  Generation newest = 0;
  const auto touched = grid_.cells_touched(rect);
  for (int row = touched.y; row < touched.bottom(); ++row)
    for (int column = touched.x; column < touched.right(); ++column)
      newest = std::max(newest, history(column, row).changes[0].generation);
  return newest;
}

}  // namespace oriel::screen
