#include "oriel/app/monitor/formatter.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oriel/app/monitor/client_statistics.h"
#include "oriel/core/monitor/document.h"
#include "oriel/core/monitor/metric_table.h"
#include "oriel/testing/golden.h"

namespace oriel::monitor {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Value parsed(std::string_view json) { return parse_json(json, 1'000'000).value(); }

Value document(std::string_view name) {
  return parsed(testing::repository_text(fmt::format("oriel/app/monitor/testdata/{}.json", name)));
}

// All sections that Oriel sends, two GPUs, and alerts.
Value our_document() {
  auto data = parsed(testing::repository_text("tests/golden/monitoring_data.json"));
  return Object{
      {"type", "monitoring_data"},
      {"timestamp", "2026-11-20T13:47:51.426531"},
      {"data", std::move(data)},
      {"alerts", Array{Object{{"component", "memory"},
                              {"level", "WARNING"},
                              {"value", 81.0},
                              {"message", "High memory usage: 81.0% (threshold: 80.0%)"}},
                       Object{{"component", "disk"},
                              {"level", "CRITICAL"},
                              {"value", 96.2},
                              {"message", "Critical disk usage: 96.2% (threshold: 95.0%)"}}}}};
}

// A whole message that lacks everything.
Value empty_document() { return Object{{"type", "monitoring_data"}, {"data", Object{}}}; }

ClientStatistics statistics() {
  ClientStatistics statistics;
  statistics.messages_received = 4;
  statistics.bytes_received = 2253;
  statistics.uptime_seconds = 65.5;
  statistics.reconnect_attempts = 1;
  statistics.error_count = 1;
  return statistics;
}

class EveryFormat : public ::testing::TestWithParam<Format> {};

INSTANTIATE_TEST_SUITE_P(Formats, EveryFormat,
                         ::testing::Values(Format::kSimple, Format::kDetailed, Format::kCompact,
                                           Format::kJson),
                         [](const auto& row) { return std::string(format_name(row.param)); });

TEST_P(EveryFormat, ShowsDocumentsOfAllServers) {
  const auto formatter = make_formatter(GetParam(), {.has_color = false, .is_pretty = true});
  std::string shown;
  const auto show = [&](std::string_view title, const Value& message) {
    shown += fmt::format("# {}\n{}\n", title, formatter->data(message));
  };
  show("the real server", document("real_server"));
  show("the seed's text", document("seed_text"));
  show("Oriel", our_document());
  show("nothing in it", empty_document());
  shown += fmt::format("# others\n{}\n{}\n", formatter->connection("Connected to the server"),
                       formatter->error("Invalid message"));
  const auto file = fmt::format("tests/golden/monitor_{}.txt", format_name(GetParam()));
  EXPECT_EQ(testing::golden_text(file, shown), shown);
}

TEST_P(EveryFormat, LetsNoControlCharacterOfAServerThrough) {
  const std::string attack = "\x1b]0;owned\x07\n\r\x9b 2J\xe2\x80\xae\x7f";
  const Value message = Object{
      {"timestamp", "2026-11-20T\x1b[2J1:51"},
      {"data", Object{{"system", Object{{"hostname", attack}, {"os_name", attack}}},
                      {"disk", Object{{"mount_point", attack}}},
                      {"gpu", Object{{"name", attack}, {"usage_percent", 1.0}}}}},
      {"alerts", Array{Object{{"component", attack}, {"level", attack}, {"message", attack}}}}};
  const auto formatter = make_formatter(GetParam(), {.has_color = false});
  for (const auto& shown :
       {formatter->data(message), formatter->connection(attack), formatter->error(attack)}) {
    for (const char c : shown)
      EXPECT_TRUE(c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f)) << shown;
    EXPECT_THAT(shown, Not(HasSubstr("\xe2\x80\xae")));
  }
  EXPECT_THAT(formatter->error(attack), Not(HasSubstr("\n")));
}

TEST_P(EveryFormat, ShowsEachSectionAloneAndNothingThatWasNotAskedFor) {
  if (GetParam() == Format::kJson) GTEST_SKIP() << "JSON shows documents as they are";
  const auto formatter = make_formatter(GetParam(), {.has_color = false});
  const auto whole = our_document();
  for (const auto& row : metric_table()) {
    Object data;
    for (const auto& member : *whole.find("data")->object())
      if (member.first == row.name) data.push_back(member);
    const auto shown = formatter->data(
        Object{{"timestamp", "2026-11-20T13:47:51.426531"}, {"data", std::move(data)}});
    EXPECT_THAT(shown, AllOf(Not(HasSubstr("n/a")), Not(HasSubstr("no figures")))) << row.name;
    if (row.metric != Metric::kProcessor)
      EXPECT_THAT(shown, AllOf(Not(HasSubstr("CPU:")), Not(HasSubstr("Processor:")))) << row.name;
  }
}

TEST_P(EveryFormat, TakesAnyValueForAMessage) {
  const auto formatter = make_formatter(GetParam());
  for (const char* json : {"null", "[]", "7", "{}", R"({"data": null, "alerts": [null]})"})
    EXPECT_FALSE(formatter->data(parsed(json)).empty()) << json;
}

TEST_P(EveryFormat, IsFoundByItsName) {
  EXPECT_EQ(parse_format(format_name(GetParam())), GetParam());
}

TEST(ParseFormat, SuggestsForAnUnknownName) {
  EXPECT_EQ(parse_format("smple").error().message, "unknown format smple, did you mean simple");
  EXPECT_EQ(parse_format("xml").error().message,
            "unknown format xml, expected one of simple, detailed, compact, json");
}

TEST(SimpleFormat, ColoursSharesByTheThresholds) {
  const auto formatter = make_formatter(Format::kSimple);
  const auto shown = formatter->data(parsed(
      R"({"data": {"processor": {"usage_percent": 79.9}, "memory": {"percentage": 80},
                   "disk": {"percentage": 90.0}}})"));
  EXPECT_EQ(shown,
            "CPU: \x1b[92m79.9%\x1b[0m | RAM: \x1b[93m80.0%\x1b[0m | Disk: \x1b[91m90.0%\x1b[0m");
}

TEST(JsonFormat, IsOneLineUnlessItIsPretty) {
  const auto message = parsed(R"({"a": [1, {"b": "\u001b[2J"}], "c": {}})");
  EXPECT_EQ(make_formatter(Format::kJson)->data(message),
            R"({"a": [1, {"b": "\u001b[2J"}], "c": {}})");
  EXPECT_EQ(
      make_formatter(Format::kJson, {.is_pretty = true})->data(message),
      "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"\\u001b[2J\"\n    }\n  ],\n  \"c\": {}\n}");
}

TEST(Statistics, AreABlockOfLines) {
  EXPECT_EQ(make_formatter(Format::kSimple)->statistics(statistics()),
            "=== Client statistics ===\n"
            "Messages: 4 received, 0 sent\n"
            "Data: 2.2 KB received, 0.0 B sent\n"
            "Uptime: 1m 05s\n"
            "Reconnects: 1\n"
            "Errors: 1");
}

TEST(Statistics, HaveTheSeedsKeysInJson) {
  const auto shown = parsed(make_formatter(Format::kJson)->statistics(statistics()));
  const auto* block = shown.find("statistics");
  ASSERT_NE(block, nullptr);
  for (const char* key :
       {"messages_received", "messages_sent", "bytes_received", "bytes_sent", "connection_start",
        "uptime_seconds", "reconnect_attempts", "total_disconnections", "current_state",
        "last_error", "error_count", "error_history"})
    EXPECT_NE(block->find(key), nullptr) << key;
}

}  // namespace
}  // namespace oriel::monitor
