#include "oriel/core/monitor/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "oriel/core/monitor/messages.h"
#include "oriel/testing/golden.h"

namespace oriel::monitor {
namespace {

constexpr WallTime kTime{1'763'646'471'426'531, 3600};

// A host that has one of everything.
Snapshot full_snapshot() {
  Snapshot s;
  s.time = kTime;
  s.processor = Processor{52.44, 40.0, 12.4,      1.0, 0.0,  {{0, 20.0}, {2, 81.84}},
                          {},    2,    2596.1284, {},  61.5, "EPYC"};
  s.memory = Memory{25276514304, 24517492736, 443236352, 315968000, 1, 2, 3, 3.004};
  s.swap = Swap{100, 25, 75, 25};
  s.root = MountSpace{"/", "/dev/vda", "ext4", 270553174016, 21184942080, 81560338432, 20.62};
  s.mounts = {*s.root};
  s.disks = {{"vda", false, 512, 1024, 10.0, 20.04, 1.0, 2.0, 3.3},
             {"dm-0", true, 1, 1, 99.0, 99.0, {}, {}, {}}};
  s.interfaces = {{"lo", 1, 2, 3, 4, 5, 6, 7, 8, 1000.0, 1000.0, 1.0, 1.0},
                  {"eth0", 1, 2, 3, 4, 5, 6, 7, 8, 10.0, 20.0, 1.0, 2.0}};
  s.gpus = {{"Iris", "intel", "i915", 5.0, {}, {}, {}, {}, {}, 300.0},
            {"RTX", "nvidia", "550.1", 15.0, 4294967296, 2147483648, 52.0, 80.5, {}, 1500.0}};
  s.processes = Processes{2, {{1, 0, "caf\xc3\xa9\xff", 'R', 1, 12.34, 4096, {}}}, {}, {}};
  s.batteries = {{"BAT0", 87, "discharging", 9.5, 3600.4}};
  s.sensors = {{"coretemp/Core 0", 61.5, 80.0, 100.0}};
  s.system = System{"Linux",  "#1 SMP",   "6.18.44", "x86_64", "vm", "Linux-6.18.44-x86_64",
                    "Debian", 1763646000, 471.4};
  s.load = Load{7.02, 6.64, 5.83, 14, 287};
  s.pressure.emplace();
  s.pressure->cpu = ResourcePressure{Stall{1.5, 2, 3, 4}, Stall{0, 0, 0, 0}};
  s.pressure->memory = ResourcePressure{Stall{1, 2, 3, 4}, Stall{0.5, 1, 2, 3}};
  s.pressure->io = s.pressure->memory;
  s.cgroup = Cgroup{2, "/a", 1.5, 0.5, 33.33, 50.0, 6, 7, 1000, 500, 2000, 250, 0};
  s.host.emplace();
  s.host->memory = s.memory;
  s.host->processor = s.processor;
  return s;
}

MetricSet everything() { return all_but_processes().united({Metric::kProcesses}); }

TEST(MonitorDocument, HasTheFieldsOfTheGoldenFile) {
  const auto text = to_json(make_data(full_snapshot(), everything())) + "\n";
  EXPECT_EQ(testing::golden_text("tests/golden/monitoring_data.json", text), text);
}

TEST(MonitorDocument, SaysTheGigabytesOfMemoryThatItsPercentageIsOf) {
  Snapshot snapshot;
  snapshot.memory.emplace();
  snapshot.memory->total = std::uint64_t{16} << 30;
  snapshot.memory->available = std::uint64_t{12} << 30;
  snapshot.memory->used = std::uint64_t{1} << 30;
  snapshot.memory->usage_percent = 25;
  const auto data = make_data(snapshot, kSeedMetrics);
  const auto& memory = *data.find("memory");
  EXPECT_EQ(memory.find("used_gb")->number_or(0), 4);
  EXPECT_EQ(memory.find("used")->number_or(0), 1 << 30) << "as psutil says";
}

// What the formatters of the real client read, and what the seed's text promises.
TEST(MonitorDocument, HasWhatTheRealProgramsAndTheSeedsTextRead) {
  const auto data = make_data(full_snapshot(), kSeedMetrics);
  const auto has = [&](const char* section, std::initializer_list<const char*> keys) {
    const auto* fields = data.find(section);
    ASSERT_NE(fields, nullptr) << section;
    for (const auto* key : keys) EXPECT_NE(fields->find(key), nullptr) << section << "." << key;
  };
  has("processor", {"usage_percent", "logical_count", "core_count", "frequency_current",
                    "frequency_max", "per_core_usage", "temperature", "frequency_mhz"});
  has("memory", {"percentage", "used", "total", "available", "usage_percent", "used_gb", "total_gb",
                 "available_gb"});
  has("disk", {"percentage", "used", "total", "free", "path", "mount_point", "usage_percent",
               "used_gb", "total_gb", "free_gb"});
  has("gpu", {"gpu_usage_percent", "memory_percentage", "name", "memory_used", "memory_total",
              "memory_free", "temperature", "power_draw", "power_limit", "usage_percent",
              "memory_percent", "memory_used_mb", "memory_total_mb"});
  has("system", {"architecture", "os_name", "os_version", "os_release", "hostname", "platform",
                 "machine", "processor", "boot_time", "processes"});
  EXPECT_EQ(data.find("gpu")->find("name")->string()[0], "RTX") << "the first that has both";
  EXPECT_EQ(data.find("swap"), nullptr);
}

TEST(MonitorDocument, BeginsAsTheCapturedOneOfTheRealServer) {
  const auto message = write_monitoring_data(kTime, make_data(full_snapshot(), {Metric::kMemory}),
                                             {}, Dialect::kServer);
  EXPECT_THAT(message,
              ::testing::StartsWith(
                  R"({"type": "monitoring_data", "timestamp": "2025-11-20T14:47:51.426531", )"
                  R"("data": {"memory": {"total": 25276514304, "available": 24517492736, )"
                  R"("used": 443236352, "percentage": 3.0, )"));
}

TEST(MonitorDocument, LeavesOutWhatTheHostDoesNotHave) {
  EXPECT_EQ(to_json(make_data({}, everything())), "{}");
  Snapshot snapshot;
  snapshot.processor.emplace();
  EXPECT_EQ(to_json(make_data(snapshot, everything())),
            R"({"processor": {"core_count": null, "logical_count": 0, "frequency_current": 0.0, )"
            R"("frequency_max": 0.0}})");
}

TEST(MonitorDocument, SumsNeitherStackedDisksNorTheLoopback) {
  const auto data = make_data(full_snapshot(), {Metric::kDisks, Metric::kNetwork});
  EXPECT_EQ(data.find("disks")->find("read_bytes_per_s")->number_or(0), 10);
  EXPECT_EQ(data.find("network")->find("bytes_sent_per_s")->number_or(0), 20);
}

TEST(MonitorDocument, ChangesIntoTheNextByItsDelta) {
  auto snapshot = full_snapshot();
  const auto before = make_data(snapshot, everything());
  snapshot.processor->usage_percent = 60;
  snapshot.interfaces.erase(snapshot.interfaces.begin());
  snapshot.interfaces.push_back({"eth1", 1, 2, 3, 4, 5, 6, 7, 8, {}, {}, {}, {}});
  snapshot.swap.reset();
  const auto after = make_data(snapshot, everything());
  const auto patch = merge_patch(before, after);
  EXPECT_EQ(merge_patch(before, before), Value(Object{}));
  EXPECT_LT(to_json(patch).size(), to_json(after).size() / 4);
  // In what order members stand says nothing.
  EXPECT_EQ(merge_patch(patched(before, patch), after), Value(Object{}));
  EXPECT_EQ(merge_patch(after, patched(before, patch)), Value(Object{}));
}

TEST(LocalTimestamp, LeavesOutAFractionOfZeroAndKeepsToFourDigits) {
  EXPECT_EQ(local_timestamp({0, 0}), "1970-01-01T00:00:00");
  EXPECT_EQ(local_timestamp({-1, 0}), "1969-12-31T23:59:59.999999");
  EXPECT_EQ(local_timestamp({951'782'400'000'001, -3600}), "2000-02-28T23:00:00.000001");
  EXPECT_EQ(local_timestamp({std::numeric_limits<std::int64_t>::max(), 0}).substr(0, 19),
            "9999-12-31T23:59:59");
  EXPECT_EQ(local_timestamp({std::numeric_limits<std::int64_t>::min(), 0}).substr(0, 19),
            "0000-01-01T00:00:00");
}

TEST(JsonWriter, WritesAsPythonDoes) {
  EXPECT_EQ(to_json(Array{1, 2.0, 0.1, -3.5, true, nullptr, std::uint64_t{1} << 63}),
            "[1, 2.0, 0.1, -3.5, true, null, 9223372036854775808]");
  EXPECT_EQ(to_json("\"\\\n\x01\x7f é€😀"), R"("\"\\\n\u0001\u007f \u00e9\u20ac\ud83d\ude00")");
  EXPECT_EQ(to_json("\xff\xc3(\xed\xa0\x80"), R"("\ufffd\ufffd(\ufffd\ufffd\ufffd")");
  EXPECT_EQ(to_json(std::numeric_limits<double>::quiet_NaN()), "null");
  EXPECT_EQ(to_json(Object{}), "{}");
}

TEST(JsonReader, GivesBackWhatWasWritten) {
  const auto data = make_data(full_snapshot(), all_but_processes());
  const auto text = to_json(data);
  const auto read = parse_json(text, text.size());
  ASSERT_TRUE(read);
  EXPECT_EQ(to_json(*read), text);
  EXPECT_EQ(parse_json(text, text.size() - 1).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(parse_json("[1", 10).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(parse_json(std::string(100, '['), 100).error().code, ErrorCode::kTooLarge);
}

TEST(MergePatch, RemovesByNullAndReplacesOtherKinds) {
  const Value before = Object{{"a", 1}, {"b", Object{{"c", 2}, {"d", 3}}}, {"e", Array{1}}};
  const Value after = Object{{"b", Object{{"c", 2}}}, {"e", 5}, {"f", nullptr}};
  EXPECT_EQ(to_json(merge_patch(before, after)), R"({"b": {"d": null}, "e": 5, "a": null})");
  EXPECT_EQ(to_json(patched(before, merge_patch(before, after))), R"({"b": {"c": 2}, "e": 5})");
}

}  // namespace
}  // namespace oriel::monitor
