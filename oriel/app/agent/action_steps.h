#pragma once
// Actions as single keys, buttons and places. Pure.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "oriel/app/agent/action.h"

namespace oriel::agent {

struct Step {
  enum class Kind { kKeyDown, kKeyUp, kMove, kButtonDown, kButtonUp, kPause, kClipboard } kind;
  std::uint32_t keysym = 0;
  image::Point at;
  std::uint16_t buttons = 0;  // of RFB's mask, the wheel's too
  std::chrono::milliseconds pause{};
  std::string text = {};  // for the clipboard
};

// Zero leaves the pause out.
struct StepTimings {
  std::chrono::milliseconds press{};      // between a button's down and up
  std::chrono::milliseconds drag_step{};  // between places that a drag comes through; zero: none
  std::chrono::milliseconds made_key{};   // after a character that keyboards lack
};

std::vector<Step> steps_of(const Action& action, const StepTimings& timings = {});

// How much doing an action is: keys, buttons and places; and pauses.
struct ActionCost {
  std::size_t steps = 0;
  std::chrono::milliseconds pauses{};
};
ActionCost cost_of(const Action& action);

}  // namespace oriel::agent
