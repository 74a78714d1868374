#include "oriel/core/monitor/reading.h"

#include <gtest/gtest.h>

#include "oriel/core/monitor/limits.h"

namespace oriel::monitor {
namespace {

Reading read(std::string_view json) { return read_message(parse_json(json, 100'000).value()); }

constexpr double kGibibyte = 1073741824.0;

TEST(ReadMessage, TakesBytesAndPercentageOfTheRealServer) {
  const auto reading = read(
      R"({"type": "monitoring_data", "timestamp": "2026-11-20T13:47:51.426531", "data": {
        "memory": {"total": 25276514304, "available": 24517492736, "used": 443236352, "percentage": 3.0},
        "processor": {"usage_percent": 52.4, "core_count": 2, "frequency_current": 2596.128, "frequency_max": 0.0},
        "disk": {"total": 4, "used": 1, "free": 3, "percentage": 20.6, "path": "/"}}})");
  EXPECT_EQ(reading.time, "13:47:51");
  EXPECT_EQ(reading.processor.percent, 52.4);
  EXPECT_EQ(reading.processor.frequency_mhz, 2596.128);
  EXPECT_EQ(reading.memory.percent, 3.0);
  EXPECT_EQ(reading.memory.used_bytes, 25276514304.0 - 24517492736.0) << "as the percentage";
  EXPECT_EQ(reading.disk.percent, 20.6);
  EXPECT_EQ(reading.mount_point, "/");
  EXPECT_TRUE(reading.gpus.empty());
}

TEST(ReadMessage, TakesGigabytesAndUsagePercentOfTheSeedsText) {
  const auto reading = read(
      R"({"data": {"memory": {"usage_percent": 62.8, "used_gb": 8.0, "total_gb": 16, "available_gb": 4.0},
        "processor": {"frequency_mhz": 2400, "temperature": 65.0},
        "gpu": {"usage_percent": 15.0, "memory_percent": 45.0, "memory_used_mb": 2048, "memory_total_mb": 4096}}})");
  EXPECT_EQ(reading.memory.percent, 62.8);
  EXPECT_EQ(reading.memory.used_bytes, 8 * kGibibyte);
  EXPECT_EQ(reading.memory.free_bytes, 4 * kGibibyte);
  EXPECT_EQ(reading.processor.frequency_mhz, 2400);
  EXPECT_EQ(reading.processor.percent, std::nullopt);
  ASSERT_EQ(reading.gpus.size(), 1u);
  EXPECT_EQ(reading.gpus[0].memory.used_bytes, 2 * kGibibyte);
  EXPECT_EQ(reading.gpus[0].memory.percent, 45.0);
}

TEST(ReadMessage, MakesAMissingShareOfTheSizes) {
  const auto reading = read(
      R"({"data": {"memory": {"total": 1000, "available": 250, "used": 100}, "disk": {"total": 100, "used": 25}}})");
  EXPECT_EQ(reading.memory.percent, 75.0);
  EXPECT_EQ(reading.disk.percent, 25.0);
}

TEST(ReadMessage, PrefersTheListOfSeveralGpus) {
  const auto reading = read(
      R"({"data": {"gpu": {"name": "b"}, "gpus": [{"name": "a"}, 3, {"name": "b", "usage_percent": 7}]}})");
  ASSERT_EQ(reading.gpus.size(), 2u);
  EXPECT_EQ(reading.gpus[1].percent, 7);
}

TEST(ReadMessage, LeavesOutAGpuThatIsNone) {
  EXPECT_TRUE(read(R"({"data": {"gpu": {"name": "No GPU detected"}}})").gpus.empty());
  EXPECT_TRUE(read(R"({"data": {"gpu": null}})").gpus.empty());
}

TEST(ReadMessage, ReadsAlertsOfBothSpellings) {
  const auto reading = read(
      R"({"alerts": [{"component": "memory", "value": 81.0, "level": "WARNING", "message": "High"},
                     {"component": "disk", "level": "critical", "message": "Full"}, "no alert"]})");
  ASSERT_EQ(reading.alerts.size(), 2u);
  EXPECT_EQ(reading.alerts[0].level, AlertLevel::kWarning);
  EXPECT_EQ(reading.alerts[0].value, 81.0);
  EXPECT_EQ(reading.alerts[1].level, AlertLevel::kCritical);
}

TEST(ReadMessage, CountsFiguresThatCannotBeAsMissing) {
  const auto reading = read(
      R"({"timestamp": "2026-11-20T13-47-51", "data": {"processor": {"usage_percent": 1e300, "core_count": null},
          "memory": {"percentage": -1, "total": -5, "used": "7"}, "disk": [1], "gpus": {"name": "x"}}})");
  EXPECT_EQ(reading.time, "");
  EXPECT_EQ(reading.processor.percent, std::nullopt);
  EXPECT_EQ(reading.memory.percent, std::nullopt);
  EXPECT_EQ(reading.memory.total_bytes, std::nullopt);
  EXPECT_EQ(reading.disk.percent, std::nullopt);
  EXPECT_TRUE(reading.gpus.empty());
}

TEST(ReadMessage, FindsNothingInWhatIsNoObject) {
  for (const char* json : {"null", "[1, 2]", "3", "\"text\"", R"({"data": 3, "alerts": 4})"}) {
    const auto reading = read(json);
    EXPECT_EQ(reading.processor.percent, std::nullopt) << json;
    EXPECT_TRUE(reading.alerts.empty()) << json;
  }
}

TEST(ReadMessage, CutsLongTextsBetweenCharacters) {
  std::string name(kReadingTextBytesMax - 1, 'x');
  const auto reading = read(R"({"data": {"system": {"hostname": ")" + name + "ä\"}}}");
  EXPECT_EQ(reading.hostname, name);
}

TEST(ReadMessage, TakesTheFirstOfEndlessLists) {
  std::string gpus = "{}";
  for (std::size_t i = 0; i < kReadingListMax; ++i) gpus += ",{}";
  EXPECT_EQ(read(R"({"data": {"gpus": [)" + gpus + "]}}").gpus.size(), kReadingListMax);
}

}  // namespace
}  // namespace oriel::monitor
