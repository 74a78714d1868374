#pragma once
// GPUs: NVIDIA's by NVML, AMD's and Intel's by sysfs. No process is started.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "oriel/core/monitor/snapshot.h"
#include "oriel/io/host/host_files.h"

namespace oriel::host {

// NVIDIA's management library, loaded when it is there. One thread owns it.
class Nvml {
 public:
  // nullptr when the library or a driver is missing; a library without a driver leaves a notice.
  // The first load may take a second.
  static std::unique_ptr<Nvml> load(const std::string& library, HostFiles& files);
  ~Nvml();
  Nvml(const Nvml&) = delete;
  Nvml& operator=(const Nvml&) = delete;

  std::vector<monitor::Gpu> read();

 private:
  struct Calls;
  explicit Nvml(std::unique_ptr<Calls> calls);

  std::unique_ptr<Calls> calls_;
};

// AMD and Intel cards below sys/class/drm. One thread owns it.
class DrmGpus {
 public:
  std::vector<monitor::Gpu> read(HostFiles& files, TimePoint now);

 private:
  struct Awake {
    std::uint64_t asleep_ms = 0;
    TimePoint at;
  };

  monitor::Gpu read_amd(HostFiles& files, const std::string& card);
  monitor::Gpu read_intel(HostFiles& files, const std::string& card, TimePoint now);
  // Intel tells no use without privileges, but how long the render engines slept (RC6).
  std::optional<double> awake_percent(HostFiles& files, const std::string& card, TimePoint now);

  std::map<std::string, Awake> awake_;  // by card; at most kGpusMax
};

}  // namespace oriel::host
