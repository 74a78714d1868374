#pragma once
// Where samples come from: this host, or a script in tests.

#include <memory>
#include <string>
#include <vector>

#include "oriel/base/result.h"
#include "oriel/base/time.h"
#include "oriel/core/monitor/snapshot.h"
#include "oriel/io/host/host_sampler.h"

namespace oriel::monitor {

// One thread owns it; the calls may block that thread (see HostSampler).
class SampleSource {
 public:
  virtual ~SampleSource() = default;

  virtual Snapshot sample(const host::SampleRequest& request, TimePoint now, WallTime wall) = 0;
  // Forgets earlier readings: the next sample has no rates.
  virtual void restart() = 0;
  // What could not be read, each said once.
  virtual std::vector<std::string> take_notices() = 0;
};

// Errors: kUnavailable when the root of the options is not there.
Result<std::unique_ptr<SampleSource>> open_host_source(host::HostSamplerOptions options = {});

}  // namespace oriel::monitor
