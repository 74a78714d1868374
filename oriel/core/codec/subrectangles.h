#pragma once
// Pictures as a background and rectangles of one colour on it: what RRE, CoRRE and Hextile are made
// of.

#include <cstdint>
#include <span>
#include <vector>

namespace oriel::codec {

struct Subrectangle {
  std::uint32_t colour;
  std::uint16_t x, y, width, height;
};

// The colour of most pixels; among many colours (more than 128), of most of the pixels that have
// one of the first. `pixels` is not empty.
std::uint32_t most_common_colour(std::span<const std::uint32_t> pixels);

// Appends to `out` disjoint rectangles that cover all pixels of another colour than `background`,
// in reading order of their corners; each the largest that starts there. `pixels` (rows of `width`
// behind each other) become all background. `out` grows beyond `count_max` by at most one: who
// needs no more gives up there.
void find_subrectangles(std::span<std::uint32_t> pixels, int width, std::uint32_t background,
                        std::size_t count_max, std::vector<Subrectangle>& out);

}  // namespace oriel::codec
