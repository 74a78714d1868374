#include "tests/support/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <unordered_set>

#include "tests/support/child_process.h"

namespace oriel::support {
namespace {

// The XWD file format (X11/XWDFile.h): a header of big-endian 32-bit words, then colour map entries
// of 12 bytes, then the rows.
Picture parse_xwd(const std::string& file) {
  const auto byte = [&](std::size_t at) {
    return std::uint32_t{static_cast<std::uint8_t>(file.at(at))};
  };
  const auto word = [&](std::size_t index) {
    const std::size_t at = index * 4;
    return byte(at) << 24 | byte(at + 1) << 16 | byte(at + 2) << 8 | byte(at + 3);
  };
  const std::uint32_t header_size = word(0), version = word(1), format = word(2);
  const std::uint32_t bits_per_pixel = word(11), stride = word(12), colours = word(19);
  const bool is_lsb_first = word(7) == 0;
  if (version != 7 || format != 2 || bits_per_pixel != 32 || !is_lsb_first) {
    throw std::runtime_error(
        fmt::format("xwd: version {}, format {}, {} bits; want a 32-bit ZPixmap", version, format,
                    bits_per_pixel));
  }
  Picture picture{static_cast<int>(word(4)), static_cast<int>(word(5)), {}};
  picture.pixels.reserve(std::size_t{word(4)} * word(5));
  const std::size_t first_row = header_size + std::size_t{colours} * 12;
  for (std::size_t y = 0; y < word(5); ++y) {
    for (std::size_t x = 0; x < word(4); ++x) {
      const std::size_t at = first_row + y * stride + x * 4;
      picture.pixels.push_back(byte(at) | byte(at + 1) << 8 | byte(at + 2) << 16);
    }
  }
  return picture;
}

// A binary portable pixmap with 8 bits per channel and no comments, as ImageMagick writes it.
Picture parse_ppm(const std::string& file) {
  std::istringstream stream(file);
  std::string magic;
  Picture picture;
  int max = 0;
  stream >> magic >> picture.width >> picture.height >> max;
  const auto count = static_cast<std::size_t>(picture.width) * picture.height;
  const std::size_t first = static_cast<std::size_t>(stream.tellg()) + 1;
  if (!stream || magic != "P6" || max != 255 || file.size() != first + count * 3) {
    throw std::runtime_error("not a pixmap of 8 bits per channel");
  }
  const auto byte = [&](std::size_t at) {
    return std::uint32_t{static_cast<std::uint8_t>(file[at])};
  };
  picture.pixels.reserve(count);
  for (std::size_t at = first; at < file.size(); at += 3) {
    picture.pixels.push_back(byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2));
  }
  return picture;
}

std::uint32_t channel(std::uint32_t pixel, int shift) { return pixel >> shift & 0xff; }

}  // namespace

Picture read_picture(const std::string& path) {
  return parse_ppm(run({{"convert", path, "-depth", "8", "ppm:-"}, {}}));
}

void write_picture(const std::string& path, const Picture& picture) {
  std::ofstream file(path, std::ios::binary);
  file << fmt::format("P6\n{} {}\n255\n", picture.width, picture.height);
  for (const std::uint32_t pixel : picture.pixels) {
    for (const int shift : {16, 8, 0}) file.put(static_cast<char>(channel(pixel, shift)));
  }
}

Picture cropped(const Picture& picture, int width, int height) {
  Picture part{std::min(width, picture.width), std::min(height, picture.height), {}};
  for (int y = 0; y < part.height; ++y) {
    const auto row = picture.pixels.begin() + static_cast<std::ptrdiff_t>(y) * picture.width;
    part.pixels.insert(part.pixels.end(), row, row + part.width);
  }
  return part;
}

Picture rounded(Picture picture, std::uint32_t red_max, std::uint32_t green_max,
                std::uint32_t blue_max, Widening widening) {
  const auto seen = [widening](std::uint32_t value, std::uint32_t max) {
    const std::uint32_t narrow = (value * max + 127) / 255;
    return (narrow * 255 + (widening == Widening::kToNearest ? max / 2 : 0)) / max;
  };
  for (auto& pixel : picture.pixels) {
    pixel = seen(channel(pixel, 16), red_max) << 16 | seen(channel(pixel, 8), green_max) << 8 |
            seen(channel(pixel, 0), blue_max);
  }
  return picture;
}

int largest_deviation(const Picture& a, const Picture& b) {
  if (a.width != b.width || a.height != b.height) return 255;
  int largest = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) {
    for (const int shift : {16, 8, 0}) {
      const auto distance = static_cast<int>(channel(a.pixels[i], shift)) -
                            static_cast<int>(channel(b.pixels[i], shift));
      largest = std::max(largest, std::abs(distance));
    }
  }
  return largest;
}

double mean_deviation(const Picture& a, const Picture& b) {
  if (a.width != b.width || a.height != b.height || a.pixels.empty()) return 255;
  double sum = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) {
    for (const int shift : {16, 8, 0}) {
      sum += std::abs(static_cast<int>(channel(a.pixels[i], shift)) -
                      static_cast<int>(channel(b.pixels[i], shift)));
    }
  }
  return sum / (3.0 * static_cast<double>(a.pixels.size()));
}

Picture grab(const XDisplay& display, const std::string& window) {
  Command command{{"xwd", "-silent", "-display", display.name}, {}};
  if (window.empty()) {
    command.arguments.push_back("-root");
  } else {
    command.arguments.insert(command.arguments.end(), {"-id", window});
  }
  if (!display.authority.empty()) command.environment["XAUTHORITY"] = display.authority;
  return parse_xwd(run(command));
}

std::string difference(const Picture& a, const Picture& b) {
  if (a.width != b.width || a.height != b.height) {
    return fmt::format("{}x{} and {}x{} pixels", a.width, a.height, b.width, b.height);
  }
  std::size_t count = 0, first = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) {
    if (a.pixels[i] != b.pixels[i] && count++ == 0) first = i;
  }
  if (count == 0) return "";
  return fmt::format("{} pixels differ, the first at ({}, {}): {:06x} and {:06x}", count,
                     first % a.width, first / a.width, a.pixels[first], b.pixels[first]);
}

int distinct_colours(const Picture& picture) {
  const std::unordered_set<std::uint32_t> seen(picture.pixels.begin(), picture.pixels.end());
  return static_cast<int>(seen.size());
}

}  // namespace oriel::support
