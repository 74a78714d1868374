#include "oriel/core/monitor/cgroup_texts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oriel::monitor {
namespace {

using ::testing::ElementsAre;

const char* const kV1Mounts =
    "30 20 0:26 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
    "31 20 0:27 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "32 20 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";

TEST(CgroupPlace, FindsTheGroupInEachHierarchyOfVersion1) {
  const auto lines = parse_proc_cgroup("5:memory:/docker/abc/sub\n3:cpu,cpuacct:/a/b\n0::/x\n");
  const auto mounts = parse_mountinfo(kV1Mounts);
  const auto cpu = cgroup_place(lines, mounts, "cpuacct");
  ASSERT_TRUE(cpu);
  EXPECT_EQ(cpu->version, 1);
  EXPECT_THAT(cpu->folders,
              ElementsAre("/sys/fs/cgroup/cpu,cpuacct/a/b", "/sys/fs/cgroup/cpu,cpuacct/a",
                          "/sys/fs/cgroup/cpu,cpuacct"));
  const auto memory = cgroup_place(lines, mounts, "memory");
  ASSERT_TRUE(memory);
  EXPECT_THAT(memory->folders, ElementsAre("/sys/fs/cgroup/memory/sub", "/sys/fs/cgroup/memory"));
  EXPECT_EQ(cgroup_place(lines, mounts, "io")->version, 2);
}

TEST(CgroupPlace, TakesTheTopOfTheMountForAPathOutsideOfIt) {
  const auto mounts = parse_mountinfo("1 2 0:3 /pod/x /sys/fs/cgroup rw - cgroup2 cgroup rw\n");
  for (const char* path :
       {"0::/\n", "0::/other\n", "0::/../other\n", "0::/pod/xy\n", "0::/pod/x\n"}) {
    const auto place = cgroup_place(parse_proc_cgroup(path), mounts, "cpu");
    ASSERT_TRUE(place) << path;
    EXPECT_THAT(place->folders, ElementsAre("/sys/fs/cgroup")) << path;
  }
  EXPECT_FALSE(cgroup_place({}, mounts, "cpu"));
}

TEST(CgroupLimits, KnowNoLimitInEitherVersion) {
  EXPECT_EQ(parse_byte_limit("1073741824\n"), 1073741824u);
  EXPECT_FALSE(parse_byte_limit("max\n"));
  EXPECT_FALSE(parse_byte_limit("9223372036854771712\n"));
  EXPECT_EQ(parse_cpu_max("50000 100000\n"), 0.5);
  EXPECT_FALSE(parse_cpu_max("max 100000\n"));
  EXPECT_FALSE(parse_cpu_max("50000 0\n"));
  EXPECT_FALSE(cpu_quota_cores("-1\n", "100000\n"));
  EXPECT_EQ(find_key("usage_usec 5\nnr_periods 7\n", "nr_periods"), 7u);
  EXPECT_FALSE(find_key("nr_periods_x 7\n", "nr_periods"));
}

CgroupReading reading(std::uint64_t used_us, std::uint64_t periods, std::uint64_t throttled) {
  CgroupReading reading;
  reading.quota_cores = 1.5;
  reading.cpu_used_us = used_us;
  reading.periods = periods;
  reading.throttled_periods = throttled;
  reading.memory_limit = 1000;
  reading.memory_used = 700;
  reading.inactive_file = 200;
  return reading;
}

TEST(CgroupUse, IsAShareOfTheTighterOfQuotaAndCpuset) {
  const auto before = reading(0, 10, 1), now = reading(500'000, 20, 6);
  const auto use = cgroup_use(&before, now, 1, 64);
  EXPECT_EQ(use.cpu_limit, 1.5);
  EXPECT_EQ(use.cpu_cores, 0.5);
  EXPECT_NEAR(*use.cpu_percent, 33.3, 0.1);
  EXPECT_EQ(use.throttled_percent, 50);
  EXPECT_EQ(use.memory_used, 500u);
  auto pinned = now;
  pinned.cpuset_cores = 1;
  EXPECT_EQ(cgroup_use(nullptr, pinned, 0, 64).cpu_limit, 1);
  EXPECT_FALSE(cgroup_use(nullptr, now, 0, 1).cpu_limit) << "more than the host has is no limit";
}

TEST(CgroupUse, HasNoShareAfterAReset) {
  const auto before = reading(500'000, 20, 6), now = reading(0, 0, 0);
  const auto use = cgroup_use(&before, now, 1, 4);
  EXPECT_FALSE(use.cpu_percent);
  EXPECT_FALSE(use.throttled_percent);
}

Snapshot host_snapshot() {
  Snapshot snapshot;
  snapshot.processor.emplace();
  snapshot.processor->usage_percent = 10;
  snapshot.processor->user_percent = 8;
  snapshot.processor->logical_cores = 64;
  snapshot.processor->physical_cores = 32;
  snapshot.memory.emplace();
  snapshot.memory->total = 100'000;
  snapshot.memory->available = 300;
  return snapshot;
}

TEST(PutCgroupFirst, ReplacesTheFiguresAndKeepsTheHostsBeside) {
  auto snapshot = host_snapshot();
  const auto before = reading(0, 0, 0);
  snapshot.cgroup = cgroup_use(&before, reading(1'500'000, 1, 1), 1, 64);
  put_cgroup_first(snapshot);
  EXPECT_EQ(snapshot.processor->usage_percent, 100);
  EXPECT_EQ(snapshot.processor->logical_cores, 2);
  EXPECT_FALSE(snapshot.processor->user_percent);
  EXPECT_EQ(snapshot.memory->total, 1000u);
  EXPECT_EQ(snapshot.memory->used, 500u);
  EXPECT_EQ(snapshot.memory->available, 300u) << "the host has no more";
  ASSERT_TRUE(snapshot.host && snapshot.host->processor && snapshot.host->memory);
  EXPECT_EQ(snapshot.host->processor->usage_percent, 10);
  EXPECT_EQ(snapshot.host->processor->user_percent, 8);
  EXPECT_EQ(snapshot.host->memory->total, 100'000u);
}

TEST(PutCgroupFirst, LeavesTheHostWhereTheGroupHasNoLimits) {
  auto snapshot = host_snapshot();
  snapshot.cgroup.emplace();
  snapshot.cgroup->memory_used = 5;
  const auto unlimited = snapshot;
  put_cgroup_first(snapshot);
  EXPECT_EQ(snapshot, unlimited);
}

}  // namespace
}  // namespace oriel::monitor
