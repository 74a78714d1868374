// The wait for a text.

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <utility>

#include "oriel/app/agent/elsewhere.h"
#include "oriel/app/agent/text_reader.h"
#include "oriel/app/agent/waits.h"

namespace oriel::agent {

using boost::asio::awaitable;
using image::Rect;

namespace {

// Pictures of the past that are read, the latest ones: each takes a second or so.
constexpr std::size_t kPastPicturesMax = 8;

struct PastPicture {
  image::Frame frame;
  Mark mark;
};

// What was read, and where in it the text is, if it is.
struct Reading {
  std::vector<ReadLine> lines;
  TextMatcher::Match match;
};

AgentResult<Reading> read_for(const TextMatcher& matcher, const image::FrameView& picture,
                              const std::string& language, TimePoint deadline) {
  Reading reading;
  for (const auto layout : text_layouts(picture.size())) {
    auto lines = read_text(picture, language, layout, deadline);
    if (!lines) return std::unexpected(lines.error());
    reading.match = matcher.find(*lines);
    if (!reading.match.line.empty() || !lines->empty()) reading.lines = *std::move(lines);
    if (!reading.match.line.empty()) break;
  }
  return reading;
}

awaitable<AgentResult<Reading>> read_elsewhere(const TextMatcher& matcher,
                                               const image::Frame& frame,
                                               const std::string& language, TimePoint deadline) {
  std::function<AgentResult<Reading>()> work = [matcher, frame, language, deadline] {
    return read_for(matcher, frame.view(), language, deadline);
  };
  return elsewhere(std::move(work));
}

bool touches(const DamageLog::Change& change, const Rect& region) {
  return std::ranges::any_of(change.rects,
                             [&](const Rect& rect) { return rect.intersects(region); });
}

std::string some_of(const std::vector<ReadLine>& lines) {
  constexpr std::size_t kShownMax = 120;
  std::string text;
  for (const auto& line : lines)
    for (const auto& word : line) text += (text.empty() ? "" : " ") + word.text;
  if (text.empty()) return "no text was read there";
  if (text.size() > kShownMax) text = text.substr(0, kShownMax) + "...";
  return fmt::format("'{}' was read there", text);
}

}  // namespace

awaitable<AgentResult<Seen>> Waits::text(TextOptions options) {
  auto begun = begin(options.since, options.timeout);
  if (!begun) co_return std::unexpected(begun.error());
  auto region = region_of(options.region);
  if (!region) co_return std::unexpected(region.error());
  const auto matcher = TextMatcher::make(options.text, options.is_pattern);
  if (!matcher) co_return std::unexpected(matcher.error());

  std::deque<PastPicture> pictures;
  log_.replay(begun->since, [&](const image::FrameView& view, const DamageLog::Change& change) {
    if (!Rect::of(view.size()).contains(*region) || !touches(change, *region)) return false;
    pictures.push_back({copy_of(view, *region), {change.at, change.generation}});
    if (pictures.size() > kPastPicturesMax) pictures.pop_front();
    return false;
  });
  if (pictures.empty())
    pictures.push_back({copy_of(target_.screen().view(), *region), log_.mark()});
  // A deadline that has passed allows for one reading all the same.
  const auto read_until = std::max(begun->deadline, begun->called + std::chrono::seconds(10));
  std::vector<ReadLine> last_read;
  auto known = log_.mark();
  while (true) {
    for (auto& picture : pictures) {
      auto reading = co_await read_elsewhere(*matcher, picture.frame, options.language, read_until);
      if (!reading) co_return std::unexpected(reading.error());
      const auto& match = reading->match;
      last_read = std::move(reading->lines);
      if (match.line.empty()) continue;
      const auto box = match.box.intersected(Rect::of(region->size()));
      const Rect place{box.x + region->x, box.y + region->y, box.width, box.height};
      co_return Seen{.mark = picture.mark,
                     .waited = Clock::now() - begun->called,
                     .boxes = {place},
                     .picture_at = place,
                     .picture = copy_of(picture.frame.view(), box),
                     .text = match.line};
    }
    pictures.clear();
    while (pictures.empty()) {
      if (auto status = check_screen(*begun); !status) co_return std::unexpected(status.error());
      const auto& changes = log_.changes();
      bool is_new = false;
      for (auto i = log_.first_after(known); i < changes.size() && !is_new; ++i)
        is_new = touches(changes[i], *region);
      known = log_.mark();
      if (is_new) {
        pictures.push_back({copy_of(target_.screen().view(), *region), known});
      } else {
        if (known.at >= begun->deadline)
          co_return failure(
              ErrorKind::kTimeout,
              fmt::format("the text '{}' was not seen in {} within {}: {}", options.text,
                          shown(*region), shown(options.timeout), some_of(last_read)));
        co_await log_.news(begun->deadline);
      }
    }
  }
}

}  // namespace oriel::agent
