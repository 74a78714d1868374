#pragma once
// One way by which people hear of alerts.

#include "oriel/app/monitor/alert_notice.h"
#include "oriel/base/result.h"

namespace oriel::monitor {

class AlertSink {
 public:
  virtual ~AlertSink() = default;

  // Returns when it is delivered, has failed, or was interrupted. One thread calls. Errors:
  // kUnavailable and kTimeout may be tried again, others are final. Never a secret in the message,
  // and the same message for the same cause.
  virtual Status deliver(const AlertNotice& notice) = 0;

  // Ends a `deliver` that is under way, and those that come, at once. Any thread.
  virtual void interrupt() = 0;
};

}  // namespace oriel::monitor
