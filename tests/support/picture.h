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

int distinct_colours(const Picture& picture);

}  // namespace oriel::support
