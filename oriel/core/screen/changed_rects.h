#pragma once
// What commits have changed, as few rectangles. Pure.

#include <span>
#include <vector>

#include "oriel/core/image/rect.h"
#include "oriel/core/screen/screen.h"

namespace oriel::screen {

// What the commit of `generation`, the screen's newest, has changed inside `bounds` (its
// CommitResult::bounds): inside the screen, and no pixel twice unless it was changed by two
// patches.
std::vector<image::Rect> changed_rects(const Screen& screen, Generation generation,
                                       const image::Rect& bounds);

// Joins rectangles that touch or overlap where that adds at most a quarter to their pixels, and at
// most `count_max` are left: then it may add more. Nothing is left out. O(n^2) for n rectangles
// that are not in the order of rows.
std::vector<image::Rect> joined(std::span<const image::Rect> rects, std::size_t count_max = 64);

}  // namespace oriel::screen
