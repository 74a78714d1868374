#include "oriel/app/config/settings_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oriel/app/config/limits.h"

namespace oriel::config {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::string error_of(std::string_view text) {
  auto settings = parse_settings_text(text);
  return settings ? std::string("no error") : settings.error().message;
}

TEST(SettingsFile, TakesGroupsCommentsAndTrailingCommas) {
  auto settings = parse_settings_text(R"(
    // the doors
    {"vnc": {"listen": "5901",}, /* page */ "http.listen": "off", "name": "B\u00fcro"})");
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->vnc_listen, (ListenAddress{"127.0.0.1", 5901}));
  EXPECT_FALSE(settings->http_listen);
  EXPECT_EQ(settings->name, "Büro");
}

TEST(SettingsFile, NotesFileAndLineAsOrigin) {
  Settings settings;
  ASSERT_TRUE(
      apply_settings_text("{\n\"vnc\": {\n\"listen\": \"5901\"}}", "/etc/x.json", settings));
  EXPECT_EQ(settings.origins.at("vnc.listen"), "file /etc/x.json:3");
}

TEST(SettingsFile, TakesTheWholeFlatFileOfPyVncServer) {
  auto settings = parse_settings_text(R"({
    "host": "0.0.0.0", "port": 5999, "password": "hidden", "frame_rate": 30, "max_connections": 10,
    "enable_region_detection": true, "enable_metrics": false, "log_level": "DEBUG"})");
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->vnc_listen, (ListenAddress{"0.0.0.0", 5999}));
  EXPECT_EQ(settings->password, Secret("hidden"));
  EXPECT_EQ(settings->max_rate, 30);
  EXPECT_EQ(settings->max_connections, 10);
  EXPECT_FALSE(settings->enable_metrics);
  EXPECT_EQ(settings->log_level, LogLevel::kDebug);
  EXPECT_THAT(settings->notices, IsEmpty());
}

TEST(SettingsFile, SaysThatRegionDetectionCannotBeTurnedOff) {
  auto settings = parse_settings_text(R"({"enable_region_detection": false})");
  ASSERT_TRUE(settings);
  EXPECT_THAT(settings->notices, SizeIs(1));
}

TEST(SettingsFile, AnEmptyPasswordMeansNone) {
  auto settings = parse_settings_text(R"({"password": ""})");
  ASSERT_TRUE(settings);
  EXPECT_TRUE(settings->password.is_empty());
}

TEST(SettingsFile, NamesTheLineAndTheNearestNameOfAnUnknownKey) {
  EXPECT_EQ(error_of("{\n\n\"vnc\": {\n  \"lisen\": \"5900\"}}"),
            "config.json:4: unknown setting \"vnc.lisen\", did you mean vnc.listen");
  EXPECT_THAT(error_of("{\n\"colour\": 1}"),
              AllOf(StartsWith("config.json:2: unknown setting \"colour\", expected one of"),
                    HasSubstr("desktop"), HasSubstr("frame_rate")));
  EXPECT_THAT(error_of(R"({"desktop": {"listen": 1}})"), HasSubstr("desktop: got an object"));
  EXPECT_THAT(error_of(R"({"vnc": "5900"})"), HasSubstr("unknown setting \"vnc\""));
}

TEST(SettingsFile, NamesTheLineTheKeyAndWhatIsAllowedOfABadValue) {
  EXPECT_EQ(error_of("{\n\"max_rate\": 0}"),
            "config.json:2: max_rate: got \"0\", expected a whole number from 1 to 240");
  EXPECT_EQ(error_of("{\"max_rate\":\n \"60\"}"),
            "config.json:1: max_rate: got a string, expected a whole number");
  EXPECT_EQ(error_of("{\"allow_anyone\": 1}"),
            "config.json:1: allow_anyone: got a whole number, expected true or false");
  EXPECT_EQ(error_of("{\"name\": null}"), "config.json:1: name: got null, expected a string");
  EXPECT_THAT(error_of("{\"port\": 65536}"), HasSubstr("from 0 to 65535"));
}

TEST(SettingsFile, NamesTheLineOfASyntaxError) {
  EXPECT_THAT(error_of("{\n\"a\": 1,\n\"b\": oops}"), StartsWith("config.json:3: not JSON"));
  EXPECT_THAT(error_of(""), StartsWith("config.json:1: not JSON"));
  EXPECT_THAT(error_of("{}\n{}"), StartsWith("config.json:2: not JSON"));
  EXPECT_THAT(error_of("[]"), HasSubstr("expected an object"));
  EXPECT_THAT(error_of(std::string(1000, '[')), HasSubstr("too deep"));
}

TEST(SettingsFile, RefusesTwoKeysForOneSetting) {
  EXPECT_THAT(error_of("{\"name\": \"a\",\n\"name\": \"b\"}"),
              HasSubstr("name stands here and again"));
  EXPECT_THAT(error_of(R"({"log": {"level": "info"}, "log_level": "DEBUG"})"),
              HasSubstr("log_level and log.level are for the same setting"));
  EXPECT_THAT(error_of(R"({"port": 1, "host": "::1", "vnc": {"listen": "2"}})"),
              HasSubstr("vnc.listen and port are for the same setting"));
  EXPECT_THAT(error_of(R"({"vnc": {"listen": "2"}, "vnc.listen": "3"})"),
              HasSubstr("vnc.listen stands here and again"));
}

TEST(SettingsFile, NeverShowsThePassword) {
  EXPECT_THAT(error_of("{\"password\": \"top\\u0007secret\"}"),
              AllOf(HasSubstr("password"), Not(HasSubstr("secret"))));
  EXPECT_THAT(error_of("{\"password\": 123456}"), Not(HasSubstr("123456")));
}

TEST(SettingsFile, RefusesATextBeyondTheLimit) {
  std::string at_limit = "{}" + std::string(kConfigFileBytesMax - 2, ' ');
  EXPECT_TRUE(parse_settings_text(at_limit));
  auto beyond = parse_settings_text(at_limit + " ");
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().code, ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace oriel::config
