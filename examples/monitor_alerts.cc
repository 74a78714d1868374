// Watches thresholds and mails what goes beyond them, once in five minutes for each figure, and
// when it is over. Without a mail server it prints the mails. `oriel monitor --serve` sends such
// mails by itself (alert.email_*, docs/alerts.md), and so does `oriel monitor --fleet-alert` for
// several hosts.
//
//   monitor_alerts [URI [SECONDS [cpu=80] [ram=85] [disk=90] [gpu=95]
//                   [server=smtp://mail.example.org:587 from=ADDRESS to=ADDRESS,... [user=NAME]
//                    [tls=off]]]]
//
// The password of `user` is taken from ORIEL_ALERT_EMAIL_PASSWORD. tls=off is for a mail server on
// this machine.

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "examples/arguments.h"
#include "oriel/app/monitor/alert_dispatcher.h"
#include "oriel/app/monitor/alert_notice.h"
#include "oriel/app/monitor/client.h"
#include "oriel/core/monitor/document_figure.h"

namespace {

using namespace oriel;
using namespace oriel::monitor;

struct Threshold {
  std::string_view name;
  AlertRule rule;
  std::string what;
  AlertTracker tracker;
};

class AlertMonitor {
 public:
  AlertMonitor() {
    add("cpu", "processor", "CPU usage", 80);
    add("ram", "memory", "RAM usage", 85);
    add("disk", "disk", "disk usage", 90);
    add("gpu", "gpu", "GPU usage", 95);
  }

  // "cpu=75", "server=smtp://localhost:25"; false when it is no such thing.
  bool set(std::string_view text) {
    const auto equals = text.find('=');
    if (equals == text.npos) return false;
    const auto name = text.substr(0, equals);
    const std::string value(text.substr(equals + 1));
    for (auto& threshold : thresholds_) {
      if (threshold.name != name) continue;
      threshold.rule.warning = std::atof(value.c_str());
      return true;
    }
    const std::pair<std::string_view, std::string*> texts[] = {{"server", &mail_.email_server},
                                                               {"from", &mail_.email_from},
                                                               {"to", &mail_.email_to},
                                                               {"user", &mail_.email_user}};
    for (const auto& [known, member] : texts)
      if (known == name) return *member = value, true;
    if (text == "tls=off") return mail_.email_tls = false, true;
    return false;
  }

  // Errors: a mail server that does not fit with the rest.
  Status open() {
    if (const char* password = std::getenv("ORIEL_ALERT_EMAIL_PASSWORD"))
      mail_.email_password = config::Secret(password);
    const observe::Logger log(
        observe::make_stderr_sink(config::LogLevel::kInfo, config::LogFormat::kText));
    ORIEL_TRY(dispatcher_, AlertDispatcher::make(mail_, "monitored host", log));
    return {};
  }

  void take(const ServerMessage& message) {
    for (auto& [name, rule, what, tracker] : thresholds_) {
      const auto usage = document_figure(message.document, rule.component, rule.metric);
      const auto change = tracker.update(rule, usage, Clock::now());
      if (!change || !usage) continue;
      const AlertRules::Event event{{.since = wall_now(),
                                     .component = rule.component,
                                     .metric = rule.metric,
                                     .value = *usage,
                                     .threshold = *rule.warning,
                                     .level = AlertLevel::kWarning,
                                     .what = what,
                                     .unit = "%"},
                                    *change};
      dispatcher_->dispatch(event);
      if (!dispatcher_->has_somebody() && change->is_notice) print(event);
    }
  }

 private:
  void add(std::string_view name, const char* component, const char* what, double percent) {
    thresholds_.push_back({.name = name,
                           .rule = {.component = component,
                                    .metric = "usage_percent",
                                    .warning = percent,
                                    .critical = {},
                                    .cooldown = std::chrono::minutes(5)},
                           .what = what,
                           .tracker = {}});
  }

  // As it would be mailed.
  static void print(const AlertRules::Event& event) {
    const AlertNotice notice{.alert = event.alert,
                             .level = AlertLevel::kWarning,
                             .is_ended = event.change.to == AlertLevel::kNone,
                             .time = event.alert.since,
                             .host = "monitored host"};
    fmt::print("Subject: {}\n\n{}.\n", notice_subject(notice), notice_body(notice));
    std::fflush(stdout);
  }

  std::vector<Threshold> thresholds_;
  config::AlertSettings mail_;
  std::unique_ptr<AlertDispatcher> dispatcher_;
};

}  // namespace

int main(int count, char** arguments) {
  AlertMonitor monitor;
  for (int i = 3; i < count; ++i) {
    if (monitor.set(arguments[i])) continue;
    fmt::print(stderr, "{}: expected is such as cpu=80 or server=smtp://localhost:25\n",
               arguments[i]);
    return 2;
  }
  if (auto opened = monitor.open(); !opened) {
    fmt::print(stderr, "{}\n", opened.error().message);
    return 2;
  }
  ClientOptions options;
  options.uri = example::argument(count, arguments, 1, "ws://localhost:8765");
  options.max_reconnect_attempts = 3;
  options.on_message = [&](const ServerMessage& message) { monitor.take(message); };
  // Half-empty figures are of no use for alerts.
  options.data_filter = [](const ServerMessage& message) {
    return message.data()->find("processor") != nullptr;
  };
  Client client(options);
  if (auto started = client.start(); !started) {
    fmt::print(stderr, "{}\n", started.error().message);
    return 2;
  }
  return client.wait(example::seconds(example::argument(count, arguments, 2, "60"))) ? 0 : 10;
}
