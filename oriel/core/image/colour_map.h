#pragma once
// The one colour map of Oriel, for viewers that cannot show true colour: a cube of 6x6x6 colours
// and the greys between its greys.

#include <array>
#include <cstdint>

namespace oriel::image {

// Map entries, each 0x00RRGGBB: 216 of the cube (blue changes fastest, levels 0, 51, .. 255), then
// 40 greys, 8 between each two of the cube's. No colour is there twice.
using ColourMap = std::array<std::uint32_t, 256>;
const ColourMap& standard_colour_map();

// The number of the entry next to a BGRX pixel (by the distance of red, green and blue; its pad
// byte means nothing). About 2 ns.
std::uint8_t nearest_colour(std::uint32_t pixel);

}  // namespace oriel::image
