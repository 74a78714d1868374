#pragma once
// The real screens that benchmarks read (see make_screens.sh), and the units they are sent in.

#include <string>
#include <vector>

#include "oriel/core/image/frame.h"

namespace oriel::bench {

struct Screen {
  std::string name;  // "terminals", "page", "photo"
  image::Frame frame;
};

// All screens, 1920x1080; read once. Ends the program when a file cannot be read.
const std::vector<Screen>& screens();

// `size` cut into units of at most 512x256, row by row, as an update of the whole screen is.
std::vector<image::Rect> units(image::Size size);

}  // namespace oriel::bench
