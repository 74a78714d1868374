#pragma once
// What an agent does in one call, and what came of it. Plain values.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "oriel/app/agent/action.h"
#include "oriel/app/agent/limits.h"
#include "oriel/app/agent/picture.h"
#include "oriel/app/agent/wait_options.h"

namespace oriel::agent {

struct AgentOptions {
  // Pixels of the latest changes, for waits that look back; 0: none.
  std::size_t history_bytes = kLogBytesMax;
};

struct ScreenReport {
  image::Size size;
  std::optional<image::Point> pointer;  // nothing: not known
  screen::Generation generation = 0;
  std::optional<image::Size> cursor;  // nothing when it is hidden or not known
  bool has_clipboard = false;
  std::uint16_t buttons = 0;  // that this agent holds, of RFB's mask
  Keysyms keys;               // likewise
};

// What act() answers with.
enum class ActReply {
  kFull,   // the whole screen
  kDelta,  // what has changed, in at most kDeltaPicturesMax pictures
  kNone,   // no picture
};
inline constexpr std::size_t kDeltaPicturesMax = 8;

struct ActRequest {
  std::vector<Action> actions;
  // Its `since` is the beginning of the actions. Nothing: does not wait.
  std::optional<StillOptions> settle = StillOptions{};
  ActReply reply = ActReply::kDelta;
};

struct ActReport {
  Mark begun;       // before the first action
  Duration took{};  // all of it
  bool has_settled = false;
  std::string unsettled = {};                           // why not
  std::vector<image::Rect> boxes = {};                  // what changed since it began
  std::vector<screen::RecurringChange> recurring = {};  // what of it did not count
  bool has_copied = false;                              // a program put something on the clipboard
  std::vector<Picture> pictures = {};                   // in the order of `boxes` for kDelta

  // Silence may mean that a click missed.
  bool had_effect() const { return !boxes.empty() || has_copied; }
};

}  // namespace oriel::agent
