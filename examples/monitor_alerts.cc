// Watches thresholds and prints the text of an e-mail for what is beyond them, at most one in five
// minutes; it sends nothing. `oriel monitor --serve` sends such mails by itself (alert.email_*,
// docs/alerts.md).
//
//   monitor_alerts [URI [SECONDS [cpu=80] [ram=85] [disk=90] [gpu=95]]]

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "examples/arguments.h"
#include "oriel/app/monitor/client.h"
#include "oriel/core/monitor/document_figure.h"

namespace {

using namespace oriel::monitor;

struct Threshold {
  const char* name;
  const char* component;
  const char* text;
  double percent;
};

class AlertMonitor {
 public:
  // "cpu=75"; false when it is no such thing.
  bool set(const char* text) {
    const auto* equals = std::strchr(text, '=');
    for (auto& threshold : thresholds_) {
      if (equals != nullptr && std::string(text, equals) == threshold.name) {
        threshold.percent = std::atof(equals + 1);
        return true;
      }
    }
    return false;
  }

  void take(const ServerMessage& message) {
    std::vector<std::string> alerts;
    for (const auto& threshold : thresholds_) {
      const auto usage = document_figure(message.document, threshold.component, "usage_percent");
      if (usage && *usage > threshold.percent)
        alerts.push_back(fmt::format("{}: {:.1f}%", threshold.text, *usage));
    }
    const auto now = std::chrono::steady_clock::now();
    if (alerts.empty() || (last_ && now - *last_ < kCooldown)) return;
    last_ = now;
    write_mail(alerts);
  }

 private:
  static constexpr std::chrono::minutes kCooldown{5};

  static void write_mail(const std::vector<std::string>& alerts) {
    std::printf("From: monitor@localhost\nTo: admin@localhost\n");
    std::printf("Subject: System monitoring alert\n\n");
    for (const auto& alert : alerts) std::printf("%s\n", alert.c_str());
    std::printf(".\n");
  }

  std::vector<Threshold> thresholds_{{"cpu", "processor", "High CPU", 80},
                                     {"ram", "memory", "High RAM", 85},
                                     {"disk", "disk", "Disk full", 90},
                                     {"gpu", "gpu", "High GPU", 95}};
  std::optional<std::chrono::steady_clock::time_point> last_;
};

}  // namespace

int main(int count, char** arguments) {
  AlertMonitor monitor;
  for (int i = 3; i < count; ++i) {
    if (monitor.set(arguments[i])) continue;
    std::fprintf(stderr, "%s: expected is such as cpu=80\n", arguments[i]);
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
    std::fprintf(stderr, "%s\n", started.error().message.c_str());
    return 2;
  }
  return client.wait(example::seconds(example::argument(count, arguments, 2, "60"))) ? 0 : 10;
}
