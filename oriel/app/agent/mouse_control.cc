#include "oriel/app/agent/mouse_control.h"

#include <utility>

namespace oriel::agent {

using Done = MouseControl::Done;

Done MouseControl::move_to(image::Point to, milliseconds delay) {
  return parts_.perform({MovePointer{to}}, delay);
}

namespace {

Done refused() { co_return unknown_pointer(); }

}  // namespace

Done MouseControl::click(ClickOptions options) {
  const auto at = options.at ? options.at : position();
  if (!at) return refused();
  Click click{*at, options.button, options.count, std::move(options.modifiers)};
  return parts_.perform({std::move(click)}, options.delay);
}

Done MouseControl::left_click(Place at, milliseconds delay) {
  return click({.at = at, .delay = delay});
}

Done MouseControl::middle_click(Place at, milliseconds delay) {
  return click({.at = at, .button = Button::kMiddle, .delay = delay});
}

Done MouseControl::right_click(Place at, milliseconds delay) {
  return click({.at = at, .button = Button::kRight, .delay = delay});
}

Done MouseControl::double_click(Place at, milliseconds delay) {
  return click({.at = at, .count = 2, .delay = delay});
}

Done MouseControl::triple_click(Place at, milliseconds delay) {
  return click({.at = at, .count = 3, .delay = delay});
}

Done MouseControl::drag_to(image::Point to, DragOptions options) {
  const auto from = position();
  if (!from) return refused();
  return drag({*from, to}, std::move(options));
}

Done MouseControl::drag(std::vector<image::Point> path, DragOptions options) {
  Drag drag{std::move(path), options.button, std::move(options.modifiers), options.duration};
  return parts_.perform({std::move(drag)}, options.delay);
}

Done MouseControl::down(Button button, milliseconds delay) {
  return parts_.perform({ButtonDown{button}}, delay);
}

Done MouseControl::up(Button button, milliseconds delay) {
  return parts_.perform({ButtonUp{button}}, delay);
}

}  // namespace oriel::agent
