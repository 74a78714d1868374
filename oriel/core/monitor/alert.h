#pragma once
// Alert rules on one figure: thresholds with duration, hysteresis and cooldown. Pure: the time is
// an argument.
//
//   value        ___________        __
//   threshold --/-----------\------/--\-----
//   - hysteresis             \____/    \____
//   level      | duration |  raised      | none: it has to go below threshold - hysteresis

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/base/result.h"
#include "oriel/base/time.h"
#include "oriel/core/monitor/snapshot.h"

namespace oriel::monitor {

enum class AlertLevel { kNone, kWarning, kCritical };

// "", "WARNING", "CRITICAL".
std::string_view alert_level_name(AlertLevel level);

// Whether large figures are bad, or small ones (battery).
enum class Direction { kAbove, kBelow };

struct AlertRule {
  std::string component;  // of figure_table.h
  std::string metric;
  Direction direction = Direction::kAbove;
  std::optional<double> warning;  // at the threshold counts as reached
  std::optional<double> critical;
  Duration duration{};    // it has to last so long
  double hysteresis = 0;  // back by so much, in the figure's unit, before it is over
  Duration cooldown = std::chrono::seconds(300);  // between two notices of one level

  friend bool operator==(const AlertRule&, const AlertRule&) = default;
};

// Errors: no threshold, one that is not finite, critical on the wrong side of warning, negative
// hysteresis or times.
Status check_rule(const AlertRule& rule);

// The real server's: memory 80 and 90, disk 85 and 95; at once, without hysteresis, 300 s.
std::vector<AlertRule> default_alert_rules();

// An alert as documents, logs and handlers show it.
struct Alert {
  WallTime since;  // when its level was reached
  std::string component;
  std::string metric;
  double value = 0;
  double threshold = 0;
  AlertLevel level = AlertLevel::kNone;
  std::string what;  // "memory usage"
  std::string unit;  // "%"
  Direction direction = Direction::kAbove;
  bool is_count = false;  // of hosts: shown without decimals

  friend bool operator==(const Alert&, const Alert&) = default;
};

// "High memory usage: 81.0% (threshold: 80.0%)", "Critical memory usage: …", "Low battery charge:
// …".
std::string alert_message(const Alert& alert);

// The state of one rule. One owner.
class AlertTracker {
 public:
  // What changed at this reading. `from` equals `to` when nothing did but people are told now of a
  // level that they were not told of within its cooldown.
  struct Change {
    AlertLevel from = AlertLevel::kNone;
    AlertLevel to = AlertLevel::kNone;
    // Whether to tell people: false within the cooldown of the same level (they are told when it
    // ends, if the level still lasts), and for an end whose beginning they were not told.
    bool is_notice = false;

    friend bool operator==(const Change&, const Change&) = default;
  };

  // No value: nothing is known, which starts a duration again, and after kAlertStaleAfter ends the
  // alert. A `now` before the last one counts as the last one.
  std::optional<Change> update(const AlertRule& rule, std::optional<double> value, TimePoint now);

  AlertLevel level() const { return level_; }

 private:
  AlertLevel reached(const AlertRule& rule, double value) const;
  Change change_to(const AlertRule& rule, AlertLevel level, TimePoint now);
  bool tell(const AlertRule& rule, TimePoint now);

  AlertLevel level_ = AlertLevel::kNone;
  AlertLevel told_ = AlertLevel::kNone;  // of this alert people know this level; at most level_
  TimePoint last_ = TimePoint::min();
  TimePoint value_at_{};  // of the last value
  // Since when the figure is at least at each level, for `duration`.
  std::array<std::optional<TimePoint>, 3> reached_since_;
  std::array<std::optional<TimePoint>, 3> told_at_;
};

// All rules of one host. One owner.
class AlertRules {
 public:
  // Rules that check_rule refuses, or whose figure is not in the table, are an error that names
  // them.
  static Result<AlertRules> make(std::vector<AlertRule> rules);

  struct Event {
    Alert alert;  // at an end: with the level that it had
    AlertTracker::Change change;
  };

  // What changed at this sample, and what is told late.
  std::vector<Event> update(const Snapshot& snapshot, TimePoint now);

  // Those that last, in the order of the rules: for every document.
  std::vector<Alert> active() const;

  const std::vector<AlertRule>& rules() const { return rules_; }

 private:
  struct State {
    AlertTracker tracker;
    Alert alert;
  };

  explicit AlertRules(std::vector<AlertRule> rules)
      : rules_(std::move(rules)), states_(rules_.size()) {}

  std::vector<AlertRule> rules_;
  std::vector<State> states_;  // as rules_
};

// The threshold of a level; 0 for none.
double threshold_of(const AlertRule& rule, AlertLevel level);

}  // namespace oriel::monitor
