#pragma once
// What this host, or the one whose files lie below another root, is doing. It reads when it is
// asked, never by itself, starts no process and no shell. Where each figure comes from stands in
// docs/monitoring.md.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "oriel/base/result.h"
#include "oriel/base/time.h"
#include "oriel/core/monitor/metric_table.h"
#include "oriel/core/monitor/process_texts.h"
#include "oriel/core/monitor/snapshot.h"

namespace oriel::host {

struct HostSamplerOptions {
  std::string root = "/";
  // Loaded when it is there and a sample asks for GPUs. Empty: never.
  std::string nvml_library = "libnvidia-ml.so.1";
};

// What somebody listens for, all subscribers taken together.
struct SampleRequest {
  monitor::MetricSet metrics;
  std::size_t top_processes = 10;
  std::vector<monitor::ProcessOrder> process_orders{monitor::ProcessOrder::kCpu,
                                                    monitor::ProcessOrder::kMemory};
};

// One thread owns it, and sample() blocks that thread: normally for well under a millisecond; for
// some milliseconds where sensors, GPUs or processes are asked for; and for as long as a local file
// system does not answer statvfs(). One that took over kSpaceSlow is left out for kSpaceSlowPause;
// network and FUSE file systems are never asked.
class HostSampler {
 public:
  // Errors: kUnavailable when the root is not there.
  static Result<std::unique_ptr<HostSampler>> open(HostSamplerOptions options = {});
  ~HostSampler();
  HostSampler(const HostSampler&) = delete;
  HostSampler& operator=(const HostSampler&) = delete;

  // Rates and shares of time are those since the latest sample that is at least kRateWindow old, or
  // the first one. The first sample has none, nor one after `now` went back: who publishes takes
  // one first, and sends the second.
  monitor::Snapshot sample(const SampleRequest& request, TimePoint now, monitor::WallTime wall);

  // Forgets earlier readings, after a time in which nobody listened: the next sample is a first
  // one.
  void restart();

  // What could not be read, each said once: sentences since the last call.
  std::vector<std::string> take_notices();

 private:
  class State;
  explicit HostSampler(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

// The host's clock and its zone. Any thread.
monitor::WallTime wall_time_now();

}  // namespace oriel::host
