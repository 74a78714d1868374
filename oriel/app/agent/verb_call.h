#pragma once
// A verb with its values, and what it gave (verb_table.h). Plain values.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "oriel/app/agent/act.h"
#include "oriel/app/agent/limits.h"
#include "oriel/app/agent/mark.h"
#include "oriel/base/bytes.h"
#include "oriel/core/image/rect.h"
#include "oriel/core/screen/stillness.h"

namespace oriel::agent {

struct Verb;

using VerbValue = std::variant<bool, std::int64_t, double, std::string, std::vector<image::Point>,
                               image::Rect, milliseconds>;
using VerbValues = std::map<std::string, VerbValue, std::less<>>;

// What a verb gives, for people and for JSON. What says nothing is empty.
struct VerbResult {
  std::string verb = {};
  Duration took{};
  std::optional<ScreenReport> screen = {};
  std::optional<image::Point> pointer = {};
  std::optional<Mark> mark = {};  // when it was seen
  std::optional<Duration> waited = {};
  std::optional<std::string> text = {};    // of the clipboard, or that was found
  std::vector<std::string> texts = {};     // the clipboard's history
  std::optional<image::Rect> region = {};  // of the screen that the picture shows
  std::optional<image::Size> picture_size = {};
  std::vector<image::Rect> boxes = {};
  std::vector<screen::RecurringChange> recurring = {};
  std::string file = {};  // that was written
  // The picture, for whoever asked for the file "-".
  Bytes picture = {};
  std::string_view media_type = {};
};

// One verb with its values.
struct VerbCall {
  const Verb* verb = nullptr;
  VerbValues values;
  int line = 1;  // where it stands in its text, from 1
  int column = 1;
};

}  // namespace oriel::agent
