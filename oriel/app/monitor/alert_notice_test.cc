#include "oriel/app/monitor/alert_notice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oriel::monitor {
namespace {

using ::testing::HasSubstr;

AlertNotice notice() {
  AlertNotice made;
  made.alert = {{1763646471'991384, 3600},
                "memory",
                "usage_percent",
                81.04,
                80,
                AlertLevel::kWarning,
                "memory usage",
                "%",
                Direction::kAbove};
  made.time = made.alert.since;
  made.host = "build7";
  return made;
}

AlertNotice end_of_it() {
  auto ended = notice();
  ended.is_ended = true;
  ended.alert.value = 70;
  ended.alert.level = AlertLevel::kNone;
  return ended;
}

TEST(AlertNotice, IsOneLineInLocalTime) {
  EXPECT_EQ(notice_line(notice()),
            "2025-11-20 14:47:51 [build7] WARNING High memory usage: 81.0% (threshold: 80.0%)");
  EXPECT_EQ(notice_line(end_of_it()),
            "2025-11-20 14:47:51 [build7] ENDED Over: memory usage 70.0% (was WARNING)");
}

TEST(AlertNotice, SaysWhatIsLeftOfACriticalAlertThatIsOver) {
  auto ended = end_of_it();
  ended.level = AlertLevel::kCritical;
  ended.alert.level = AlertLevel::kWarning;
  EXPECT_EQ(notice_message(ended), "Over: memory usage 70.0% (was CRITICAL, now WARNING)");
}

TEST(AlertNotice, HasTheMembersOfTheRealServersWebHookThenOurs) {
  EXPECT_EQ(to_json(notice_document(notice())),
            "{\"timestamp\": \"2025-11-20T13:47:51.991384+00:00\", \"level\": \"WARNING\", "
            "\"component\": \"memory\", \"metric\": \"usage_percent\", \"value\": 81.0, "
            "\"threshold\": 80.0, \"message\": \"High memory usage: 81.0% (threshold: 80.0%)\", "
            "\"host\": \"build7\", \"ended\": false}");
  EXPECT_THAT(to_json(notice_document(end_of_it())), HasSubstr("\"ended\": true"));
}

TEST(AlertNotice, LetsNoHostNameDriveATerminalOrBreakALine) {
  auto odd = notice();
  odd.host = "a\x1b[31m\nb\xff";
  EXPECT_THAT(notice_line(odd), HasSubstr("[a\\x1b[31m\\nb\\xff]"));
  EXPECT_EQ(notice_subject(odd).find('\n'), std::string::npos);
  EXPECT_THAT(notice_body(odd), HasSubstr("Host:      a\\x1b[31m\\nb\\xff\n"));
}

TEST(AlertNotice, HasASubjectAndABodyForAMail) {
  EXPECT_EQ(notice_subject(notice()), "[build7] WARNING: memory usage 81.0%");
  EXPECT_EQ(notice_subject(end_of_it()), "[build7] Over: memory usage 70.0%");
  EXPECT_THAT(notice_body(notice()), HasSubstr("Threshold: 80.0%\n"));
}

}  // namespace
}  // namespace oriel::monitor
