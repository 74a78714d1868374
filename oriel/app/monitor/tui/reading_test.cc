#include "oriel/app/monitor/tui/reading.h"

#include <gmock/gmock.h>

#include "oriel/app/monitor/tui/limits.h"
#include "oriel/app/monitor/tui/sample_hosts_test.h"

namespace oriel::monitor::tui {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Reading reading_of(const std::string& data) {
  const auto document = parse_json(R"({"type": "monitoring_data", "data": )" + data + "}", 1 << 20);
  EXPECT_TRUE(document) << data;
  return document ? read_document(*document) : Reading();
}

TEST(Reading, TakesTheFieldsOfTheRealServer) {
  const auto reading = read_document(sample("real_server"));
  EXPECT_EQ(reading.clock, "13:47:51");
  EXPECT_EQ(reading.hostname, "vm");
  EXPECT_EQ(reading.processor->percent, 52.4);
  EXPECT_THAT(reading.processor->cores, SizeIs(2));
  EXPECT_EQ(reading.memory->space.total, 25276514304);
  EXPECT_EQ(reading.memory->space.used, 25276514304 - *reading.memory->available)
      << "as the percentage";
  EXPECT_THAT(reading.mounts, ElementsAre(Field(&MountReading::path, "/")));
  EXPECT_TRUE(reading.alerts.front().is_critical);
  EXPECT_FALSE(reading.has_processes);
}

TEST(Reading, TakesAllSectionsOfOurServer) {
  const auto reading = read_document(sample("server"));
  EXPECT_EQ(reading.received, 12.6e6);
  EXPECT_THAT(reading.interfaces, SizeIs(3));
  EXPECT_THAT(reading.pressure, SizeIs(3));
  EXPECT_EQ(reading.gpus.front().percent, 63.0);
  EXPECT_EQ(reading.uptime_s, 1052471.0);
  EXPECT_THAT(reading.sensors, SizeIs(3));
}

TEST(Reading, HasEachProcessOnceOfAllOrders) {
  const auto reading = read_document(sample("server"));
  EXPECT_THAT(reading.processes, SizeIs(14));
  EXPECT_TRUE(reading.has_process_io);
}

TEST(Reading, TakesTheUptimeFromTheBootTimeOfTheLibraryVariant) {
  const auto document = parse_json(
      R"({"timestamp": "2026-11-20T10:00:30", "data": {"system": {"boot_time": "2026-11-19T10:00:00"}}})",
      1000);
  EXPECT_EQ(read_document(*document).uptime_s, 86430);
}

TEST(Reading, ReadsItsGpuWhenThereIsNoList) {
  EXPECT_THAT(reading_of(R"({"gpu": {"name": "RTX", "gpu_usage_percent": 5}})").gpus, SizeIs(1));
  EXPECT_THAT(reading_of(R"({"gpu": {"name": "No GPU detected"}})").gpus, IsEmpty());
}

TEST(Reading, LeavesOutWhatIsOfAnotherKindOrImpossible) {
  const auto reading = reading_of(
      R"({"memory": [], "processor": {"usage_percent": "x", "per_core_usage": [-5, null, 1e300],
          "frequency_current": 0.0}, "network": 7, "mounts": {"/": null}, "swap": {"total": 0, "used": 0},
          "sensors": {"a": {"temperature": 1e9}, "b": {"temperature": -20}}})");
  EXPECT_FALSE(reading.memory);
  EXPECT_FALSE(reading.processor->percent);
  EXPECT_FALSE(reading.processor->frequency_mhz);
  EXPECT_THAT(reading.processor->cores,
              ElementsAre(Field(&CoreReading::percent, 0), Field(&CoreReading::percent, 0),
                          Field(&CoreReading::percent, 100)));
  EXPECT_FALSE(reading.has_network);
  EXPECT_FALSE(reading.swap);
  EXPECT_THAT(reading.sensors, ElementsAre(Field(&SensorReading::temperature, -20)));
}

TEST(Reading, BoundsWhatItKeeps) {
  Array cores(kCoresShown + 10, Value(1));
  Object mounts;
  for (std::size_t i = 0; i < kLinesShown + 10; ++i) {
    mounts.emplace_back("/" + std::to_string(i), Object{{"percentage", 1}});
  }
  mounts.front().first = std::string(5000, 'x');
  const Value document(Object{
      {"data", Object{{"processor", Object{{"per_core_usage", cores}}}, {"mounts", mounts}}}});
  const auto reading = read_document(document);
  EXPECT_THAT(reading.processor->cores, SizeIs(kCoresShown));
  EXPECT_THAT(reading.mounts, SizeIs(kLinesShown));
  EXPECT_THAT(reading.mounts.front().path, SizeIs(kTextBytesMax));
}

TEST(Reading, SortsCriticalAlertsFirst) {
  const auto reading = read_document(sample("laptop"));
  ASSERT_THAT(reading.alerts, SizeIs(4));
  EXPECT_TRUE(reading.alerts[1].is_critical);
  EXPECT_FALSE(reading.alerts[2].is_critical);
}

TEST(Reading, KnowsTimesOnlyInTheirForm) {
  EXPECT_EQ(*seconds_of("2026-11-20T00:00:01.5") - *seconds_of("2026-11-19T23:59:59"), 2.5);
  for (const auto* text : {"", "now", "2026-13-20T00:00:00", "2026-11-20T24:00:00", "2026-11-20"}) {
    EXPECT_FALSE(seconds_of(text)) << text;
  }
}

}  // namespace
}  // namespace oriel::monitor::tui
