#pragma once
// Waits on a desktop: driven by what changes on it, never by looking again and again.

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "oriel/app/agent/damage_log.h"
#include "oriel/app/agent/limits.h"
#include "oriel/app/agent/wait_options.h"

namespace oriel::agent {

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
