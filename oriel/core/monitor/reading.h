#pragma once
// The figures of a monitoring_data message that the formats show, whoever sent it: the real server
// ("percentage", bytes), the seed's text ("usage_percent", gigabytes), or Oriel, which sends both.
// Nothing in a message is required. Figures that cannot be (negative sizes, shares beyond
// kReadingPercentMax) count as missing.

#include <optional>
#include <string>
#include <vector>

#include "oriel/core/monitor/alert.h"
#include "oriel/core/monitor/value.h"

namespace oriel::monitor {

// Texts are as the server sent them: whoever shows them makes them harmless.
struct Reading {
  struct Processor {
    std::optional<double> percent;
    std::optional<double> cores;    // physical
    std::optional<double> logical;  // cores that the system counts
    std::optional<double> frequency_mhz;
    std::optional<double> temperature_celsius;
  };
  // Of memory or a file system. When the share is not sent it is made of the sizes.
  struct Space {
    std::optional<double> percent;
    std::optional<double> used_bytes;  // of memory: what is not available, as in the share
    std::optional<double> total_bytes;
    std::optional<double> free_bytes;  // that programs can still take
  };
  struct Gpu {
    std::string name;
    std::optional<double> percent;
    Space memory;
    std::optional<double> temperature_celsius;
  };
  struct RaisedAlert {
    AlertLevel level = AlertLevel::kWarning;
    std::string component;
    std::string message;
    std::optional<double> value;
  };

  std::string time;  // "14:30:25", of the sender's clock; empty when it does not say
  // Whether the message has these sections at all: what was not asked for is not missing.
  bool has_processor = false, has_memory = false, has_disk = false;
  Processor processor;
  Space memory;
  Space disk;  // of the root file system
  std::string mount_point;
  std::vector<Gpu> gpus;
  std::string hostname;
  std::string system;  // "Linux 6.18.44"
  std::string architecture;
  std::vector<RaisedAlert> alerts;
};

// `message`: any value; of one that is no object nothing can be read.
Reading read_message(const Value& message);

}  // namespace oriel::monitor
