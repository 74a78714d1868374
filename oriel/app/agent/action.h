#pragma once
// What a program does to a desktop, as values.

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "oriel/core/image/rect.h"

namespace oriel::agent {

// The bit of a mouse button in RFB's mask (RFC 6143, 7.5.5).
enum class Button : std::uint16_t {
  kLeft = 1 << 0,
  kMiddle = 1 << 1,
  kRight = 1 << 2,
  kBack = 1 << 7,
  kForward = 1 << 8,
};

using Keysyms = std::vector<std::uint32_t>;

// All keys down in their order, then up in the other.
struct PressKeys {
  Keysyms keysyms;
};
// Presses one after another.
struct TypeText {
  Keysyms keysyms;
  std::chrono::milliseconds interval{};  // after each
  // Shift is down for capitals and for what is above digits and signs on an American keyboard.
  bool with_shift = false;
};
struct MovePointer {
  image::Point to;
};
// `modifiers` are down meanwhile.
struct Click {
  image::Point at;
  Button button = Button::kLeft;
  int count = 1;
  Keysyms modifiers = {};
};
// Along `path`, its first point where the button goes down. With a `duration` the pointer also
// comes through the places between, at an even speed.
struct Drag {
  std::vector<image::Point> path;
  Button button = Button::kLeft;
  Keysyms modifiers = {};
  std::chrono::milliseconds duration{};
};
// Steps of the wheel; positive is right and down.
struct Scroll {
  image::Point at;
  int dx = 0;
  int dy = 0;
  Keysyms modifiers = {};
};
struct Pause {
  std::chrono::milliseconds duration{};
};
// Down until it is let go.
struct KeyDown {
  std::uint32_t keysym = 0;
};
struct KeyUp {
  std::uint32_t keysym = 0;
};
// Where the pointer is.
struct ButtonDown {
  Button button = Button::kLeft;
};
struct ButtonUp {
  Button button = Button::kLeft;
};
struct HoldKeys {
  Keysyms keysyms;
  std::chrono::milliseconds duration{};
};
struct SetClipboard {
  std::string text;  // UTF-8
};
// Puts `text` on the clipboard and presses the keys that paste it.
struct Paste {
  std::string text;
  Keysyms keysyms;
};

using Action = std::variant<PressKeys, TypeText, MovePointer, Click, Drag, Scroll, Pause, KeyDown,
                            KeyUp, ButtonDown, ButtonUp, HoldKeys, SetClipboard, Paste>;

// Where on the screen the action takes place.
std::vector<image::Point> places_of(const Action& action);

}  // namespace oriel::agent
