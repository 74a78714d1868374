#pragma once
// Counts what happens, for Prometheus. Any thread may count at any time: one atomic addition
// without a lock.

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "oriel/app/observe/metric_table.h"
#include "oriel/base/result.h"
#include "oriel/base/time.h"

namespace prometheus {
class Counter;
class Gauge;
}  // namespace prometheus

namespace oriel::observe {

// Handles are values; they live as long as their Metrics.
class Counter {
 public:
  explicit Counter(prometheus::Counter& counter) : counter_(&counter) {}
  // `amount` is not negative.
  void increment(double amount = 1) const;
  double value() const;

 private:
  prometheus::Counter* counter_;
};

class Gauge {
 public:
  explicit Gauge(prometheus::Gauge& gauge) : gauge_(&gauge) {}
  void set(double value) const;
  void increment(double amount = 1) const;
  void decrement(double amount = 1) const;
  double value() const;

 private:
  prometheus::Gauge* gauge_;
};

class Metrics {
 public:
  // Every sample is there from the first scrape: `encoding_names` are the values of the label
  // "encoding".
  Metrics(std::span<const std::string_view> encoding_names, TimePoint started);
  Metrics(const Metrics&) = delete;
  ~Metrics();

  // metrics.connections_total().increment(); metrics.encoding_bytes_total("zrle").increment(n);
  // A label value that was not given at the start is a bug and aborts.
#define ORIEL_COUNTER(accessor, name, help) Counter accessor() const;
#define ORIEL_COUNTER_BY(accessor, name, label, help) \
  Counter accessor(std::string_view value) const;
#define ORIEL_GAUGE(accessor, name, help) Gauge accessor() const;
  ORIEL_METRICS(ORIEL_COUNTER, ORIEL_COUNTER_BY, ORIEL_GAUGE)
#undef ORIEL_COUNTER
#undef ORIEL_COUNTER_BY
#undef ORIEL_GAUGE
  Counter errors_total(ErrorCode code) const { return errors_total(error_code_name(code)); }

  // The exposition format, version 0.0.4, families in the order of the table. The uptime is that at
  // `now`.
  std::string to_prometheus_text(TimePoint now) const;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
  TimePoint started_;
};

inline constexpr std::string_view kPrometheusContentType =
    "text/plain; version=0.0.4; charset=utf-8";

}  // namespace oriel::observe
