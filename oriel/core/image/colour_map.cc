#include "oriel/core/image/colour_map.h"

namespace oriel::image {
namespace {

constexpr int kLevels = 6;        // of each channel of the cube
constexpr int kLevelStep = 51;    // between two of them
constexpr int kGreysPerStep = 9;  // from one grey of the cube to the next
constexpr int kGreys = (kLevels - 1) * kGreysPerStep + 1;
constexpr int kCubeColours = kLevels * kLevels * kLevels;

constexpr int grey_value(int grey) { return (grey * 255 + (kGreys - 1) / 2) / (kGreys - 1); }

// Every ninth grey is a colour of the cube.
constexpr int grey_entry(int grey) {
  const int level = grey / kGreysPerStep, between = grey % kGreysPerStep;
  if (between == 0) return level * (kLevels * kLevels + kLevels + 1);
  return kCubeColours + level * (kGreysPerStep - 1) + between - 1;
}

constexpr ColourMap make_map() {
  ColourMap map{};
  for (int red = 0; red < kLevels; ++red)
    for (int green = 0; green < kLevels; ++green)
      for (int blue = 0; blue < kLevels; ++blue)
        map[(red * kLevels + green) * kLevels + blue] =
            static_cast<std::uint32_t>((red << 16 | green << 8 | blue) * kLevelStep);
  for (int grey = 0; grey < kGreys; ++grey)
    map[grey_entry(grey)] = static_cast<std::uint32_t>(grey_value(grey)) * 0x010101;
  return map;
}
constexpr ColourMap kMap = make_map();

constexpr std::array<std::uint8_t, 256> make_levels() {
  std::array<std::uint8_t, 256> levels{};
  for (int value = 0; value < 256; ++value)
    levels[value] = static_cast<std::uint8_t>((value + kLevelStep / 2) / kLevelStep);
  return levels;
}
constexpr auto kLevelOf = make_levels();

// The nearest grey to a pixel depends on the sum of its channels alone. The entry's number.
constexpr std::array<std::uint8_t, 3 * 255 + 1> make_grey_entries() {
  std::array<std::uint8_t, 3 * 255 + 1> entries{};
  int grey = 0;
  for (int sum = 0; sum <= 3 * 255; ++sum) {
    while (grey + 1 < kGreys && 3 * (grey_value(grey) + grey_value(grey + 1)) < 2 * sum) ++grey;
    entries[sum] = static_cast<std::uint8_t>(grey_entry(grey));
  }
  return entries;
}
constexpr auto kGreyEntryOf = make_grey_entries();

int distance(std::uint32_t colour, int red, int green, int blue) {
  const int r = static_cast<int>(colour >> 16) - red;
  const int g = static_cast<int>(colour >> 8 & 255) - green;
  const int b = static_cast<int>(colour & 255) - blue;
  return r * r + g * g + b * b;
}

}  // namespace

const ColourMap& standard_colour_map() { return kMap; }

std::uint8_t nearest_colour(std::uint32_t pixel) {
  const int red = pixel >> 16 & 255, green = pixel >> 8 & 255, blue = pixel & 255;
  const auto cube = static_cast<std::uint8_t>(
      (kLevelOf[red] * kLevels + kLevelOf[green]) * kLevels + kLevelOf[blue]);
  const auto grey = kGreyEntryOf[red + green + blue];
  const bool is_grey_nearer =
      distance(kMap[grey], red, green, blue) < distance(kMap[cube], red, green, blue);
  return is_grey_nearer ? grey : cube;
}

}  // namespace oriel::image
