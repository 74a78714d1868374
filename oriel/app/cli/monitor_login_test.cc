#include "oriel/app/cli/monitor_login.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oriel/testing/temporary_folder.h"

namespace oriel::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

MonitorOptions with_password(std::string password) {
  MonitorOptions options;
  options.password = config::Secret(std::move(password));
  return options;
}

TEST(TargetWithLogin, IsTheAddressWithoutASecret) {
  const auto target = target_with_login("ws://anna@h:1/x", MonitorOptions());
  EXPECT_EQ(target.uri, "ws://anna@h:1/x");
  EXPECT_TRUE(target.headers.empty());
}

TEST(TargetWithLogin, MovesTheUserIntoTheHeader) {
  const auto target = target_with_login("ws://Aladdin@h:1/x@y", with_password("open sesame"));
  EXPECT_EQ(target.uri, "ws://h:1/x@y");
  // The example of RFC 7617.
  EXPECT_THAT(target.headers,
              ElementsAre(net::HttpField{"Authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="}));
}

TEST(TargetWithLogin, HasAUserOfItsOwn) {
  const auto target = target_with_login("wss://h", with_password("p"));
  EXPECT_EQ(target.uri, "wss://h");
  EXPECT_THAT(target.headers,
              ElementsAre(net::HttpField{"Authorization", "Basic b3JpZWw6cA=="}));  // oriel:p
}

TEST(TargetWithLogin, KeepsOtherHeaders) {
  MonitorOptions options;
  options.headers = {{"X-API-Key", "k"}};
  options.token = config::Secret("t");
  EXPECT_THAT(
      target_with_login("ws://h", options).headers,
      ElementsAre(net::HttpField{"X-API-Key", "k"}, net::HttpField{"Authorization", "Bearer t"}));
}

TEST(ReadSecretFiles, TakesTheFirstLine) {
  const testing::TemporaryFolder folder;
  MonitorOptions options;
  options.password_file = folder.write("password", "secret\r\nnot this\n");
  ASSERT_TRUE(read_secret_files(options));
  EXPECT_EQ(options.password.reveal(), "secret");
}

TEST(ReadSecretFiles, RefusesFilesThatAreMissingEmptyOrOpenToOthers) {
  const testing::TemporaryFolder folder;
  const auto error_for = [](const std::string& path) {
    MonitorOptions options;
    options.token_file = path;
    return read_secret_files(options).error().message;
  };
  EXPECT_THAT(error_for(folder.path("none")), HasSubstr("no such token file"));
  EXPECT_THAT(error_for(folder.write("empty", "\n")), HasSubstr("the first line is empty"));
  EXPECT_THAT(error_for(folder.write("open", "t\n", 0644)), HasSubstr("others can read"));
}

TEST(ReadSecretFiles, RefusesAPasswordAndATokenAtOnce) {
  const testing::TemporaryFolder folder;
  MonitorOptions options;
  options.password_file = options.token_file = folder.write("both", "x\n");
  EXPECT_THAT(read_secret_files(options).error().message, HasSubstr("exclude each other"));
}

}  // namespace
}  // namespace oriel::cli
