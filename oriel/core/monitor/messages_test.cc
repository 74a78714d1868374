#include "oriel/core/monitor/messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oriel/core/monitor/history.h"
#include "oriel/core/monitor/limits.h"

namespace oriel::monitor {
namespace {

constexpr WallTime kTime{1'763'646'475'650'484, 0};

// Captured from the real server, but for the time.
TEST(MonitorMessages, AreThoseOfTheRealServer) {
  EXPECT_EQ(
      write_connection(kTime, "Connected to monitoring server", Dialect::kServer),
      R"({"type": "connection", "status": "connected", "timestamp": "2025-11-20T13:47:55.650484", )"
      R"("message": "Connected to monitoring server"})");
  EXPECT_EQ(write_pong(kTime), R"({"type": "pong", "timestamp": "2025-11-20T13:47:55.650484"})");
  EXPECT_EQ(write_status(kTime, 1, true),
            R"({"type": "status", "connected_clients": 1, "monitoring_active": true, )"
            R"("timestamp": "2025-11-20T13:47:55.650484"})");
  EXPECT_EQ(write_error(kTime, "Invalid message", "warning", Dialect::kServer),
            R"({"type": "error", "message": "Invalid message"})");
}

TEST(MonitorMessages, HaveTheNamesOfTheSeedsTextWhenAsked) {
  EXPECT_THAT(write_connection(kTime, "hello", Dialect::kSeed),
              ::testing::StartsWith(
                  R"({"timestamp": "2025-11-20T13:47:55.650484", "type": "connection_message", )"));
  const auto error = write_error(kTime, "no", "warning", Dialect::kSeed);
  EXPECT_THAT(error, ::testing::HasSubstr(R"("type": "error_message")"));
  EXPECT_THAT(error, ::testing::HasSubstr(R"("error": "no", "severity": "warning")"));
}

TEST(MonitorMessages, CarryAlertsAndWhichSampleTheyAre) {
  Alert alert;
  alert.since = kTime;
  alert.component = "memory";
  alert.metric = "usage_percent";
  alert.value = 81;
  alert.threshold = 80;
  alert.level = AlertLevel::kWarning;
  alert.what = "memory usage";
  alert.unit = "%";
  const std::string expected =
      R"-({"timestamp": "2025-11-20T13:47:55.650484", "type": "monitoring_data", )-"
      R"-("sequence": 7, "delta": true, "base": 5, "data": {}, "alerts": [{"timestamp": )-"
      R"-("2025-11-20T13:47:55.650484", "component": "memory", "metric": "usage_percent", )-"
      R"-("value": 81.0, "threshold": 80.0, "level": "WARNING", "message": )-"
      R"-("High memory usage: 81.0% (threshold: 80.0%)"}]})-";
  EXPECT_EQ(write_monitoring_data(kTime, Object{}, {&alert, 1}, Dialect::kSeed, Sequence{7, 5}),
            expected);
}

TEST(MonitorRequest, TakesWhatTheSeedsClientsSend) {
  EXPECT_EQ(parse_request(R"({"type":"ping"})"), Request(Ping{}));
  EXPECT_EQ(parse_request(R"({"type":"get_status","x":1})"), Request(GetStatus{}));
  EXPECT_EQ(parse_request(R"({"type":"other"})"), Request(Unknown{"other"}));
}

TEST(MonitorRequest, TakesASubscription) {
  Subscribe expected;
  expected.metrics = {Metric::kProcessor, Metric::kPressure};
  expected.interval = std::chrono::milliseconds(100);
  expected.wants_delta = true;
  expected.since_us = 1'500'000;
  expected.top_processes = 3;
  expected.dialect = Dialect::kSeed;
  EXPECT_EQ(parse_request(R"({"type":"subscribe","metrics":["cpu","pressure"],"interval":0.1,)"
                          R"("delta":true,"since":1.5,"top":3,"dialect":"seed"})"),
            Request(expected));
  EXPECT_EQ(parse_request(R"({"type":"subscribe"})"), Request(Subscribe{}));
  EXPECT_EQ(Subscribe{}.metrics.has(Metric::kProcesses), false);
}

TEST(MonitorRequest, RefusesWhatItCannotMean) {
  for (const char* text : {"",
                           "{",
                           "[1,2]",
                           "1",
                           "{}",
                           R"({"type":1})",
                           R"({"type":"subscribe","metrics":[]})",
                           R"({"type":"subscribe","metrics":"cpu"})",
                           R"({"type":"subscribe","metrics":["cpuu"]})",
                           R"({"type":"subscribe","metrics":[1]})",
                           R"({"type":"subscribe","interval":0.09})",
                           R"({"type":"subscribe","interval":3601})",
                           R"({"type":"subscribe","interval":"1"})",
                           R"({"type":"subscribe","delta":1})",
                           R"({"type":"subscribe","since":-1})",
                           R"({"type":"subscribe","top":0})",
                           R"({"type":"subscribe","top":201})",
                           R"({"type":"subscribe","top":1.5})",
                           R"({"type":"subscribe","dialect":"x"})",
                           R"({"type":"subscribe","metric":["cpu"]})"}) {
    EXPECT_FALSE(parse_request(text)) << text;
  }
  EXPECT_TRUE(parse_request(R"({"type":"subscribe","interval":3600,"top":200})"));
}

TEST(MonitorRequest, IsNotReadBeyondItsLimit) {
  std::string text = R"({"type":"ping"})";
  text.append(kRequestBytesMax - text.size(), ' ');
  EXPECT_TRUE(parse_request(text));
  EXPECT_EQ(parse_request(text + " ").error().code, ErrorCode::kTooLarge);
}

TEST(MetricTable, FindsEachByItsNamesOnce) {
  MetricSet seen;
  for (const auto& row : metric_table()) {
    EXPECT_FALSE(seen.has(row.metric));
    seen.add(row.metric);
    EXPECT_EQ(find_metric(row.name), row.metric);
    const auto alias = row.alias.empty() ? row.name : row.alias;
    EXPECT_EQ(find_metric(alias), row.metric);
  }
  EXPECT_FALSE(find_metric(""));
}

SharedSnapshot at(std::int64_t microseconds) {
  Snapshot snapshot;
  snapshot.time.microseconds = microseconds;
  return std::make_shared<const Snapshot>(snapshot);
}

std::vector<std::int64_t> times(const std::vector<SharedSnapshot>& snapshots) {
  std::vector<std::int64_t> found;
  for (const auto& snapshot : snapshots) found.push_back(snapshot->time.microseconds);
  return found;
}

TEST(History, KeepsTheNewestAndGivesThemInOrder) {
  History history(3);
  for (int i = 1; i <= 5; ++i) history.add(at(i));
  EXPECT_THAT(times(history.since({})), ::testing::ElementsAre(3, 4, 5));
  EXPECT_THAT(times(history.since(3)), ::testing::ElementsAre(4, 5));
}

TEST(History, KeepsToItsBytes) {
  const auto one = snapshot_bytes(*at(1));
  History history(100, 2 * one);
  for (int i = 1; i <= 5; ++i) history.add(at(i));
  EXPECT_EQ(history.size(), 2u);
  EXPECT_LE(history.bytes(), 2 * one);
  History(100, one - 1).add(at(1));
}

TEST(History, LosesNothingWhenTheClockIsSetBack) {
  History history;
  for (const int time : {100, 101, 50, 51}) history.add(at(time));
  EXPECT_THAT(times(history.since({})), ::testing::ElementsAre(100, 101, 50, 51));
  EXPECT_THAT(times(history.since(50)), ::testing::ElementsAre(100, 101, 51));
}

}  // namespace
}  // namespace oriel::monitor
