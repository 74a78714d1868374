#include "oriel/app/monitor/alert_dispatcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "oriel/testing/temporary_folder.h"

namespace oriel::monitor {
namespace {

using ::testing::HasSubstr;

config::AlertSettings with_mail() {
  config::AlertSettings settings;
  settings.email_server = "smtp://mail.example.org:587";
  settings.email_from = "oriel@example.org";
  settings.email_to = "a@example.org, b@example.org";
  return settings;
}

std::string error_of(const config::AlertSettings& settings) {
  const auto status = check_alert_settings(settings);
  return status ? "no error" : status.error().message;
}

TEST(AlertDispatcher, RefusesSettingsThatCannotWorkWithTheirKey) {
  EXPECT_EQ(error_of({}), "no error");
  EXPECT_EQ(error_of(with_mail()), "no error");
  auto settings = with_mail();
  settings.email_server = "mail.example.org";
  EXPECT_THAT(error_of(settings), HasSubstr("alert.email_server: "));
  settings.email_server = "imap://mail.example.org";
  EXPECT_EQ(error_of(settings),
            "alert.email_server: scheme \"imap\", expected smtp://HOST or smtps://HOST");
  settings = with_mail();
  settings.email_from = "";
  EXPECT_THAT(error_of(settings), HasSubstr("alert.email_from: "));
  settings = with_mail();
  settings.email_to = "a@example.org,";
  EXPECT_EQ(error_of(settings), "no error");
  settings.email_to = "a@example.org,b";
  EXPECT_THAT(error_of(settings), HasSubstr("alert.email_to: \"b\" is no mail address"));
  settings.email_to = "";
  EXPECT_THAT(error_of(settings), HasSubstr("alert.email_to: 0 addresses"));
}

TEST(AlertDispatcher, RefusesAFileThatCannotBeWrittenAtTheStart) {
  const testing::TemporaryFolder folder;
  config::AlertSettings settings;
  settings.file = folder.path("none/alerts.log");
  const auto refused = AlertDispatcher::make(settings, "build7", {});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("alert.file: cannot open"));
  settings.file = folder.path("");
  EXPECT_THAT(AlertDispatcher::make(settings, "build7", {}).error().message,
              HasSubstr("no regular file"));
  settings.file = folder.path("alerts.log");
  EXPECT_TRUE(AlertDispatcher::make(settings, "build7", {}));
}

TEST(AlertDispatcher, HasNobodyToTellByDefault) {
  const auto dispatcher = AlertDispatcher::make({}, "build7", {});
  ASSERT_TRUE(dispatcher);
  EXPECT_FALSE((*dispatcher)->has_somebody());
}

TEST(AlertDispatcher, SendsNoPasswordWithoutTls) {
  auto settings = with_mail();
  settings.email_user = "oriel";
  EXPECT_THAT(error_of(settings), HasSubstr("go together"));
  settings.email_password = config::Secret("x");
  EXPECT_EQ(error_of(settings), "no error");
  settings.email_tls = false;
  EXPECT_THAT(error_of(settings), HasSubstr("could be read on the way"));
}

TEST(AlertDispatcher, RefusesWebHooksThatAreNoHttpOrShowASecret) {
  config::AlertSettings settings;
  for (const auto* url : {"file:///etc/passwd", "ftp://h/", "//h", "gopher://h:25/x"}) {
    settings.webhook = url;
    EXPECT_THAT(error_of(settings), HasSubstr("alert.webhook: ")) << url;
  }
  settings.webhook = "https://user:secret@h/x";
  EXPECT_THAT(error_of(settings), HasSubstr("a URL with a user or password"));
  EXPECT_EQ(error_of(settings).find("secret@"), std::string::npos);
  settings.webhook = "https://h/x";
  EXPECT_EQ(error_of(settings), "no error");
  settings.webhook_header = config::Secret("Bearer");
  EXPECT_THAT(error_of(settings), HasSubstr("alert.webhook_header: expected a header"));
}

TEST(AlertDispatcher, WritesEachNoticeToTheFileThatIsSet) {
  const testing::TemporaryFolder folder;
  config::AlertSettings settings;
  settings.file = folder.path("alerts");
  {
    auto dispatcher = AlertDispatcher::make(settings, "build7", {});
    ASSERT_TRUE(dispatcher) << dispatcher.error().message;
    EXPECT_TRUE((*dispatcher)->has_somebody());
    Alert alert;
    alert.component = "memory";
    alert.what = "memory usage";
    alert.level = AlertLevel::kWarning;
    (*dispatcher)->dispatch({alert, {AlertLevel::kNone, AlertLevel::kWarning, true}});
    (*dispatcher)->dispatch({alert, {AlertLevel::kWarning, AlertLevel::kNone, true}}, "build7");
  }
  std::ifstream file(settings.file);
  std::string first, second, third;
  EXPECT_TRUE(std::getline(file, first) && std::getline(file, second));
  EXPECT_FALSE(std::getline(file, third));
  EXPECT_THAT(first, HasSubstr("\"host\": \"build7\", \"ended\": false"));
  EXPECT_THAT(second, HasSubstr("\"ended\": true"));
}

}  // namespace
}  // namespace oriel::monitor
