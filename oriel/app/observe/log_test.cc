#include "oriel/app/observe/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <type_traits>

#include "oriel/app/config/secret.h"

namespace oriel::observe {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

static_assert(!std::is_constructible_v<Field, std::string_view, config::Secret>,
              "a secret must not reach a log line");

constexpr auto kMoment = std::chrono::sys_days(std::chrono::November / 20 / 2026) +
                         std::chrono::microseconds(50554360127);  // 14:02:34.360127

LogRecord record() {
  return {.time = kMoment,
          .level = LogLevel::kInfo,
          .logger_name = "oriel.server",
          .thread_id = 42,
          .id = "c12",
          .context = {{"peer", std::string("10.0.0.5:4123")}},
          .message = "viewer connected",
          .fields = {{"shared", true}, {"rate", std::int64_t{-3}}, {"name", std::string("a b")}}};
}

TEST(LogRecord, TextIsOneReadableLine) {
  EXPECT_EQ(format_text(record()),
            "2026-11-20T14:02:34.360Z INFO  [c12] viewer connected peer=10.0.0.5:4123 shared=true "
            "rate=-3 "
            "name=\"a b\"");
}

TEST(LogRecord, JsonHasTheKeysOfPyVncServerInTheirOrder) {
  EXPECT_EQ(
      format_json(record()),
      R"({"timestamp":"2026-11-20T14:02:34.360127+00:00","level":"INFO","message":"viewer connected",)"
      R"("logger_name":"oriel.server","thread_id":42,"correlation_id":"c12",)"
      R"("context":{"peer":"10.0.0.5:4123"},"exception":null,)"
      R"("extra":{"shared":true,"rate":-3,"name":"a b"}})");
}

TEST(LogRecord, TimesBefore1970AndFractionsWithZerosAreRight) {
  LogRecord early{.time = std::chrono::sys_days(std::chrono::January / 1 / 1970) -
                          std::chrono::microseconds(999000),
                  .message = "x"};
  EXPECT_EQ(format_text(early), "1969-12-31T23:59:59.001Z INFO  x");
}

TEST(LogRecord, NothingThatAPeerSendsMakesASecondLineOrDrivesATerminal) {
  std::string evil = "x\n2026-11-20T14:02:34.360Z ERROR forged\x1b[2J\xff\u009b";
  LogRecord hostile{.time = kMoment,
                    .id = evil,
                    .context = {{evil, evil}},
                    .message = evil,
                    .fields = {{evil, evil}}};
  for (const auto& line : {format_text(hostile), format_json(hostile)}) {
    EXPECT_EQ(line.find_first_of("\n\x1b\xff"), std::string::npos) << line;
    EXPECT_EQ(line.find("\u009b"), std::string::npos) << line;
  }
  auto parsed = boost::json::parse(format_json(hostile)).as_object();
  EXPECT_THAT(std::string(parsed.at("message").as_string()), HasSubstr("forged"));
}

struct Lines {
  std::vector<std::string> taken;
  Logger logger(LogLevel level = LogLevel::kDebug, LogFormat format = LogFormat::kText) {
    return Logger(make_callback_sink(
        level, format, [this](std::string line) { taken.push_back(std::move(line)); }));
  }
};

TEST(Logger, PutsItsContextOnEveryLine) {
  Lines lines;
  auto logger = lines.logger().with_id("c7").with({"peer", "memory"});
  logger.info("one");
  logger.warning("two", {{"bytes", 5u}, {"share", 0.5}});
  EXPECT_THAT(lines.taken, ElementsAre(EndsWith("INFO  [c7] one peer=memory"),
                                       EndsWith("WARN  [c7] two peer=memory bytes=5 share=0.5")));
}

TEST(Logger, AChangedCopyLeavesTheOriginalAlone) {
  Lines lines;
  auto parent = lines.logger();
  auto child = parent.with_id("c1").with({"a", 1});
  parent.info("x");
  EXPECT_THAT(lines.taken, ElementsAre(EndsWith("INFO  x")));
}

TEST(Logger, DropsLinesBelowTheLevel) {
  Lines lines;
  auto logger = lines.logger(LogLevel::kWarning);
  logger.debug("no");
  logger.info("no");
  logger.warning("yes");
  logger.error("yes");
  EXPECT_THAT(lines.taken, SizeIs(2));
  EXPECT_FALSE(logger.is_on(LogLevel::kInfo));
}

TEST(Logger, WithoutASinkIsSilent) {
  Logger logger;
  logger.with_id("c1").error("nobody hears this");
  EXPECT_FALSE(logger.is_on(LogLevel::kError));
}

TEST(Logger, CarriesItsNameInJson) {
  Lines lines;
  lines.logger(LogLevel::kInfo, LogFormat::kJson).with_name("oriel.audit").info("x");
  ASSERT_THAT(lines.taken, SizeIs(1));
  auto line = boost::json::parse(lines.taken[0]).as_object();
  EXPECT_EQ(line.at("logger_name").as_string(), "oriel.audit");
  EXPECT_THAT(std::string(line.at("timestamp").as_string()),
              MatchesRegex("20..-..-..T..:..:..[.]......[+]00:00"));
}

TEST(StderrSink, WritesEveryLineBeforeItIsGone) {
  ::testing::internal::CaptureStderr();
  {
    Logger logger(make_stderr_sink(LogLevel::kInfo, LogFormat::kText));
    for (int i = 0; i < 1000; ++i) logger.info("line {} %d", {{"i", i}});
    logger.debug("not this one");
  }
  auto text = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::ranges::count(text, '\n'), 1000);
  EXPECT_THAT(text, HasSubstr("INFO  line {} %d i=999\n"));
}

}  // namespace
}  // namespace oriel::observe
