#pragma once
// Stands in for DAMAGE on a display that does not have it: says when it is time to look, which
// bands to capture, and learns from what was captured where to look more often.

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "oriel/core/screen/patch.h"
#include "oriel/io/desktop/poll_schedule.h"

namespace boost::asio {
class io_context;
}

namespace oriel::desktop {

// The network thread owns it. While nobody captures, nothing is looked at.
class DamagePoller {
 public:
  // `due` is called from the loop when `take` has something; once until then.
  DamagePoller(boost::asio::io_context& io, image::Size size, std::function<void()> due);
  ~DamagePoller();
  DamagePoller(const DamagePoller&) = delete;
  DamagePoller& operator=(const DamagePoller&) = delete;

  void start();
  // The bands that are to be captured now.
  std::vector<image::Rect> take();
  // What came of it; no patches: it failed.
  void captured(std::span<const screen::Patch> patches);
  void resized(image::Size size);
  void input_came();

 private:
  struct Timer;

  void set_timer();

  std::unique_ptr<Timer> timer_;
  std::function<void()> due_;
  PollSchedule schedule_;
  // Of each band as it was captured last; it only decides how often one is looked at.
  std::vector<std::optional<std::uint64_t>> checksums_;
  std::vector<int> under_way_;
  TimePoint began_{};
  bool is_started_ = false;
  bool is_told_ = false;
};

}  // namespace oriel::desktop
