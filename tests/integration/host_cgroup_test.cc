// The sampler in a real control group of this machine, of either version, with limits that the test
// sets. Skipped, with the reason, where no group can be made: without root, or in a container whose
// cgroup file systems are read-only.

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "oriel/core/monitor/cgroup_texts.h"
#include "oriel/core/monitor/disk_texts.h"
#include "oriel/core/monitor/document.h"
#include "oriel/core/monitor/value.h"
#include "oriel/io/host/host_sampler.h"

namespace oriel::host {
namespace {

using monitor::Metric;

constexpr std::uint64_t kMebibyte = 1 << 20;
constexpr std::uint64_t kLimitBytes = 512 * kMebibyte, kTakenBytes = 64 * kMebibyte;

std::string text_of(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The reason when it cannot be written.
std::string write_file(const std::string& path, const std::string& text) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  const auto written = fd < 0 ? -1 : ::write(fd, text.data(), text.size());
  const auto reason = written < 0 ? fmt::format("{}: {}", path, std::strerror(errno)) : "";
  if (fd >= 0) ::close(fd);
  return reason;
}

// Half a core and kLimitBytes, in folders that go with it.
class LimitedGroup {
 public:
  LimitedGroup() {
    for (const auto* controller : {"cpu", "cpuacct", "memory"})
      if (obstacle_.empty()) obstacle_ = make(controller);
  }
  ~LimitedGroup() {
    for (const auto& folder : folders_) ::rmdir(folder.c_str());
  }
  LimitedGroup(const LimitedGroup&) = delete;
  LimitedGroup& operator=(const LimitedGroup&) = delete;

  const std::string& obstacle() const { return obstacle_; }
  // Puts the calling process into it.
  bool enter() const {
    for (const auto& folder : folders_)
      if (!write_file(folder + "/cgroup.procs", "0").empty()) return false;
    return true;
  }

 private:
  std::string make(const std::string& controller) {
    const auto lines = monitor::parse_proc_cgroup(text_of("/proc/self/cgroup"));
    const auto mounts = monitor::parse_mountinfo(text_of("/proc/self/mountinfo"));
    const auto place = monitor::cgroup_place(lines, mounts, controller);
    if (!place) return "no cgroup file system for " + controller;
    const bool is_v2 = place->version == 2;
    if (is_v2 && controller == "cpuacct") return "";  // cpu counts too
    const auto& top = place->folders.back();
    // Where it cannot be switched on, the limit's file is missing, which is said then.
    if (is_v2) write_file(top + "/cgroup.subtree_control", "+" + controller);
    const auto folder = fmt::format("{}/oriel_test_{}", top, ::getpid());
    if (::mkdir(folder.c_str(), 0755) == 0) {
      folders_.push_back(folder);
    } else if (errno != EEXIST) {  // made for another controller of the same hierarchy
      return fmt::format("{}: {}", folder, std::strerror(errno));
    }
    if (controller == "cpuacct") return "";
    if (controller == "cpu") {
      return is_v2 ? write_file(folder + "/cpu.max", "50000 100000")
                   : write_file(folder + "/cpu.cfs_quota_us", "50000");
    }
    return write_file(folder + (is_v2 ? "/memory.max" : "/memory.limit_in_bytes"),
                      std::to_string(kLimitBytes));
  }

  std::vector<std::string> folders_;
  std::string obstacle_;
};

// Works until this process has had 300 ms of CPU, which the limit makes 600 ms at least.
void work() {
  std::timespec used{};
  do {
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  } while (used.tv_sec == 0 && used.tv_nsec < 300'000'000);
}

// What the sampler says in `group`, in a process of its own; empty when it could not enter.
std::string sampled_in(const LimitedGroup& group) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return {};
  const auto child = ::fork();
  if (child == 0) {
    auto sampler = HostSampler::open();
    if (!group.enter() || !sampler) ::_exit(1);
    SampleRequest request;
    for (const auto metric : {Metric::kCgroup, Metric::kProcessor, Metric::kMemory})
      request.metrics.add(metric);
    (*sampler)->sample(request, Clock::now(), wall_time_now());
    const std::vector<char> taken(kTakenBytes, 1);
    work();
    const auto snapshot = (*sampler)->sample(request, Clock::now(), wall_time_now());
    const auto text = monitor::to_json(monitor::make_data(snapshot, request.metrics));
    const bool is_sent = ::write(ends[1], text.data(), text.size()) > 0 && taken.back() == 1;
    ::_exit(is_sent ? 0 : 1);
  }
  ::close(ends[1]);
  std::string text;
  std::array<char, 4096> part{};
  for (ssize_t size = 0; (size = ::read(ends[0], part.data(), part.size())) > 0;)
    text.append(part.data(), static_cast<std::size_t>(size));
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return text;
}

TEST(HostSamplerInACgroup, SaysItsLimitsAndWhatItUses) {
  const LimitedGroup group;
  if (!group.obstacle().empty()) GTEST_SKIP() << "no cgroup to test in: " << group.obstacle();
  const auto text = sampled_in(group);
  const auto data = monitor::parse_json(text, text.size());
  ASSERT_TRUE(data) << "the group could not be entered: " << text;
  const auto figure = [&](const char* section, const char* key) {
    const auto* fields = data->find(section);
    const auto* value = fields == nullptr ? nullptr : fields->find(key);
    return value == nullptr ? -1 : value->number_or(-1);
  };
  EXPECT_EQ(figure("cgroup", "cpu_limit"), 0.5) << text;
  EXPECT_EQ(figure("cgroup", "memory_limit"), kLimitBytes) << text;
  EXPECT_GT(figure("cgroup", "cpu_cores_used"), 0.05) << text;
  EXPECT_LT(figure("cgroup", "cpu_cores_used"), 0.75) << text;
  EXPECT_NEAR(figure("cgroup", "cpu_percent"),
              std::min(100.0, figure("cgroup", "cpu_cores_used") * 200), 2)
      << text;
  EXPECT_GT(figure("cgroup", "memory_used"), kTakenBytes) << text;
  EXPECT_LE(figure("cgroup", "memory_used"), kLimitBytes) << text;
  EXPECT_EQ(figure("processor", "logical_count"), 1) << text;
  EXPECT_EQ(figure("processor", "usage_percent"), figure("cgroup", "cpu_percent")) << text;
  EXPECT_EQ(figure("memory", "total"), kLimitBytes) << text;
}

}  // namespace
}  // namespace oriel::host
