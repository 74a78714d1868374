#pragma once
// What an agent waits for, and what it saw. Plain values. With `since` a wait also sees what
// happened after that mark and before the call.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "oriel/app/agent/limits.h"
#include "oriel/app/agent/mark.h"
#include "oriel/core/image/frame.h"
#include "oriel/core/image/rgba_image.h"
#include "oriel/core/screen/stillness.h"

namespace oriel::agent {

// No region: the whole screen.
struct StillOptions {
  std::optional<image::Rect> region = {};
  milliseconds quiet = kQuiet;
  // A caret or a clock counts too: small changes that recur in one place (core/screen/stillness.h).
  bool is_strict = false;
  std::optional<Mark> since = {};
  milliseconds timeout = kWaitTimeout;
};
struct ChangeOptions {
  std::optional<image::Rect> region = {};
  std::optional<Mark> since = {};
  milliseconds timeout = kWaitTimeout;
};
struct ImageOptions {
  image::RgbaImage picture;
  double fuzz = 0;  // how different it may be, 0 to 255 (core/image/picture_search.h)
  std::optional<image::Rect> region = {};
  std::optional<Mark> since = {};
  milliseconds timeout = kWaitTimeout;
};
struct ColourOptions {
  image::Point at;
  std::uint32_t colour = 0;  // 0x00RRGGBB
  int tolerance = 0;         // of each channel
  std::optional<Mark> since = {};
  milliseconds timeout = kWaitTimeout;
};
struct TextOptions {
  std::string text;         // in one line, whatever the spaces between its words
  bool is_pattern = false;  // an ECMAScript regular expression
  std::optional<image::Rect> region = {};
  std::string language = "eng";  // of tesseract
  std::optional<Mark> since = {};
  milliseconds timeout = kWaitTimeout;
};

// What a wait saw.
struct Seen {
  Mark mark;          // when it was on the screen
  Duration waited{};  // since the call
  // What changed and counts, or where it was found.
  std::vector<image::Rect> boxes = {};
  std::vector<screen::RecurringChange> recurring = {};  // what did not count
  image::Rect picture_at = {};  // around the boxes; empty when there are none
  image::Frame picture = {};    // of there, at that time
  std::string text = {};        // the line that was found
};

}  // namespace oriel::agent
