#include "oriel/core/screen/stillness.h"

#include <algorithm>

#include "oriel/base/check.h"
#include "oriel/core/screen/changed_rects.h"

namespace oriel::screen {

using image::Rect;

namespace {

// Counted boxes that are kept before they are joined.
constexpr std::size_t kLargeMax = 256;

// The digit of a clock, or a spinner of which a part changed: nearly the same, or a part of it. The
// next character beside a caret is neither: half of their common box is new.
bool is_same_place(const Rect& known, const Rect& box) {
  if (known.contains(box)) return true;
  const auto common = known.intersected(box).area();
  return 10 * common > 6 * (known.area() + box.area() - common);
}

}  // namespace

Stillness::Stillness(const StillnessConfig& config, TimePoint start)
    : config_(config), start_(start), last_large_(start) {
  ORIEL_CHECK(!config.region.is_empty());
}

void Stillness::add(TimePoint at, std::span<const Rect> rects) {
  at = std::max(at, start_);
  Rect around;
  for (const auto& rect : rects) {
    const auto box = rect.intersected(config_.region);
    if (box.is_empty()) continue;
    around = around.united(box);
    if (!config_.is_strict && is_small(box))
      add_small(at, box);
    else
      add_counted(at, box);
  }
  if (around.is_empty()) return;
  ++changes_;
  last_change_ = at;
  last_box_ = around;
}

bool Stillness::is_small(const Rect& box) const {
  return box.area() * kSmallPartOfRegion <= config_.region.area();
}

void Stillness::add_small(TimePoint at, const Rect& box) {
  const auto known = std::ranges::find_if(
      small_, [&](const SmallChange& each) { return is_same_place(each.change.box, box); });
  if (known != small_.end()) {
    ++known->change.times;
    known->change.last = at;
  } else if (small_.size() < kBoxesMax) {
    small_.push_back({{box, 1, at}, at});
  } else {
    add_counted(at, box);
  }
}

void Stillness::add_counted(TimePoint at, const Rect& box) {
  last_large_ = at;
  large_.push_back(box);
  if (large_.size() > kLargeMax) large_ = joined(large_);
}

TimePoint Stillness::last_counted() const {
  auto last = last_large_;
  for (const auto& each : small_)
    if (!each.is_recurring()) last = std::max(last, each.change.last);
  return last;
}

std::vector<Rect> Stillness::boxes() const {
  auto boxes = large_;
  for (const auto& each : small_)
    if (!each.is_recurring()) boxes.push_back(each.change.box);
  return joined(boxes);
}

std::vector<RecurringChange> Stillness::recurring() const {
  std::vector<RecurringChange> recurring;
  for (const auto& each : small_)
    if (each.is_recurring()) recurring.push_back(each.change);
  return recurring;
}

}  // namespace oriel::screen
