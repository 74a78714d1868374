#pragma once
// What has changed on a desktop lately, with time and pixels, so that a wait can look back to a
// mark: also at what has come and gone again.

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "oriel/app/agent/agent_target.h"
#include "oriel/app/agent/bell.h"
#include "oriel/app/agent/limits.h"
#include "oriel/app/agent/mark.h"
#include "oriel/core/image/frame.h"

namespace oriel::agent {

// Lives on the loop of its target, which outlives it, longer than whoever waits for news.
class DamageLog final : public AgentTargetListener {
 public:
  struct Change {
    screen::Generation generation = 0;
    TimePoint at{};
    std::vector<image::Rect> rects;    // inside the screen of that time
    std::vector<image::Frame> pixels;  // of each of `rects`; none when they were too many
  };

  explicit DamageLog(AgentTarget& target, std::size_t bytes_max = kLogBytesMax);
  ~DamageLog() override;
  DamageLog(const DamageLog&) = delete;
  DamageLog& operator=(const DamageLog&) = delete;

  Mark mark() const;

  // The oldest first. A resize is a change of all, and those before it were on another screen.
  const std::deque<Change>& changes() const { return changes_; }
  // The place in changes() of the first that is newer than the mark; changes().size() when none is.
  std::size_t first_after(const Mark& mark) const;

  // Shows what the screen looked like after each change since the mark, the oldest first, until
  // `look` returns true; whether it did. What is
  // forgotten, or was before a resize, is left out. Costs a copy of the screen when there is any.
  using Look = std::function<bool(const image::FrameView&, const Change&)>;
  bool replay(const Mark& since, const Look& look) const;

  int resizes() const { return resizes_; }
  int clipboard_changes() const { return clipboard_changes_; }
  // Nothing unless the target has been lost and not been found again.
  std::optional<AgentError> loss() const;

  // Returns at the next event of the target, or at `until`.
  boost::asio::awaitable<void> news(TimePoint until) { return bell_.wait(until); }

 private:
  void screen_changes_soon() override;
  void screen_changed(const ScreenChange& change) override;
  void screen_resized() override;
  void clipboard_changed(desktop::ClipboardFormats formats) override;
  void target_lost(const AgentError& error) override;
  void add(Change change);
  void forget_pixels();

  AgentTarget& target_;
  std::size_t bytes_max_;
  Bell bell_;
  std::deque<Change> changes_;
  image::Frame base_;  // the screen before the first change that has pixels; empty without one
  std::size_t without_pixels_ = 0;  // how many of changes_, the oldest, have none
  std::size_t bytes_ = 0;           // of pixels
  int resizes_ = 0;
  int clipboard_changes_ = 0;
  std::optional<AgentError> loss_;
};

// The pixels of `rect`, which is inside `view`.
image::Frame copy_of(const image::FrameView& view, const image::Rect& rect);
// Puts `pixels` where `to` is in `frame`.
void paste(const image::Frame& pixels, const image::Rect& to, image::Frame& frame);

}  // namespace oriel::agent
