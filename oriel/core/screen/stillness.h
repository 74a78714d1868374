#pragma once
// Whether a part of a screen has come to rest, from its changes alone. A caret or a clock that goes
// on for ever does not count. Pure: time is an argument.

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

#include "oriel/base/time.h"
#include "oriel/core/image/rect.h"

namespace oriel::screen {

struct StillnessConfig {
  image::Rect region;      // not empty; changes elsewhere do not count
  Duration quiet{};        // how long nothing may change
  bool is_strict = false;  // a caret counts as well
};

// Changes that come again and again in one place.
struct RecurringChange {
  image::Rect box;
  int times = 0;
  TimePoint last{};

  friend bool operator==(const RecurringChange&, const RecurringChange&) = default;
};

// One strand owns it.
class Stillness {
 public:
  // A box of at most this share of the region ...
  static constexpr int kSmallPartOfRegion = 1000;
  // ... that has changed as often as this is a caret: it counts as still, also what it did before.
  static constexpr int kRecurrences = 3;
  // ... over at least this time: the answer to a click may be drawn in several steps at once.
  static constexpr std::chrono::milliseconds kRecurrenceSpan{100};
  // Small boxes that are told apart; the changes of more count in any case.
  static constexpr std::size_t kBoxesMax = 64;

  Stillness(const StillnessConfig& config, TimePoint start);

  // Pixels have changed. Calls come in order of time; what is before the start counts as at it.
  void add(TimePoint at, std::span<const image::Rect> rects);

  // When it is still if nothing more changes: `quiet` after the last change that counts.
  TimePoint still_at() const { return last_counted() + config_.quiet; }
  // Whether anything has changed in the region, and whether it counts.
  bool has_changed() const { return changes_ > 0; }

  // Commits that touched the region.
  int changes() const { return changes_; }
  TimePoint last_change() const { return last_change_; }
  image::Rect last_box() const { return last_box_; }  // of it, in the region
  // All that changed and counts, as few boxes.
  std::vector<image::Rect> boxes() const;
  // What does not count because it recurs.
  std::vector<RecurringChange> recurring() const;

 private:
  struct SmallChange {
    RecurringChange change;
    TimePoint first{};

    bool is_recurring() const {
      return change.times >= kRecurrences && change.last - first >= kRecurrenceSpan;
    }
  };

  bool is_small(const image::Rect& box) const;
  void add_small(TimePoint at, const image::Rect& box);
  void add_counted(TimePoint at, const image::Rect& box);
  TimePoint last_counted() const;

  StillnessConfig config_;
  TimePoint start_;
  TimePoint last_large_;  // change that counts whatever comes
  std::vector<image::Rect> large_;
  std::vector<SmallChange> small_;
  int changes_ = 0;
  TimePoint last_change_{};
  image::Rect last_box_;
};

}  // namespace oriel::screen
