#include "oriel/io/host/host_sampler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>

#include "oriel/core/monitor/document.h"
#include "oriel/io/host/limits.h"
#include "oriel/testing/golden.h"
#include "oriel/testing/temporary_folder.h"

namespace oriel::host {
namespace {

using monitor::Metric;
using monitor::MetricSet;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr monitor::WallTime kWall{1'763'646'471'000'000, 0};

// The files of another machine, in a folder of their own.
class Tree {
 public:
  void put(const std::string& path, const std::string& text) {
    const auto full = std::filesystem::path(folder_.path(path));
    std::filesystem::create_directories(full.parent_path());
    folder_.write(path, text);
  }
  // Those of testdata/NAME.tree that are there from the start, or change for the second sample.
  void put_golden(const std::string& name, bool is_second) {
    std::istringstream lines(testing::repository_text("oriel/io/host/testdata/" + name + ".tree"));
    std::string line, path, text;
    const auto flush = [&] {
      const bool is_later = path.starts_with("2 ");
      if (!path.empty() && is_later == is_second) put(is_later ? path.substr(2) : path, text);
      text.clear();
    };
    while (std::getline(lines, line)) {
      if (line.starts_with("=== ")) {
        flush();
        path = line.substr(4);
      } else {
        text += line + "\n";
      }
    }
    flush();
  }
  void remove(const std::string& path) { std::filesystem::remove_all(folder_.path(path)); }
  std::unique_ptr<HostSampler> open(std::string nvml = "") const {
    auto sampler = HostSampler::open({folder_.path(), std::move(nvml)});
    EXPECT_TRUE(sampler);
    return std::move(*sampler);
  }

 private:
  testing::TemporaryFolder folder_;
};

SampleRequest asking_for(MetricSet metrics) {
  SampleRequest request;
  request.metrics = metrics;
  return request;
}

TimePoint at(milliseconds time) { return TimePoint(seconds(1000)) + time; }

// Space is that of the machine that tests.
MetricSet all_but_space() {
  MetricSet metrics;
  for (const auto& row : monitor::metric_table()) {
    const bool is_space = row.metric == Metric::kDisk || row.metric == Metric::kMounts;
    if (!is_space) metrics.add(row.metric);
  }
  return metrics;
}

class EveryTree : public ::testing::TestWithParam<const char*> {};

TEST_P(EveryTree, SaysWhatTheGoldenFileSays) {
  const std::string name = GetParam();
  Tree tree;
  tree.put_golden(name, false);
  const auto sampler = tree.open();
  const auto request = asking_for(all_but_space());
  sampler->sample(request, at({}), kWall);
  tree.put_golden(name, true);
  const auto snapshot = sampler->sample(request, at(seconds(1)), kWall);
  std::string text;
  const auto data = monitor::make_data(snapshot, request.metrics);
  for (const auto& [section, fields] : *data.object()) {
    text += section + ": " + monitor::to_json(fields) + "\n";
  }
  EXPECT_EQ(testing::golden_text("oriel/io/host/testdata/" + name + ".txt", text), text);
}

INSTANTIATE_TEST_SUITE_P(HostSampler, EveryTree,
                         ::testing::Values("rhel6_x86", "arm64_cgroup2", "docker_cgroup1", "laptop",
                                           "armv7_wrap", "split_cgroup1"),
                         [](const auto& row) { return std::string(row.param); });

TEST(HostSampler, SaysOnceThatCpuacctCountsForAnotherGroup) {
  Tree tree;
  tree.put_golden("split_cgroup1", false);
  const auto sampler = tree.open();
  const auto request = asking_for({Metric::kCgroup});
  sampler->sample(request, at({}), kWall);
  EXPECT_THAT(sampler->take_notices(),
              ElementsAre(HasSubstr("cgroup /half: cpuacct counts for /")));
  tree.put_golden("split_cgroup1", true);
  const auto snapshot = sampler->sample(request, at(kListEvery), kWall);
  ASSERT_TRUE(snapshot.cgroup);
  EXPECT_EQ(snapshot.cgroup->cpu_limit, 0.5);
  EXPECT_FALSE(snapshot.cgroup->cpu_cores);
  EXPECT_THAT(sampler->take_notices(), IsEmpty());
}

TEST(HostSampler, ReadsTwoHundredAndFiftySixCoresSomeOfThemOffline) {
  Tree tree;
  const auto stat = [](int ticks) {
    std::string text = "cpu 0 0 0 0\n";
    for (int core = 0; core < 256; core += core == 99 ? 101 : 1) {
      text += "cpu" + std::to_string(core) + " " + std::to_string(ticks) + " 0 0 " +
              std::to_string(ticks) + " 0 0 0 0 0 0\n";
    }
    return text + "intr " + std::string(100'000, '0') + "\nbtime 1700000000\n";
  };
  tree.put("proc/stat", stat(0));
  const auto sampler = tree.open();
  const auto request = asking_for({Metric::kProcessor, Metric::kSystem});
  sampler->sample(request, at({}), kWall);
  tree.put("proc/stat", stat(50));
  const auto snapshot = sampler->sample(request, at(seconds(1)), kWall);
  ASSERT_TRUE(snapshot.processor);
  EXPECT_EQ(snapshot.processor->logical_cores, 156);
  ASSERT_EQ(snapshot.processor->cores.size(), 156u);
  EXPECT_EQ(snapshot.processor->cores[100], (monitor::CoreUse{200, 50.0}));
  EXPECT_EQ(snapshot.system->boot_time_s, 1700000000) << "behind a long line";
}

TEST(HostSampler, SaysOnceWhatIsMissing) {
  Tree tree;
  tree.put("proc/meminfo", "MemTotal: 100 kB\nMemFree: 50 kB\n");
  const auto sampler = tree.open();
  const auto request = asking_for({Metric::kMemory, Metric::kPressure, Metric::kLoad});
  const auto snapshot = sampler->sample(request, at({}), kWall);
  EXPECT_TRUE(snapshot.memory);
  EXPECT_FALSE(snapshot.pressure);
  EXPECT_FALSE(snapshot.load);
  EXPECT_THAT(
      sampler->take_notices(),
      ::testing::Contains("No CPU pressure: /proc/pressure/cpu: No such file or directory"));
  sampler->sample(request, at(seconds(60)), kWall);
  EXPECT_THAT(sampler->take_notices(), IsEmpty());
}

TEST(HostSampler, FindsAFileThatComesLater) {
  Tree tree;
  tree.put("proc/stat", "cpu 1 1 1 1\n");
  const auto sampler = tree.open();
  const auto request = asking_for({Metric::kLoad});
  EXPECT_FALSE(sampler->sample(request, at({}), kWall).load);
  tree.put("proc/loadavg", "1 2 3 4/5 6\n");
  EXPECT_FALSE(sampler->sample(request, at(kRetryAfter - milliseconds(1)), kWall).load);
  EXPECT_TRUE(sampler->sample(request, at(kRetryAfter), kWall).load);
}

TEST(HostSampler, ReadsOnlyWhatIsAskedFor) {
  const auto sampler = HostSampler::open();
  ASSERT_TRUE(sampler);
  const auto snapshot = (*sampler)->sample(asking_for({Metric::kLoad}), at({}), kWall);
  EXPECT_TRUE(snapshot.load);
  EXPECT_FALSE(snapshot.processor || snapshot.memory || snapshot.processes || snapshot.system);
}

TEST(HostSampler, ComparesFrequentSamplesOverALongerTime) {
  Tree tree;
  const auto sampler = tree.open();
  const auto request = asking_for({Metric::kProcessor});
  const auto usage_at = [&](int ms, int busy, int idle) {
    tree.put("proc/stat", "cpu " + std::to_string(busy) + " 0 0 " + std::to_string(idle) + "\n");
    return sampler->sample(request, at(milliseconds(ms)), kWall).processor->usage_percent;
  };
  tree.put("proc/stat", "cpu 0 0 0 0\n");
  EXPECT_FALSE(usage_at(0, 0, 0));
  EXPECT_EQ(usage_at(100, 5, 5), 50);
  EXPECT_EQ(usage_at(110, 6, 5), 600.0 / 11) << "over 110 ms, not 10";
  EXPECT_EQ(usage_at(200, 15, 5), 100) << "over the last 100 ms";
  sampler->restart();
  EXPECT_FALSE(usage_at(300, 20, 10));
}

TEST(HostSampler, SurvivesTimeSteppingBack) {
  Tree tree;
  tree.put("proc/stat", "cpu 0 0 0 0\n");
  const auto sampler = tree.open();
  const auto request = asking_for({Metric::kProcessor});
  sampler->sample(request, at(seconds(10)), kWall);
  tree.put("proc/stat", "cpu 5 0 0 5\n");
  EXPECT_FALSE(sampler->sample(request, at(seconds(5)), kWall).processor->usage_percent);
  tree.put("proc/stat", "cpu 10 0 0 5\n");
  EXPECT_EQ(sampler->sample(request, at(seconds(6)), kWall).processor->usage_percent, 100);
}

TEST(HostSampler, ShowsTheSpaceOfRealMountsOnly) {
  Tree tree;
  tree.put(
      "proc/self/mountinfo",
      "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 8:2 / /data\\040x rw - xfs /dev/sda2 rw\n"
      "3 1 8:3 /f /etc/hosts rw - ext4 /dev/sda3 rw\n4 1 8:4 / /gone rw - ext4 /dev/sda4 rw\n");
  tree.put("data x/file", "");
  tree.put("etc/hosts", "");
  const auto sampler = tree.open();
  const auto snapshot =
      sampler->sample(asking_for({Metric::kDisk, Metric::kMounts}), at({}), kWall);
  ASSERT_EQ(snapshot.mounts.size(), 2u);
  EXPECT_EQ(snapshot.mounts[1].path, "/data x");
  ASSERT_TRUE(snapshot.root);
  EXPECT_GT(snapshot.root->total, 0u);
  EXPECT_LE(snapshot.root->used + snapshot.root->free, snapshot.root->total);
  EXPECT_THAT(sampler->take_notices(), ElementsAre(HasSubstr("No space of /gone")));
}

TEST(HostSampler, RanksProcessesWhenAsked) {
  Tree tree;
  const auto put = [&](int pid, int ticks, int pages) {
    const auto folder = "proc/" + std::to_string(pid);
    tree.put(folder + "/stat", std::to_string(pid) + " (p) S 1 1 1 0 -1 0 0 0 0 0 " +
                                   std::to_string(ticks) + " 0 0 0 20 0 1 0 7 0 " +
                                   std::to_string(pages) + " 0\n");
    tree.put(folder + "/io", "read_bytes: " + std::to_string(ticks) + "\nwrite_bytes: 0\n");
  };
  put(5, 0, 9);
  put(10, 0, 1);
  tree.put("proc/self/stat", "not a number");
  const auto sampler = tree.open();
  auto request = asking_for({Metric::kProcesses});
  request.process_orders = {monitor::ProcessOrder::kCpu, monitor::ProcessOrder::kMemory,
                            monitor::ProcessOrder::kIo};
  request.top_processes = 1;
  sampler->sample(request, at({}), kWall);
  put(10, 50, 1);
  const auto processes = sampler->sample(request, at(seconds(1)), kWall).processes;
  ASSERT_TRUE(processes && processes->by_cpu.size() == 1 && processes->by_memory.size() == 1);
  EXPECT_EQ(processes->count, 2u);
  EXPECT_EQ(processes->by_cpu[0].pid, 10);
  EXPECT_EQ(processes->by_cpu[0].cpu_percent,
            100.0 * 50 / static_cast<double>(sysconf(_SC_CLK_TCK)));
  EXPECT_EQ(processes->by_memory[0].pid, 5);
  EXPECT_EQ(processes->by_io[0].io_bytes_per_s, 50);
}

TEST(HostSampler, SaysWhenItsRootIsMissing) {
  const auto sampler = HostSampler::open({"/nonexistent", ""});
  ASSERT_FALSE(sampler);
  EXPECT_THAT(sampler.error().message, HasSubstr("/nonexistent"));
}

TEST(HostSampler, ReadsThisHost) {
  const auto sampler = HostSampler::open();
  ASSERT_TRUE(sampler);
  const auto request = asking_for(all_but_space().united(monitor::kSeedMetrics));
  (*sampler)->sample(request, Clock::now(), wall_time_now());
  const auto snapshot = (*sampler)->sample(request, Clock::now() + seconds(1), wall_time_now());
  ASSERT_TRUE(snapshot.processor && snapshot.memory && snapshot.system && snapshot.processes);
  EXPECT_GE(snapshot.processor->logical_cores, 1);
  EXPECT_GT(snapshot.memory->total, 0u);
  EXPECT_GT(snapshot.processes->count, 0u);
  EXPECT_FALSE(snapshot.system->hostname.empty());
}

}  // namespace
}  // namespace oriel::host
