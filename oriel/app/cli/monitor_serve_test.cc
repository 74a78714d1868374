#include "oriel/app/cli/monitor_serve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace oriel::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Result<config::Settings> settings_of(const std::vector<const char*>& arguments,
                                     config::Environment environment = {}) {
  return monitor_serve_settings(arguments, environment);
}

std::string refusal_of(const std::vector<const char*>& arguments) {
  const auto settings = settings_of(arguments);
  return settings ? "" : settings.error().message;
}

TEST(MonitorServe, ListensWhereItIsTold) {
  EXPECT_EQ(settings_of({"--serve"})->monitor_listen->port, 8765);
  EXPECT_EQ(settings_of({"--serve", "18771"})->monitor_listen->port, 18771);
  EXPECT_EQ(settings_of({"--serve=18772"})->monitor_listen->port, 18772);
  EXPECT_EQ(settings_of({"--serve", "--monitor", "18773"})->monitor_listen->port, 18773);
}

TEST(MonitorServe, RefusesTwoAddressesAndADoorThatIsOff) {
  EXPECT_THAT(refusal_of({"--serve", "18771", "--monitor", "18772"}),
              HasSubstr("got \"18771\" and \"18772\""));
  EXPECT_THAT(refusal_of({"--serve", "18771", "--monitor", "off"}), HasSubstr("one address"));
  EXPECT_THAT(refusal_of({"--serve", "off"}), HasSubstr("cannot be off"));
  EXPECT_THAT(refusal_of({"--serve", "--monitor=off"}), HasSubstr("cannot be off"));
}

TEST(MonitorServe, SpeaksOfItselfAndNotOfTheDesktop) {
  EXPECT_THAT(refusal_of({"--serve", "--vnc", "1"}), HasSubstr("has no effect"));
  EXPECT_THAT(refusal_of({"x", "--serve"}),
              AllOf(HasSubstr("oriel monitor --serve --help"), Not(HasSubstr("--vnc"))));
  EXPECT_THAT(refusal_of({"--serve", "--nothing-like-this"}),
              AllOf(HasSubstr("--monitor"), Not(HasSubstr("--desktop"))));
  EXPECT_THAT(settings_of({"--serve"}, {{"ORIEL_PASSWORD", "longer than eight"}})->notices,
              IsEmpty());
}

}  // namespace
}  // namespace oriel::cli
