#include "oriel/app/monitor/fleet_watch.h"

#include <utility>

#include "oriel/core/monitor/document_figure.h"

namespace oriel::monitor {

Result<FleetWatch> FleetWatch::make(std::span<const FleetRule> rules,
                                    std::vector<std::string> hosts) {
  std::vector<HostFigure> figures;
  for (auto& host : hosts) figures.push_back({.host = std::move(host), .value = {}});
  FleetWatch watch;
  for (const auto& rule : rules) {
    ORIEL_TRY(auto alert, FleetAlert::make(rule));
    watch.alerts_.push_back({.alert = std::move(alert), .figures = figures});
  }
  return watch;
}

std::vector<AlertRules::Event> FleetWatch::update(std::size_t host, const Value& message,
                                                  WallTime time, TimePoint now) {
  std::vector<AlertRules::Event> events;
  for (auto& [alert, figures] : alerts_) {
    const auto& rule = alert.rule().rule;
    figures[host].value = document_figure(message, rule.component, rule.metric);
    auto event = alert.update(figures, time, now);
    if (event) events.push_back(*std::move(event));
  }
  return events;
}

std::vector<Alert> FleetWatch::active() const {
  std::vector<Alert> alerts;
  for (const auto& watched : alerts_)
    if (auto alert = watched.alert.active()) alerts.push_back(*std::move(alert));
  return alerts;
}

void FleetWatch::forget(std::size_t host) {
  for (auto& watched : alerts_) watched.figures[host].value.reset();
}

MetricSet metrics_of(std::span<const FleetRule> rules) {
  MetricSet metrics;
  for (const auto& rule : rules) {
    if (const auto metric = find_metric(rule.rule.component)) metrics.add(*metric);
    // The load is told per core.
    if (rule.rule.component == "load") metrics.add(Metric::kProcessor);
  }
  return metrics;
}

}  // namespace oriel::monitor
