// The sampler's figures beside those of psutil, which the monitoring programs use, read in the same
// second. Skipped where python3-psutil is missing.

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <memory>
#include <string>

#include "oriel/core/monitor/value.h"
#include "oriel/io/host/host_sampler.h"

namespace oriel::host {
namespace {

using monitor::Metric;

// Says "ready" between its first and second reading of CPU times, which lie one second apart.
constexpr const char* kPsutil = R"(/usr/bin/python3 -c '
import json, psutil, time
def busy():
    t = psutil.cpu_times()
    total = t.user + t.nice + t.system + t.idle + t.iowait + t.irq + t.softirq + t.steal
    return total, total - t.idle - t.iowait
first = busy()
print("ready", flush=True)
time.sleep(1)
second = busy()
memory, swap, disk = psutil.virtual_memory(), psutil.swap_memory(), psutil.disk_usage("/")
print(json.dumps({
  "cpu": 100 * (second[1] - first[1]) / (second[0] - first[0]),
  "logical": psutil.cpu_count(), "physical": psutil.cpu_count(logical=False),
  "memory_total": memory.total, "memory_available": memory.available, "memory_used": memory.used,
  "memory_percent": memory.percent, "swap_total": swap.total, "swap_used": swap.used,
  "disk_total": disk.total, "disk_used": disk.used, "disk_free": disk.free,
  "disk_percent": disk.percent, "boot": psutil.boot_time(), "pids": len(psutil.pids()),
  "received": {name: n.bytes_recv for name, n in psutil.net_io_counters(pernic=True).items()},
  "read": {name: d.read_bytes for name, d in psutil.disk_io_counters(perdisk=True).items()}}))
' 2>/dev/null)";

std::string read_line(std::FILE* pipe) {
  std::array<char, 65536> line{};
  return std::fgets(line.data(), static_cast<int>(line.size()), pipe) != nullptr ? line.data() : "";
}

// Within 1 % of the larger, and `slack` more.
void expect_near(double ours, double theirs, double slack, const char* what) {
  EXPECT_NEAR(ours, theirs, 0.01 * std::max(std::abs(ours), std::abs(theirs)) + slack) << what;
}

TEST(HostSamplerBesidePsutil, SaysTheSameInTheSameSecond) {
  constexpr double kMegabytes = 1 << 20;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(kPsutil, "r"), ::pclose);
  ASSERT_TRUE(pipe);
  if (read_line(pipe.get()) != "ready\n") GTEST_SKIP() << "python3-psutil is not installed";
  auto sampler = HostSampler::open();
  ASSERT_TRUE(sampler);
  SampleRequest request;
  request.metrics = monitor::all_but_processes();
  request.metrics.add(Metric::kProcesses);
  (*sampler)->sample(request, Clock::now(), wall_time_now());
  const auto line = read_line(pipe.get());
  const auto ours = (*sampler)->sample(request, Clock::now(), wall_time_now());
  const auto psutil = monitor::parse_json(line, line.size());
  ASSERT_TRUE(psutil) << line;
  const auto theirs = [&](const char* key) { return psutil->find(key)->number_or(-1); };

  // In a cgroup with limits the host's figures, which psutil tells, stand beside.
  const bool has_host_memory = ours.host && ours.host->memory;
  const auto& memory = has_host_memory ? *ours.host->memory : *ours.memory;
  const bool has_host_processor = ours.host && ours.host->processor;
  const auto& processor = has_host_processor ? *ours.host->processor : *ours.processor;
  EXPECT_NEAR(*processor.usage_percent, theirs("cpu"), 5);
  EXPECT_EQ(processor.logical_cores, theirs("logical"));
  EXPECT_EQ(processor.physical_cores.value_or(-1), theirs("physical"));
  const auto total = static_cast<double>(memory.total);
  EXPECT_EQ(total, theirs("memory_total"));
  EXPECT_NEAR(static_cast<double>(memory.available), theirs("memory_available"), 0.01 * total);
  EXPECT_NEAR(static_cast<double>(memory.used), theirs("memory_used"), 0.01 * total);
  EXPECT_NEAR(memory.usage_percent, theirs("memory_percent"), 1);
  EXPECT_EQ(static_cast<double>(ours.swap->total), theirs("swap_total"));
  expect_near(static_cast<double>(ours.swap->used), theirs("swap_used"), kMegabytes, "swap");
  EXPECT_EQ(static_cast<double>(ours.root->total), theirs("disk_total"));
  expect_near(static_cast<double>(ours.root->used), theirs("disk_used"), kMegabytes, "disk used");
  expect_near(static_cast<double>(ours.root->free), theirs("disk_free"), kMegabytes, "disk free");
  EXPECT_NEAR(ours.root->usage_percent, theirs("disk_percent"), 1);
  EXPECT_NEAR(static_cast<double>(*ours.system->boot_time_s), theirs("boot"), 1);
  expect_near(static_cast<double>(ours.processes->count), theirs("pids"), 10, "processes");
  for (const auto& traffic : ours.interfaces) {
    const auto* received = psutil->find("received")->find(traffic.name);
    ASSERT_NE(received, nullptr) << traffic.name;
    expect_near(static_cast<double>(traffic.received_bytes), received->number_or(-1),
                16 * kMegabytes, traffic.name.c_str());
  }
  for (const auto& disk : ours.disks) {
    const auto* read = psutil->find("read")->find(disk.name);
    ASSERT_NE(read, nullptr) << disk.name;
    expect_near(static_cast<double>(disk.read_bytes), read->number_or(-1), 64 * kMegabytes,
                disk.name.c_str());
  }
}

}  // namespace
}  // namespace oriel::host
