#include "oriel/app/agent/waits.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "oriel/core/screen/changed_rects.h"

namespace oriel::agent {

using boost::asio::awaitable;
using image::Rect;

namespace {

Rect around(const std::vector<Rect>& boxes) {
  Rect bounds;
  for (const auto& box : boxes) bounds = bounds.united(box);
  return bounds;
}

// What happened in a region in vain.
std::string what_happened(const screen::Stillness& stillness, TimePoint now) {
  if (!stillness.has_changed()) return "nothing changed there";
  return fmt::format("it changed {} {}, the last time {} ago in {}", stillness.changes(),
                     stillness.changes() == 1 ? "time" : "times",
                     shown(now - stillness.last_change()), shown(stillness.last_box()));
}

}  // namespace

std::string shown(const Rect& rect) {
  return fmt::format("{},{},{}x{}", rect.x, rect.y, rect.width, rect.height);
}

std::string shown(Duration duration) {
  const auto time = std::chrono::duration_cast<milliseconds>(duration);
  if (time < std::chrono::seconds(1)) return fmt::format("{} ms", time.count());
  return fmt::format("{:.3g} s", std::chrono::duration<double>(time).count());
}

AgentResult<Rect> Waits::region_of(const std::optional<Rect>& region) const {
  const auto whole = Rect::of(target_.screen().size());
  if (!region) return whole;
  if (!region->is_empty() && whole.contains(*region)) return *region;
  return failure(ErrorKind::kInput,
                 fmt::format("the region {} is not on the screen, which is {}x{}", shown(*region),
                             whole.width, whole.height));
}

AgentResult<Waits::Begun> Waits::begin(const std::optional<Mark>& since,
                                       milliseconds timeout) const {
  ORIEL_TRY_VOID(target_.check());
  if (timeout < milliseconds::zero() || timeout > kTimeoutMax)
    return failure(ErrorKind::kInput, fmt::format("a time-out of {}, at most {} is possible",
                                                  shown(timeout), shown(kTimeoutMax)));
  const auto now = Clock::now();
  return Begun{now, now + timeout, since.value_or(log_.mark()), log_.resizes()};
}

// Whether it makes sense to wait on.
AgentStatus Waits::check_screen(const Begun& begun) const {
  ORIEL_TRY_VOID(target_.check());
  if (log_.resizes() == begun.resizes) return {};
  const auto size = target_.screen().size();
  return failure(ErrorKind::kAction,
                 fmt::format("the screen has another size now, {}x{}: the region to wait for is no "
                             "longer on it",
                             size.width, size.height));
}

Seen Waits::seen_now(const Begun& begun, std::vector<Rect> boxes) const {
  const auto whole = Rect::of(target_.screen().size());
  const auto bounds = around(boxes).intersected(whole);
  return {.mark = log_.mark(),
          .waited = Clock::now() - begun.called,
          .boxes = std::move(boxes),
          .picture_at = bounds,
          .picture = copy_of(target_.screen().view(), bounds)};
}

awaitable<AgentResult<Seen>> Waits::still(StillOptions options) {
  auto begun = begin(options.since, options.timeout);
  if (!begun) co_return std::unexpected(begun.error());
  auto region = region_of(options.region);
  if (!region) co_return std::unexpected(region.error());
  if (options.quiet <= milliseconds::zero() || options.quiet > kTimeoutMax)
    co_return failure(ErrorKind::kInput, "the quiet time must be more than 0 ms");
  screen::StillnessConfig config{*region, options.quiet, options.is_strict};
  screen::Stillness stillness(config, begun->since.at);
  auto known = begun->since;
  bool is_confirmed = false;
  while (true) {
    if (log_.resizes() != begun->resizes && !options.region) {
      // A whole screen is waited for whatever its size: all of it is new now.
      begun->resizes = log_.resizes();
      config.region = *region_of({});
      known = log_.mark();
      stillness = screen::Stillness(config, known.at);
      stillness.add(known.at, std::vector{config.region});
      is_confirmed = false;
    }
    if (auto status = check_screen(*begun); !status) co_return std::unexpected(status.error());
    const auto& changes = log_.changes();
    for (auto i = log_.first_after(known); i < changes.size(); ++i) {
      stillness.add(changes[i].at, changes[i].rects);
      known.generation = changes[i].generation;
      is_confirmed = false;
    }
    const auto now = Clock::now();
    if (now >= stillness.still_at()) {
      if (is_confirmed) {
        auto seen = seen_now(*begun, stillness.boxes());
        seen.recurring = stillness.recurring();
        co_return seen;
      }
      // Silence may also be that of a line that is slow.
      auto caught_up = co_await target_.catch_up(begun->deadline);
      if (!caught_up) co_return std::unexpected(caught_up.error());
      is_confirmed = true;
      continue;
    }
    if (now >= begun->deadline)
      co_return failure(
          ErrorKind::kTimeout,
          fmt::format("{} was not still for {} within {}: {}", shown(config.region),
                      shown(options.quiet), shown(options.timeout), what_happened(stillness, now)));
    co_await log_.news(std::min(stillness.still_at(), begun->deadline));
  }
}

awaitable<AgentResult<Seen>> Waits::change(ChangeOptions options) {
  auto begun = begin(options.since, options.timeout);
  if (!begun) co_return std::unexpected(begun.error());
  auto region = region_of(options.region);
  if (!region) co_return std::unexpected(region.error());
  auto known = begun->since;
  // What the log has forgotten is still known cell by cell.
  const auto& changes = log_.changes();
  const bool is_forgotten = !changes.empty() && log_.first_after(known) == 0 &&
                            changes.front().generation > known.generation + 1;
  if (is_forgotten && target_.screen().content_generation(*region) > known.generation)
    co_return seen_now(*begun, {*region});
  int elsewhere = 0;
  while (true) {
    if (auto status = target_.check(); !status) co_return std::unexpected(status.error());
    std::vector<Rect> boxes;
    for (auto i = log_.first_after(known); i < changes.size(); ++i) {
      for (const auto& rect : changes[i].rects)
        if (const auto box = rect.intersected(*region); !box.is_empty()) boxes.push_back(box);
      known.generation = changes[i].generation;
      if (boxes.empty()) ++elsewhere;
    }
    if (!boxes.empty()) co_return seen_now(*begun, screen::joined(boxes));
    if (auto status = check_screen(*begun); !status) co_return std::unexpected(status.error());
    if (Clock::now() >= begun->deadline)
      co_return failure(
          ErrorKind::kTimeout,
          fmt::format("nothing changed in {} within {}; the rest of the screen changed {} {}",
                      shown(*region), shown(options.timeout), elsewhere,
                      elsewhere == 1 ? "time" : "times"));
    co_await log_.news(begun->deadline);
  }
}

}  // namespace oriel::agent
