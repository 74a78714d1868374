#pragma once
// What a program does to the desktop, as values.

#include <chrono>
#include <cstdint>
#include <variant>
#include <vector>

#include "oriel/core/image/rect.h"

namespace oriel::api {

// The bit of a mouse button in RFB's mask (RFC 6143, 7.5.5).
enum class Button : std::uint16_t { kLeft = 1 << 0, kMiddle = 1 << 1, kRight = 1 << 2 };

// All keys down in their order, then up in the other; presses of a text one after another.
struct PressKeys {
  std::vector<std::uint32_t> keysyms;
};
struct TypeText {
  std::vector<std::uint32_t> keysyms;
};
struct MovePointer {
  image::Point to;
};
struct Click {
  image::Point at;
  Button button = Button::kLeft;
  int count = 1;
};
// Along `path`, its first point where the button goes down.
struct Drag {
  std::vector<image::Point> path;
  Button button = Button::kLeft;
};
// Steps of the wheel; positive is right and down.
struct Scroll {
  image::Point at;
  int dx = 0;
  int dy = 0;
};
struct Pause {
  std::chrono::milliseconds duration{};
};

using Action = std::variant<PressKeys, TypeText, MovePointer, Click, Drag, Scroll, Pause>;

}  // namespace oriel::api
