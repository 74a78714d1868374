#pragma once
// What one viewer has seen of a Screen: per cell the generation that it was last sent. A viewer
// however slow lacks just the newest pixels, never a backlog.

#include <cstdint>
#include <optional>
#include <vector>

#include "oriel/core/image/region.h"
#include "oriel/core/screen/screen.h"

namespace oriel::screen {

// One strand owns it. About 8 bytes per cell: 4 KB at 1080p.
class SentCells {
 public:
  // The viewer has nothing yet.
  explicit SentCells(const CellGrid& grid) : SentCells(grid, 0) {}
  // The viewer has all of `generation`.
  SentCells(const CellGrid& grid, Generation generation)
      : uniform_(generation), sent_(grid.count()) {}

  // The viewer wants `rect` (inside the screen) again, whatever it was sent (a non-incremental
  // request).
  void forget(const image::Rect& rect) { missing_.add(rect); }

  // What the viewer lacks inside `wanted`, as rectangles that may touch but, of one cell, do not
  // repeat; empty when it is up to date there.
  std::vector<image::Rect> lacking(const Screen& screen, const image::Region& wanted) const;
  bool is_lacking(const Screen& screen, const image::Region& wanted) const;

  // The one generation that it has been sent everywhere, 0 for nothing, if that is all there is to
  // know: viewers with the same one lack the same.
  std::optional<Generation> in_step() const {
    return missing_.is_empty() ? uniform_ : std::nullopt;
  }

  // The viewer has been sent all that it lacked inside `wanted`, with the pixels of the screen's
  // generation.
  void mark_sent(const Screen& screen, const image::Region& wanted);

 private:
  static constexpr std::uint64_t kLossyBit =
      1;  // the low bit of a cell's number is kept for lossy areas

  Generation sent_generation(std::size_t index) const {
    return uniform_ ? *uniform_ : sent_[index] >> 1;
  }
  // What of a cell is newer than what the viewer has; empty when nothing is.
  image::Rect newer_part(const Screen& screen, int column, int row) const;

  std::optional<Generation> uniform_;  // of all cells; else `sent_` has them
  std::vector<std::uint64_t> sent_;    // generation << 1 | lossy
  // Pixels that the viewer lacks although their cell's number says otherwise: asked for again, or
  // the rest of a cell of which only a part was wanted.
  image::Region missing_;
};

}  // namespace oriel::screen
