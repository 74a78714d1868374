// The texts of the kernel, each as several kernels write it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "oriel/core/monitor/counters.h"
#include "oriel/core/monitor/disk_texts.h"
#include "oriel/core/monitor/limits.h"
#include "oriel/core/monitor/load_texts.h"
#include "oriel/core/monitor/memory_texts.h"
#include "oriel/core/monitor/network_texts.h"
#include "oriel/core/monitor/process_texts.h"
#include "oriel/core/monitor/processor_texts.h"
#include "oriel/core/monitor/text_scan.h"

namespace oriel::monitor {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(TextScan, TakesOnlyWholeNumbersThatFit) {
  EXPECT_EQ(parse_u64("18446744073709551615"), 18446744073709551615u);
  for (const char* odd : {"", "-1", "+1", "1x", " 1", "18446744073709551616"}) {
    EXPECT_FALSE(parse_u64(odd)) << odd;
  }
  EXPECT_EQ(parse_decimal("2596.128"), 2596.128);
  for (const char* odd : {"", "nan", "inf", "1e5", "1.5x"}) EXPECT_FALSE(parse_decimal(odd)) << odd;
}

TEST(TextScan, CountsCpuLists) {
  EXPECT_EQ(count_cpu_list("0-3,8,10-11\n"), 7);
  EXPECT_EQ(count_cpu_list("\n"), 0);
  EXPECT_EQ(count_cpu_list("0-4095"), 4096);
  for (const char* odd : {"0-4096", "3-1", "a", "1-", ",1", "0-4095,0-4095"}) {
    EXPECT_FALSE(count_cpu_list(odd)) << odd;
  }
}

TEST(ProcStat, ReadsOnlineCoresAndSkipsOddLines) {
  const auto stat = parse_proc_stat(
      "cpu  10 1 5 100 4 1 2 3 0 0\ncpu0 5 0 2 50 2 0 1 1 0 0\ncpu2 5 1 3 50 2 1 1 2 0 0\n"
      "cpu1 1 1 1 1\ncpux 1 1 1 1\ncpu3 1 2\nbtime 1795190917\nprocs_blocked 3\n");
  EXPECT_EQ(stat.all, (CpuTimes{10, 1, 5, 100, 4, 1, 2, 3}));
  ASSERT_EQ(stat.cores.size(), 2u);
  EXPECT_EQ(stat.cores[1].number, 2);
  EXPECT_EQ(stat.boot_time_s, 1795190917);
  EXPECT_EQ(stat.blocked, 3u);
}

TEST(ProcStat, TakesTheFourFieldsOfTheOldestKernels) {
  EXPECT_EQ(parse_proc_stat("cpu 1 2 3 4\n").all, (CpuTimes{1, 2, 3, 4, 0, 0, 0, 0}));
}

TEST(ProcStat, KeepsNoMoreCoresThanTheLimit) {
  std::string text;
  for (std::size_t i = 0; i < kCoresMax + 2; ++i) text += "cpu" + std::to_string(i) + " 1 1 1 1\n";
  EXPECT_EQ(parse_proc_stat(text).cores.size(), kCoresMax);
}

TEST(CpuShares, CountsWaitingAsIdleAndStolenTimeAsBusy) {
  const auto shares = cpu_shares({0, 0, 0, 0, 0, 0, 0, 0}, {30, 10, 10, 20, 15, 3, 2, 10});
  ASSERT_TRUE(shares);
  EXPECT_DOUBLE_EQ(shares->usage_percent, 65);
  EXPECT_DOUBLE_EQ(shares->user_percent, 40);
  EXPECT_DOUBLE_EQ(shares->system_percent, 15);
  EXPECT_DOUBLE_EQ(shares->iowait_percent, 15);
  EXPECT_DOUBLE_EQ(shares->steal_percent, 10);
}

TEST(CpuShares, TakesACounterThatWentBackForStill) {
  const auto shares = cpu_shares({100, 0, 0, 100, 50, 0, 0, 0}, {150, 0, 0, 150, 40, 0, 0, 0});
  ASSERT_TRUE(shares);
  EXPECT_DOUBLE_EQ(shares->usage_percent, 50);
  EXPECT_FALSE(cpu_shares({5, 5, 5, 5, 5, 5, 5, 5}, {}));
}

TEST(CoreUses, ComparesOnlyCoresThatWereThereBefore) {
  const std::vector<CoreTimes> before{{0, {0, 0, 0, 0}}, {1, {0, 0, 0, 0}}};
  const std::vector<CoreTimes> now{{1, {1, 0, 0, 3}}, {2, {1, 0, 0, 1}}};
  EXPECT_THAT(core_uses(before, now), ElementsAre(CoreUse{1, 25.0}));
}

TEST(CpuInfo, TellsModelMeanFrequencyAndCoresOfX86) {
  const auto info = parse_cpuinfo(
      "processor\t: 0\nmodel name\t: EPYC\ncpu MHz\t\t: 2000.5\nphysical id\t: 0\ncore id\t\t: "
      "0\n\n"
      "processor\t: 1\nmodel name\t: EPYC\ncpu MHz\t\t: 3000.5\nphysical id\t: 0\ncore id\t\t: "
      "0\n\n"
      "processor\t: 2\ncpu MHz\t\t: odd\nphysical id\t: 1\ncore id\t\t: 0\n");
  EXPECT_EQ(info.model, "EPYC");
  EXPECT_EQ(info.frequency_mhz, 2500.5);
  EXPECT_EQ(info.physical_cores, 2);
}

TEST(CpuInfo, HasNothingOfArm64ThatItDoesNotSay) {
  const auto info = parse_cpuinfo("processor\t: 0\nBogoMIPS\t: 50.00\nCPU part\t: 0xd0c\n");
  EXPECT_TRUE(info.model.empty());
  EXPECT_FALSE(info.frequency_mhz);
  EXPECT_FALSE(info.physical_cores);
}

TEST(MemInfo, ReckonsAsPsutilDoes) {
  const auto info = parse_meminfo(
      "MemTotal: 1000 kB\nMemFree: 300 kB\nMemAvailable: 600 kB\nBuffers: 50 kB\nCached: 200 kB\n"
      "Shmem: 10 kB\nSReclaimable: 30 kB\nSwapTotal: 100 kB\nSwapFree: 25 kB\nHugePages_Total: "
      "0\n");
  ASSERT_TRUE(info.memory);
  EXPECT_EQ(info.memory->total, 1024000u);
  EXPECT_EQ(info.memory->used, 420u * 1024);
  EXPECT_EQ(info.memory->cached, 230u * 1024);
  EXPECT_DOUBLE_EQ(info.memory->usage_percent, 40);
  ASSERT_TRUE(info.swap);
  EXPECT_DOUBLE_EQ(info.swap->usage_percent, 75);
}

TEST(MemInfo, EstimatesWhatOldKernelsDoNotTell) {
  const auto info = parse_meminfo(
      "MemTotal: 100 kB\nMemFree: 10 kB\nBuffers: 5 kB\nCached: 30 kB\nShmem: 8 kB\n");
  ASSERT_TRUE(info.memory);
  EXPECT_EQ(info.memory->available, 37u * 1024);
  EXPECT_FALSE(info.swap);
}

TEST(MemInfo, IsNeverNegativeNorBeyondItsTotal) {
  const auto info = parse_meminfo(
      "MemTotal: 100 kB\nMemFree: 90 kB\nMemAvailable: 200 kB\nCached: 60 kB\nSwapTotal: 5 kB\n"
      "SwapFree: 9 kB\n");
  ASSERT_TRUE(info.memory && info.swap);
  EXPECT_EQ(info.memory->used, 10u * 1024);
  EXPECT_EQ(info.memory->available, info.memory->total);
  EXPECT_EQ(info.swap->used, 0u);
  EXPECT_FALSE(parse_meminfo("MemFree: 1 kB\n").memory);
  EXPECT_FALSE(parse_meminfo("MemTotal: 99999999999999999999 kB\nMemFree: 1 kB\n").memory);
}

TEST(Counter, WrapsOnlyWhere32BitsWideAndLikely) {
  constexpr auto k32 = CounterWidth::k32;
  EXPECT_EQ(counter_moved(10, 15, CounterWidth::k64), 5u);
  EXPECT_FALSE(counter_moved(15, 10, CounterWidth::k64));
  EXPECT_EQ(counter_moved(0xffffffff, 9, k32), 10u);
  EXPECT_FALSE(counter_moved(1000, 0, k32)) << "a reset";
  EXPECT_FALSE(counter_moved(std::uint64_t{1} << 33, 0, k32));
}

TEST(Counter, HasNoRateWithoutTime) {
  EXPECT_EQ(counter_rate(0, 10, 2, CounterWidth::k64), 5);
  EXPECT_FALSE(counter_rate(0, 10, 0, CounterWidth::k64));
  EXPECT_FALSE(counter_rate(0, 10, -1, CounterWidth::k64));
}

TEST(Diskstats, TakesEachLengthOfLine) {
  const auto disks = parse_diskstats(
      "   8 0 sda 10 1 20 3 40 5 60 7 0 90 100\n"
      " 254 0 vda 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n"
      "   8 1 sda1 1 2 3 4\n 8 2 sdb x\n");
  EXPECT_THAT(disks, ElementsAre(DiskCounters{"sda", 10, 20, 40, 60, 90},
                                 DiskCounters{"vda", 1, 3, 5, 7, 10}));
}

TEST(Diskstats, TellsPartitionsByName) {
  for (const char* name : {"sda1", "vda15", "xvdb2", "nvme0n1p1", "mmcblk0p2", "md0p1"}) {
    EXPECT_TRUE(is_partition_name(name)) << name;
  }
  for (const char* name : {"sda", "nvme0n1", "mmcblk0", "dm-0", "md127", "sr0", "loop0", "1"}) {
    EXPECT_FALSE(is_partition_name(name)) << name;
  }
}

TEST(DiskThroughput, ComparesWithTheReadingBefore) {
  const std::vector<DiskCounters> before{{"sda", 10, 100, 20, 200, 4294967000}};
  const std::vector<DiskCounters> now{
      {"sda", 14, 108, 20, 240, 704}, {"sdb", 1, 1, 1, 1, 1}, {"loop0", 0, 0, 0, 0, 0}};
  const auto disks = disk_throughput(before, now, 2, CounterWidth::k64);
  ASSERT_EQ(disks.size(), 2u);
  EXPECT_EQ(disks[0].reads_per_s, 2);
  EXPECT_EQ(disks[0].read_bytes_per_s, 2048);
  EXPECT_EQ(disks[0].write_bytes_per_s, 10240);
  EXPECT_EQ(disks[0].busy_percent, 50) << "1000 ms across the wrap of 32 bits, in 2 s";
  EXPECT_FALSE(disks[1].reads_per_s);
}

TEST(Mountinfo, UnescapesAndLeavesOutWhatIsBroken) {
  const auto mounts = parse_mountinfo(
      "36 35 98:0 /a\\040b /mnt/c\\134d rw,noatime master:1 shared:2 - ext4 /dev/sd\\040a rw,x\n"
      "1 2 3:4 / relative rw - ext4 d rw\n1 2 3:4 / /x rw ext4 d rw\n");
  ASSERT_EQ(mounts.size(), 1u);
  EXPECT_EQ(mounts[0].root, "/a b");
  EXPECT_EQ(mounts[0].path, "/mnt/c\\d");
  EXPECT_EQ(mounts[0].device, "/dev/sd a");
  EXPECT_EQ(mounts[0].super_options, "rw,x");
}

TEST(MountsWithSpace, ShowsEachDeviceOnceAndNoNetwork) {
  const auto mounts = parse_mountinfo(
      "1 0 0:30 / / rw - overlay overlay rw\n2 1 0:5 / /proc rw - proc proc rw\n"
      "3 1 8:1 /docker/hosts /etc/long/hosts rw - ext4 /dev/sda1 rw\n"
      "4 1 8:1 / /data rw - ext4 /dev/sda1 rw\n5 1 0:9 / /nfs rw - nfs4 server:/x rw\n"
      "6 1 0:40 /@home /home rw - btrfs /dev/sdb rw\n7 1 0:41 /@var /var rw - btrfs /dev/sdb rw\n"
      "8 1 8:2 / /data rw - xfs /dev/sda2 rw\n");
  std::vector<std::string> shown;
  for (const auto& mount : mounts_with_space(mounts))
    shown.push_back(mount.path + " " + mount.type);
  EXPECT_THAT(shown, ElementsAre("/ overlay", "/data xfs", "/var btrfs"));
}

TEST(NetDev, TakesNamesWithAndWithoutBlanks) {
  const auto interfaces = parse_net_dev(
      "Inter-| Receive | Transmit\n face |bytes packets|bytes\n"
      "    lo: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"
      "eth0:100 2 0 0 0 0 0 0 200 3 0 0 0 0 0 0\n bad: 1 2 3\n");
  ASSERT_EQ(interfaces.size(), 2u);
  EXPECT_EQ(interfaces[0].name, "lo");
  EXPECT_EQ(interfaces[0].receive_drops, 4u);
  EXPECT_EQ(interfaces[0].send_errors, 11u);
  EXPECT_EQ(interfaces[1].name, "eth0");
  EXPECT_EQ(interfaces[1].sent_bytes, 200u);
}

TEST(NetDev, GivesNoRateForAnInterfaceThatWasMadeAnew) {
  const auto before = parse_net_dev("a: 100 0 0 0 0 0 0 0 100 0 0 0 0 0 0 0\n");
  auto now = parse_net_dev("a: 90 5 0 0 0 0 0 0 140 0 0 0 0 0 0 0\nb: 1 1 1 1 1 1 1 1 1 1 1 1\n");
  set_traffic_rates(before, now, 2, CounterWidth::k64);
  EXPECT_FALSE(now[0].received_bytes_per_s);
  EXPECT_EQ(now[0].sent_bytes_per_s, 20);
  EXPECT_FALSE(now[1].sent_bytes_per_s);
}

TEST(Load, TakesTheThreeAveragesAndTheTasks) {
  EXPECT_EQ(parse_loadavg("7.02 6.64 5.83 14/287 31729\n"), (Load{7.02, 6.64, 5.83, 14, 287}));
  EXPECT_EQ(parse_loadavg("1 2 3"), (Load{1, 2, 3, {}, {}}));
  EXPECT_FALSE(parse_loadavg("1 2"));
  EXPECT_FALSE(parse_loadavg("1 -2 3"));
}

TEST(Uptime, IsTheFirstNumber) {
  EXPECT_EQ(parse_uptime("18325.40 11863.51\n"), 18325.40);
  EXPECT_FALSE(parse_uptime(""));
}

TEST(Pressure, TakesCpuWithoutFullOfOldKernels) {
  const auto pressure =
      parse_pressure("some avg10=95.59 avg60=96.30 avg300=89.18 total=7903565573\n");
  ASSERT_TRUE(pressure && pressure->some);
  EXPECT_EQ(*pressure->some, (Stall{95.59, 96.30, 89.18, 7903565573}));
  EXPECT_FALSE(pressure->full);
  EXPECT_FALSE(parse_pressure("some avg10=101.00 avg60=0 avg300=0 total=0\n"));
  EXPECT_FALSE(parse_pressure("some avg10=1 total=0\n"));
}

// Fields 4 to 24 of a process with the given name, 250 ticks, started at 77, 5 pages.
std::string process_stat(const std::string& name) {
  return "42 (" + name + ") S 1 42 42 0 -1 4194560 1 2 3 4 200 50 0 0 20 0 3 0 77 1000 5 184467\n";
}

TEST(ProcessStat, TakesNamesWithBracketsAndBlanks) {
  for (const char* name : {"cat", "a b", "x) R 1", "((", ""}) {
    const auto process = parse_process_stat(process_stat(name));
    ASSERT_TRUE(process) << name;
    EXPECT_EQ(process->name, name);
    EXPECT_EQ(process->parent, 1);
    EXPECT_EQ(process->cpu_ticks, 250u);
    EXPECT_EQ(process->threads, 3);
    EXPECT_EQ(process->start_ticks, 77u);
    EXPECT_EQ(process->resident_pages, 5u);
  }
}

TEST(ProcessStat, RefusesEveryTruncationBeforeTheStartTime) {
  const auto text = process_stat("cat");
  const auto enough = text.find(" 77 ") + 2;
  for (std::size_t size = 0; size < enough; ++size) {
    EXPECT_FALSE(parse_process_stat(text.substr(0, size))) << size;
  }
}

TEST(ProcessIo, SumsWhatReachedStorage) {
  EXPECT_EQ(
      parse_process_io("rchar: 9\nread_bytes: 100\nwrite_bytes: 50\ncancelled_write_bytes: 20\n"),
      130u);
  EXPECT_FALSE(parse_process_io("read_bytes: 1\n"));
}

TEST(ProcessUses, KnowsALaterProcessOfTheSameNumber) {
  ProcessCounters old{1, 0, "a", 'S', 1, 100, 5, 2, {}};
  auto same = old, other = old;
  same.cpu_ticks = 150;
  other.cpu_ticks = 150;
  other.start_ticks = 6;
  const TickLength length{100, 4096};
  EXPECT_EQ(process_uses({&old, 1}, {&same, 1}, 1, length)[0].cpu_percent, 50);
  EXPECT_FALSE(process_uses({&old, 1}, {&other, 1}, 1, length)[0].cpu_percent);
  EXPECT_EQ(process_uses({}, {&other, 1}, 0, length)[0].memory_bytes, 8192u);
}

ProcessCounters with_io(int pid, int parent, std::optional<std::uint64_t> io_bytes) {
  return {pid, parent, "a", 'S', 1, 0, 5, 2, io_bytes};
}

TEST(ProcessUses, LeaveOutTheIoThatAParentTookOverFromAnEndedChild) {
  const std::vector before{with_io(10, 1, 100), with_io(20, 10, 5'000'000), with_io(30, 1, 7)};
  const std::vector now{with_io(10, 1, 5'000'300), with_io(30, 1, 9)};
  const auto uses = process_uses(before, now, 2, {});
  EXPECT_EQ(uses[0].io_bytes_per_s, 100) << "200 since then by the child or itself, in 2 s";
  EXPECT_EQ(uses[1].io_bytes_per_s, 1);
}

TEST(ProcessUses, LeaveOutIoThatWentThroughAnEndedParent) {
  const std::vector before{with_io(10, 1, 0), with_io(20, 10, 1000), with_io(30, 20, 4000)};
  const std::vector now{with_io(10, 1, 5500)};
  EXPECT_EQ(process_uses(before, now, 1, {})[0].io_bytes_per_s, 500);
}

TEST(ProcessUses, CountNoIoBelowNothingWhenNobodyWaitedForTheChild) {
  const std::vector before{with_io(10, 1, 100), with_io(20, 10, 5000), with_io(40, 10, {})};
  const std::vector now{with_io(10, 1, 150), with_io(20, 10, 5000)};
  EXPECT_EQ(process_uses(before, now, 1, {})[0].io_bytes_per_s, 50) << "20 still runs";
  EXPECT_EQ(process_uses(before, {now.begin(), 1}, 1, {})[0].io_bytes_per_s, 0);
}

TEST(TopProcesses, OrdersLargestFirstAndEqualsByNumber) {
  std::vector<ProcessUse> all(4);
  for (int i = 0; i < 4; ++i) all[static_cast<std::size_t>(i)].pid = 4 - i;
  all[0].cpu_percent = 1;
  all[1].cpu_percent = 9;
  all[2].cpu_percent = 1;
  std::vector<int> pids;
  for (const auto& process : top_processes(all, ProcessOrder::kCpu, 10))
    pids.push_back(process.pid);
  EXPECT_THAT(pids, ElementsAre(3, 2, 4)) << "one has no figure yet";
  EXPECT_EQ(top_processes(all, ProcessOrder::kMemory, 2).size(), 2u);
  EXPECT_THAT(top_processes(all, ProcessOrder::kIo, 2), IsEmpty());
}

}  // namespace
}  // namespace oriel::monitor
