#pragma once
// Pictures for exact comparison, and how to take them off an X display.

#include <cstdint>
#include <string>
#include <vector>

namespace oriel::support {

struct Picture {
  int width = 0;
  int height = 0;
  std::vector<std::uint32_t> pixels;  // 0x00RRGGBB, row by row

  friend bool operator==(const Picture&, const Picture&) = default;
};

struct XDisplay {
  std::string name;       // ":7"
  std::string authority;  // path of the file with its cookie; empty when none is needed
};

// A window of a display, by its number, or else the root window with all that is on it. By xwd.
// Throws std::runtime_error.
Picture grab(const XDisplay& display, const std::string& window = "");

// "" when equal, else how many pixels differ and where the first is.
std::string difference(const Picture& a, const Picture& b);

// A picture file of any kind that ImageMagick knows. Throws std::runtime_error.
Picture read_picture(const std::string& path);

// Writes a binary portable pixmap.
void write_picture(const std::string& path, const Picture& picture);

// The upper left of `picture`, at most as large as it is.
Picture cropped(const Picture& picture, int width, int height);

// How a viewer makes 0..255 of the values 0..max of a channel.
enum class Widening { kToNearest, kDown };

// How the picture looks when each channel has only the values 0..max: each colour rounded to the
// nearest that there is.
Picture rounded(Picture picture, std::uint32_t red_max, std::uint32_t green_max,
                std::uint32_t blue_max, Widening widening = Widening::kToNearest);

// The largest distance between two values of a channel; 255 when the sizes differ.
int largest_deviation(const Picture& a, const Picture& b);

// The mean distance between two values of a channel; 255 when the sizes differ.
double mean_deviation(const Picture& a, const Picture& b);

int distinct_colours(const Picture& picture);

}  // namespace oriel::support
