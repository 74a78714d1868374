#include "oriel/app/config/setting_value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oriel/app/config/limits.h"

namespace oriel::config {
namespace {

using ::testing::HasSubstr;

TEST(SettingValue, ParsesEveryFormOfAListenAddress) {
  const std::pair<const char*, ListenAddress> forms[] = {
      {"127.0.0.1:5900", {"127.0.0.1", 5900}},
      {"[::1]:5900", {"::1", 5900}},
      {":5900", {"127.0.0.1", 5900}},
      {"5900", {"127.0.0.1", 5900}},
      {"0.0.0.0:5900", {"0.0.0.0", 5900}},
      {"[::]:0", {"::", 0}},
      {"localhost:65535", {"localhost", 65535}},
  };
  for (const auto& [text, address] : forms) {
    auto parsed = parse_listen_address(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(*parsed, address) << text;
    EXPECT_EQ(parse_listen_address(format_listen_address(*parsed)), parsed) << text;
  }
  auto off = parse_listen_address("off");
  ASSERT_TRUE(off);
  EXPECT_FALSE(off->has_value());
  EXPECT_EQ(format_listen_address(std::nullopt), "off");
}

TEST(SettingValue, RefusesWhatIsNoListenAddress) {
  for (const char* text :
       {"", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1: 5900",
        "::1:5900", "[127.0.0.1]:5900", "[]:5900", "[::1]5900", "example.org:5900", "1.2.3:5900",
        "05900", "Off", "0x10", "[::1]:5900x"}) {
    auto parsed = parse_listen_address(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(parsed.error().message, HasSubstr("127.0.0.1:5900")) << text;
  }
}

TEST(SettingValue, AHostWithAHiddenEndIsNoHost) {
  EXPECT_FALSE(parse_listen_host(std::string_view("127.0.0.1\0evil", 14)));
}

TEST(SettingValue, KnowsLoopbackFromOtherAddresses) {
  for (const char* host : {"127.0.0.1", "127.9.9.9", "::1", "localhost", "::ffff:127.0.0.1"})
    EXPECT_TRUE(is_loopback({host, 1})) << host;
  for (const char* host : {"0.0.0.0", "::", "10.0.0.1", "128.0.0.1", "::ffff:10.0.0.1", "fe80::1"})
    EXPECT_FALSE(is_loopback({host, 1})) << host;
}

TEST(SettingValue, GeometryIsAcceptedExactlyWithinItsLimits) {
  EXPECT_EQ(parse_geometry("16x16384"), (image::Size{kSideMinPx, kSideMaxPx}));
  EXPECT_EQ(format_geometry({1280, 800}), "1280x800");
  for (const char* text :
       {"15x800", "800x15", "16385x800", "800x16385", "1280", "x", "1280x", "x800", "1280X800",
        "1280x800x2", "-1280x800", "1280 x 800", "99999999999x1"}) {
    auto parsed = parse_geometry(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_THAT(parsed.error().message, HasSubstr("from 16 to 16384"));
  }
}

TEST(SettingValue, IntegersStandWithinTheirLimitsWithoutDecoration) {
  EXPECT_EQ(parse_integer("0", 0, 9), 0);
  EXPECT_EQ(parse_integer("9", 0, 9), 9);
  for (const char* text : {"", "10", "-1", "+1", " 1", "1 ", "01", "1.0", "99999999999999999999"})
    EXPECT_FALSE(parse_integer(text, 0, 9)) << text;
}

TEST(SettingValue, LogLevelsAreReadInEitherCase) {
  EXPECT_EQ(parse_log_level("INFO"), LogLevel::kInfo);
  EXPECT_EQ(parse_log_level("warning"), LogLevel::kWarning);
  EXPECT_THAT(parse_log_level("loud").error().message, HasSubstr("debug, info, warning or error"));
}

TEST(SettingValue, DesktopsAreANameWithOrWithoutAnArgument) {
  for (const char* text : {"headless", "pattern", "x11::0", "x11:host:0.1", "wayland"})
    EXPECT_EQ(parse_desktop(text), std::string(text));
  for (const char* text : {"", ":0", "X11", "x11::0\n"}) EXPECT_FALSE(parse_desktop(text)) << text;
}

TEST(SettingValue, DisplayNumbersNeedNoColon) {
  EXPECT_EQ(parse_display_number(":7"), 7);
  EXPECT_EQ(parse_display_number("0"), 0);
  for (const char* text : {"", ":", "::1", ":10000", ":-1"})
    EXPECT_FALSE(parse_display_number(text)) << text;
}

TEST(SettingValue, HostListsHaveNoHoles) {
  EXPECT_EQ(parse_host_list(""), "");
  EXPECT_EQ(parse_host_list("desk.example.org,[::1],10.0.0.5"), "desk.example.org,[::1],10.0.0.5");
  for (const char* text : {",", "a,", ",a", "a,,b", "a b", "http://a/", "a\r\nb"})
    EXPECT_FALSE(parse_host_list(text)) << text;
}

TEST(SettingValue, TextsHaveALengthAndNoControlCharacters) {
  EXPECT_TRUE(parse_text(std::string(10, 'a'), 10));
  EXPECT_FALSE(parse_text(std::string(11, 'a'), 10));
  EXPECT_FALSE(parse_text("a\nb", 10));
  EXPECT_FALSE(parse_text("a\x7f", 10));
  EXPECT_TRUE(parse_text("Büro", 10));
}

TEST(SettingValue, AnErrorShowsNoControlCharactersAndStaysShort) {
  auto message = parse_log_level("a\x1b[31m\nb" + std::string(1000, 'x')).error().message;
  EXPECT_EQ(message.find_first_of("\x1b\n"), std::string::npos);
  EXPECT_LT(message.size(), 200U);
}

}  // namespace
}  // namespace oriel::config
