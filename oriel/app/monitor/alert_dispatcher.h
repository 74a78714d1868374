#pragma once
// Tells people of alerts besides the stream and the log: by console, file, web hook and mail, as
// they are set. Each has a thread and a bounded queue of its own.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/app/config/settings.h"
#include "oriel/app/monitor/alert_lane.h"
#include "oriel/app/observe/log.h"
#include "oriel/base/result.h"

namespace oriel::monitor {

// Any thread dispatches; the one that made it destroys it, which takes at most about
// kAlertFarewell.
class AlertDispatcher {
 public:
  // `host` is the name in the notices of dispatch(event). Errors: a setting that does not fit the
  // others, as a sentence with its key.
  static Result<std::unique_ptr<AlertDispatcher>> make(const config::AlertSettings& settings,
                                                       std::string host, observe::Logger log);

  ~AlertDispatcher();

  // Whether anything is set.
  bool has_somebody() const { return !lanes_.empty(); }

  // Returns at once.
  void dispatch(const AlertRules::Event& event) { dispatch(event, host_); }
  // Of another host, or of several ("fleet").
  void dispatch(const AlertRules::Event& event, std::string_view host);

 private:
  AlertDispatcher(std::string host, observe::Logger log)
      : host_(std::move(host)), log_(std::move(log)) {}

  std::string host_;
  observe::Logger log_;
  std::vector<std::unique_ptr<AlertLane>> lanes_;
};

// Whether any of them could not work, without making one.
Status check_alert_settings(const config::AlertSettings& settings);

// The name of this machine.
std::string host_name();

}  // namespace oriel::monitor
