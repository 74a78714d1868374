#pragma once
// The one stable copy of a desktop, and the memory of what changed when. It does not know who looks
// at it: each viewer keeps a SentCells (sent_cells.h) and asks what it lacks.

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "oriel/core/image/frame.h"
#include "oriel/core/screen/cell_grid.h"
#include "oriel/core/screen/patch.h"

namespace oriel::screen {

// Counts commits that changed something, from 1; 0 means never. Never goes back, also when the
// screen changes its size.
using Generation = std::uint64_t;

// The last changes of one cell, newest first.
struct CellHistory {
  static constexpr int kKept = 4;
  struct Change {
    Generation generation = 0;
    image::Rect rect;  // in screen coordinates, inside the cell
  };
  std::array<Change, kKept> changes;
  int count = 0;  // how many of `changes` are filled in; older ones are forgotten
};

struct CommitResult {
  Generation generation = 0;  // the screen's generation afterwards
  std::int64_t changed_px =
      0;               // in the changed rectangles of cells; 0: nothing changed, no new generation
  image::Rect bounds;  // around everything that changed
};

// One strand writes; others may read the pixels while no commit runs (app/server/frame_pipeline has
// the lock).
class Screen {
 public:
  // All black. A size of at least 1x1; the desktop's limits are checked where it comes from.
  // `generation` continues the count of a predecessor of another size.
  explicit Screen(image::Size size, Generation generation = 1);

  image::Size size() const { return frame_.size(); }
  const CellGrid& grid() const { return grid_; }
  Generation generation() const { return generation_; }
  // The generation that it began with: of an older one nothing is left.
  Generation first_generation() const { return first_generation_; }
  // Pad bytes are zero. Lent until the next commit.
  image::FrameView view() const { return frame_.view(); }

  // Takes in `patches` (inside the screen), one pass over whole rows that compares and copies, so
  // that only pixels that really differ are marked. One memory-bound pass: about the cost of a
  // memcpy of the patches.
  CommitResult commit(std::span<const Patch> patches);

  const CellHistory& history(int column, int row) const {
    return history_[grid_.index(column, row)];
  }
  // The newest change in the cells that `rect` touches: pixels of `rect` are the same at equal
  // content generations.
  Generation content_generation(const image::Rect& rect) const;

 private:
  void commit_patch(const Patch& patch, CommitResult& result);
  void stamp(int column, int row, const image::Rect& rect, CommitResult& result);

  image::Frame frame_;
  CellGrid grid_;
  Generation generation_;
  Generation first_generation_;
  std::vector<CellHistory> history_;
};

}  // namespace oriel::screen
