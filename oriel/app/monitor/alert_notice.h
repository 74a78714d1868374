#pragma once
// What people are told of an alert: that a level was reached, or that it is over; as a line of
// text, as JSON, and as the subject and body of a mail. Pure.

#include <string>

#include "oriel/core/monitor/alert.h"
#include "oriel/core/monitor/value.h"

namespace oriel::monitor {

struct AlertNotice {
  Alert alert;
  AlertLevel level = AlertLevel::kWarning;  // reached, or over
  bool is_ended = false;
  WallTime time;     // of the change
  std::string host;  // of which host; several of a fleet have one name together
};

// "High memory usage: 81.0% (threshold: 80.0%)"; "Over: memory usage 70.0% (was WARNING)"; "Over:
// memory usage 85.0% (was CRITICAL, now WARNING)".
std::string notice_message(const AlertNotice& notice);

// "2026-11-20 13:47:50 [build7] WARNING High memory usage: …", without line end. Harmless for
// terminals and logs, whatever the host calls itself.
std::string notice_line(const AlertNotice& notice);

// The members that the real server's web hook has, in its order, then ours:
// {"timestamp": "2026-11-20T13:47:50.991384+00:00", "level": "WARNING", "component": "memory",
//  "metric": "usage_percent", "value": 81.0, "threshold": 80.0, "message": "…", "host": "build7",
//  "ended": false}
Value notice_document(const AlertNotice& notice);

// "[build7] WARNING: memory usage 81.0%"; "[build7] Over: memory usage 70.0%".
std::string notice_subject(const AlertNotice& notice);

// Some lines, each ended by "\n".
std::string notice_body(const AlertNotice& notice);

// The time now, with the offset of the local time zone.
WallTime wall_now();

}  // namespace oriel::monitor
