#pragma once
// Temperatures by hwmon, else by thermal zones, and batteries, from /sys/class. One thread owns
// each.

#include <string>
#include <vector>

#include "oriel/core/monitor/snapshot.h"
#include "oriel/io/host/host_files.h"

namespace oriel::host {

class Sensors {
 public:
  // At most every kSensorsEvery from the chips; what it had before in between.
  const std::vector<monitor::Sensor>& read(HostFiles& files, TimePoint now);

  // The hottest of those that are in the processor; after read().
  std::optional<double> processor_celsius() const;

 private:
  struct Input {
    KeptFile file;
    monitor::Sensor sensor;  // with the temperature still to be read
    bool is_processor = false;
  };

  void list(HostFiles& files);
  void list_hwmon(HostFiles& files);
  void list_thermal_zones(HostFiles& files);
  void add(Input input);

  Every list_due_, read_due_;
  std::vector<Input> inputs_;
  std::vector<monitor::Sensor> sensors_;
  std::optional<double> processor_celsius_;
};

// All batteries of the host itself, not of mice and headsets.
std::vector<monitor::Battery> read_batteries(HostFiles& files);

}  // namespace oriel::host
