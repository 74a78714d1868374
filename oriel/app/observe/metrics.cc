#include "oriel/app/observe/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <vector>

#include "oriel/base/check.h"

namespace oriel::observe {
namespace {

std::vector<std::string> error_names() {
  std::vector<std::string> names;
  for (int code = 0; code <= static_cast<int>(ErrorCode::kUnavailable); ++code)
    names.emplace_back(error_code_name(static_cast<ErrorCode>(code)));
  return names;
}

// Which values the label of a family has.
std::vector<std::string> label_values(std::string_view label,
                                      std::span<const std::string_view> encoding_names) {
  if (label == "encoding") return {encoding_names.begin(), encoding_names.end()};
  ORIEL_CHECK(label == "type");
  return error_names();
}

using CountersByValue = std::map<std::string, prometheus::Counter*, std::less<>>;

CountersByValue make_counters(prometheus::Registry& registry, const char* name, const char* label,
                              const char* help, std::span<const std::string_view> encoding_names) {
  auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  CountersByValue counters;
  for (const auto& value : label_values(label, encoding_names))
    counters[value] = &family.Add({{label, value}});
  return counters;
}

constexpr std::string_view kNames[] = {
#define ORIEL_COUNTER(accessor, name, help) name,
#define ORIEL_COUNTER_BY(accessor, name, label, help) name,
#define ORIEL_GAUGE(accessor, name, help) name,
    ORIEL_METRICS(ORIEL_COUNTER, ORIEL_COUNTER_BY, ORIEL_GAUGE)
#undef ORIEL_COUNTER
#undef ORIEL_COUNTER_BY
#undef ORIEL_GAUGE
};

}  // namespace

void Counter::increment(double amount) const { counter_->Increment(amount); }
double Counter::value() const { return counter_->Value(); }
void Gauge::set(double value) const { gauge_->Set(value); }
void Gauge::increment(double amount) const { gauge_->Increment(amount); }
void Gauge::decrement(double amount) const { gauge_->Decrement(amount); }
double Gauge::value() const { return gauge_->Value(); }

// The registry first: it owns what the others point to.
struct Metrics::Families {
  explicit Families(std::span<const std::string_view> names) : encoding_names(names) {}

  std::span<const std::string_view> encoding_names;  // while the members below are made, no longer
  prometheus::Registry registry;
#define ORIEL_COUNTER(accessor, name, help) \
  prometheus::Counter& accessor =           \
      prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
#define ORIEL_COUNTER_BY(accessor, name, label, help) \
  const CountersByValue accessor = make_counters(registry, name, label, help, encoding_names);
#define ORIEL_GAUGE(accessor, name, help) \
  prometheus::Gauge& accessor =           \
      prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
  ORIEL_METRICS(ORIEL_COUNTER, ORIEL_COUNTER_BY, ORIEL_GAUGE)
#undef ORIEL_COUNTER
#undef ORIEL_COUNTER_BY
#undef ORIEL_GAUGE
};

Metrics::Metrics(std::span<const std::string_view> encoding_names, TimePoint started)
    : families_(std::make_unique<Families>(encoding_names)), started_(started) {}

Metrics::~Metrics() = default;

#define ORIEL_COUNTER(accessor, name, help) \
  Counter Metrics::accessor() const { return Counter(families_->accessor); }
#define ORIEL_COUNTER_BY(accessor, name, label, help)       \
  Counter Metrics::accessor(std::string_view value) const { \
    auto counter = families_->accessor.find(value);         \
    ORIEL_CHECK(counter != families_->accessor.end());      \
    return Counter(*counter->second);                       \
  }
#define ORIEL_GAUGE(accessor, name, help) \
  Gauge Metrics::accessor() const { return Gauge(families_->accessor); }
ORIEL_METRICS(ORIEL_COUNTER, ORIEL_COUNTER_BY, ORIEL_GAUGE)
#undef ORIEL_COUNTER
#undef ORIEL_COUNTER_BY
#undef ORIEL_GAUGE

std::string Metrics::to_prometheus_text(TimePoint now) const {
  server_uptime_seconds().set(std::chrono::duration<double>(now - started_).count());
  auto families = families_->registry.Collect();
  std::ranges::sort(families, {}, [](const prometheus::MetricFamily& family) {
    return std::ranges::find(kNames, std::string_view(family.name)) - std::begin(kNames);
  });
  // The samples of a family come in the order of a hash; by label they are the same every time.
  for (auto& family : families)
    std::ranges::sort(family.metric, {}, [](const prometheus::ClientMetric& sample) {
      return sample.label.empty() ? std::string_view() : std::string_view(sample.label[0].value);
    });
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, families);
  return text.str();
}

}  // namespace oriel::observe
