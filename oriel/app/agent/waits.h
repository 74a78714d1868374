#pragma once
// What one waits for on a desktop: driven by what changes on it, never by looking again and again.
// With `since` a wait also sees what happened after that mark and before the call.

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "oriel/app/agent/damage_log.h"
#include "oriel/app/agent/limits.h"
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
  milliseconds timeout = kTimeout;
};
struct ChangeOptions {
  std::optional<image::Rect> region = {};
  std::optional<Mark> since = {};
  milliseconds timeout = kTimeout;
};
struct ImageOptions {
  image::RgbaImage picture;
  double fuzz = 0;  // how different it may be, 0 to 255 (core/image/picture_search.h)
  std::optional<image::Rect> region = {};
  std::optional<Mark> since = {};
  milliseconds timeout = kTimeout;
};
struct ColourOptions {
  image::Point at;
  std::uint32_t colour = 0;  // 0x00RRGGBB
  int tolerance = 0;         // of each channel
  std::optional<Mark> since = {};
  milliseconds timeout = kTimeout;
};
struct TextOptions {
  std::string text;         // in one line, whatever the spaces between its words
  bool is_pattern = false;  // an ECMAScript regular expression
  std::optional<image::Rect> region = {};
  std::string language = "eng";  // of tesseract
  std::optional<Mark> since = {};
  milliseconds timeout = kTimeout;
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

// Lives on the loop of the target. Each wait ends by its time-out (kTimeout says what was seen
// instead) or with the loss of the target, and outlives neither the target nor the log.
class Waits {
 public:
  Waits(AgentTarget& target, DamageLog& log) : target_(target), log_(log) {}

  // Nothing has changed for the quiet time, since the mark or the call; and the desktop has shown a
  // sign of life since.
  boost::asio::awaitable<AgentResult<Seen>> still(StillOptions options);
  boost::asio::awaitable<AgentResult<Seen>> change(ChangeOptions options);
  boost::asio::awaitable<AgentResult<Seen>> image(ImageOptions options);
  boost::asio::awaitable<AgentResult<Seen>> colour(ColourOptions options);
  // Needs the program tesseract; kInternal without it.
  boost::asio::awaitable<AgentResult<Seen>> text(TextOptions options);

  // `region`, or the whole screen. kInput when it is not on the screen.
  AgentResult<image::Rect> region_of(const std::optional<image::Rect>& region) const;

 private:
  struct Begun {
    TimePoint called;
    TimePoint deadline;
    Mark since;
    int resizes = 0;
  };
  // A picture of the screen in which something is looked for.
  struct Sight {
    const image::FrameView& view;
    const Mark& mark;
    std::vector<image::Rect> fresh;  // what may be new in it
  };
  using Look = std::function<std::optional<Seen>(const Sight&)>;

  AgentResult<Begun> begin(const std::optional<Mark>& since, milliseconds timeout) const;
  AgentStatus check_screen(const Begun& begun) const;
  boost::asio::awaitable<AgentResult<Seen>> look_until_found(Begun begun, image::Rect region,
                                                             Look look,
                                                             std::function<std::string()> missed);
  std::optional<Seen> look_back(const Begun& begun, const image::Rect& region, const Look& look,
                                Mark& seen_until) const;
  Seen seen_now(const Begun& begun, std::vector<image::Rect> boxes) const;

  AgentTarget& target_;
  DamageLog& log_;
};

// "40,30,200x100" for sentences.
std::string shown(const image::Rect& rect);
// "1.5 s", "150 ms".
std::string shown(Duration duration);

}  // namespace oriel::agent
