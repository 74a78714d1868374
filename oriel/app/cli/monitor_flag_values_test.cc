#include "oriel/app/cli/monitor_flag_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oriel::cli {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

TEST(ParseTime, TakesSecondsAndUnits) {
  EXPECT_EQ(parse_time("5", 0s, 24h), 5s);
  EXPECT_EQ(parse_time("1.5", 0s, 24h), 1500ms);
  EXPECT_EQ(parse_time("500ms", 0s, 24h), 500ms);
  EXPECT_EQ(parse_time("30s", 0s, 24h), 30s);
  EXPECT_EQ(parse_time("5m", 0s, 24h), 5min);
  EXPECT_EQ(parse_time("24h", 0s, 24h), 24h);
}

TEST(ParseTime, RefusesWhatIsNoTimeOrBeyondItsBounds) {
  for (const char* text : {"", "s", "-1", "5 s", "1e999", "nan", "inf", "25h", "0x5", "5mm", "0.5"})
    EXPECT_FALSE(parse_time(text, 1s, 24h)) << text;
  EXPECT_EQ(parse_time("0.5", 1s, 24h).error().message,
            "\"0.5\" is no such time, expected 1 to 86400 seconds, or with a unit such as 500ms, "
            "5m or 1h");
}

TEST(ParseCount, KeepsItsBounds) {
  EXPECT_EQ(parse_count("0", 0, 5), 0u);
  EXPECT_EQ(parse_count("5", 0, 5), 5u);
  for (const char* text : {"6", "-1", "", "5x", "99999999999999"})
    EXPECT_FALSE(parse_count(text, 0, 5)) << text;
}

TEST(ParseTarget, MakesAddressesOfNames) {
  EXPECT_EQ(parse_target("web1"), "ws://web1:8765");
  EXPECT_EQ(parse_target("10.0.0.5:80"), "ws://10.0.0.5:80");
  EXPECT_EQ(parse_target("[::1]:9000"), "ws://[::1]:9000");
  EXPECT_EQ(parse_target("wss://anna@h/monitor?x=1"), "wss://anna@h/monitor?x=1");
}

TEST(ParseTarget, RefusesWhatIsNoServer) {
  for (const char* text : {"", "http://h", "h:0", "h:65536", "h:", ":80", "::1", "a b", "h/path",
                           "[::1", "[]", "[x y]:1", "h\x1b[2J"})
    EXPECT_FALSE(parse_target(text)) << text;
  EXPECT_THAT(parse_target("h\x1b[2J").error().message, HasSubstr("\"h?[2J\" is no server"));
}

TEST(ParseHeader, TakesANameAndAValue) {
  EXPECT_EQ(parse_header("Authorization: Bearer a:b"),
            (net::HttpField{"Authorization", "Bearer a:b"}));
  EXPECT_EQ(parse_header("X-Empty:"), (net::HttpField{"X-Empty", ""}));
}

TEST(ParseHeader, RefusesWhatWouldBreakTheRequestAndRepeatsNoSecret) {
  for (const char* text : {"", "noname", ": x", "a b: c", "X: a\r\nHost: evil", "X\n: a"}) {
    const auto header = parse_header(text);
    ASSERT_FALSE(header) << text;
    EXPECT_EQ(header.error().message.find("evil"), std::string::npos);
  }
}

TEST(ParseMetrics, TakesNamesAndAliases) {
  EXPECT_EQ(parse_metrics("cpu, memory"),
            (monitor::MetricSet{monitor::Metric::kProcessor, monitor::Metric::kMemory}));
  EXPECT_THAT(parse_metrics("cpu,mood").error().message,
              HasSubstr("unknown metric \"mood\", known are memory, processor"));
  EXPECT_FALSE(parse_metrics(""));
}

TEST(ParseLogLevel, TakesTheSeedsNames) {
  EXPECT_EQ(parse_log_level("DEBUG"), config::LogLevel::kDebug);
  EXPECT_EQ(parse_log_level("Critical"), config::LogLevel::kError);
  EXPECT_THAT(parse_log_level("dbug").error().message, HasSubstr("did you mean debug"));
}

}  // namespace
}  // namespace oriel::cli
