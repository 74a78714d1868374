#pragma once
// THE list of what can be asked for: the sections of a snapshot, by the names that they have in
// documents and in {"type":"subscribe","metrics":[…]}.

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace oriel::monitor {

enum class Metric : std::uint8_t {
  kMemory,
  kProcessor,
  kDisk,  // space of "/"
  kSystem,
  kGpu,
  kSwap,
  kLoad,
  kPressure,
  kCgroup,  // with the host's figures where the cgroup's stand in their place
  kMounts,
  kDisks,  // throughput
  kNetwork,
  kSensors,
  kBattery,
  kProcesses,  // by far the dearest
};

class MetricSet {
 public:
  constexpr MetricSet() = default;
  constexpr MetricSet(std::initializer_list<Metric> metrics) {
    for (const auto metric : metrics) add(metric);
  }

  constexpr void add(Metric metric) { bits_ |= std::uint32_t{1} << static_cast<unsigned>(metric); }
  constexpr bool has(Metric metric) const {
    return (bits_ >> static_cast<unsigned>(metric) & 1) != 0;
  }
  constexpr bool is_empty() const { return bits_ == 0; }
  // What either has: what to sample for several subscribers.
  constexpr MetricSet united(MetricSet other) const {
    other.bits_ |= bits_;
    return other;
  }

  friend constexpr bool operator==(MetricSet, MetricSet) = default;

 private:
  std::uint32_t bits_ = 0;
};

struct MetricRow {
  Metric metric;
  std::string_view name;   // in documents
  std::string_view alias;  // another word for it in requests; empty when there is none
};

// In the order of documents.
std::span<const MetricRow> metric_table();

std::optional<Metric> find_metric(std::string_view name_or_alias);

// "memory, processor, …", for messages.
std::string metric_names();

// What the seed's clients read; sent to who never subscribes.
inline constexpr MetricSet kSeedMetrics{Metric::kMemory, Metric::kProcessor, Metric::kDisk,
                                        Metric::kSystem, Metric::kGpu};
// A subscription that names none gets all but processes.
MetricSet all_but_processes();

}  // namespace oriel::monitor
