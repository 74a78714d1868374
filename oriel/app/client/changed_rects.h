#pragma once
// What a commit has really changed, as few rectangles. Pure.

#include <vector>

#include "oriel/core/screen/screen.h"

namespace oriel::client {

// Of the commit that gave `screen` its generation, inside `bounds`: the changed rectangles of the
// cells, joined where they make up a larger one.
std::vector<image::Rect> changed_rects(const screen::Screen& screen, const image::Rect& bounds);

}  // namespace oriel::client
