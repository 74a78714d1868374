#pragma once
// How an agent clicks, drags and scrolls. Plain values.

#include <optional>

#include "oriel/app/agent/action.h"
#include "oriel/app/agent/limits.h"
#include "oriel/core/image/rect.h"

namespace oriel::agent {

struct ClickOptions {
  std::optional<image::Point> at = {};  // where the pointer is
  Button button = Button::kLeft;
  int count = 1;
  Keysyms modifiers = {};
  milliseconds delay{};  // after it
};

struct DragOptions {
  Button button = Button::kLeft;
  Keysyms modifiers = {};
  milliseconds duration = kDragTime;
  milliseconds delay{};
};

struct ScrollOptions {
  std::optional<image::Point> at = {};  // where the pointer is
  Keysyms modifiers = {};
  milliseconds delay{};  // after it
};

}  // namespace oriel::agent
