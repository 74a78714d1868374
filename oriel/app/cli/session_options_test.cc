#include "oriel/app/cli/session_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace oriel::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

client::ConnectionOptions to(std::string target) {
  client::ConnectionOptions options;
  options.target = std::move(target);
  options.uses_proxies = false;
  return options;
}

TEST(SessionOptions, AreThoseThatAreGiven) {
  EXPECT_THAT(session_options(to("host")), IsEmpty());
  auto options = to("host");
  options.tls.ca_file = "/a/../b.pem";
  options.is_view_only = true;
  options.quality = 5;
  options.encodings = {"zrle", "raw"};
  const SessionOptions expected{
      {"ca", "/b.pem"}, {"encodings", "zrle,raw"}, {"jpeg-quality", "5"}, {"view-only", "true"}};
  EXPECT_EQ(session_options(options), expected);
}

TEST(SessionOptions, DifferOnlyWhereTheCommandSaysSomething) {
  auto kept = to("vnc://:secret@host");
  kept.is_view_only = true;
  const auto has = session_options(kept);
  EXPECT_THAT(differing_options(session_options(to("host")), has), IsEmpty());
  auto right = to("host");
  right.password = "secret";
  EXPECT_THAT(differing_options(session_options(right), has), IsEmpty())
      << "a password is one wherever it stands";
  auto wrong = to("host");
  wrong.password = "Secret";
  wrong.tls.verify = false;
  EXPECT_THAT(differing_options(session_options(wrong), has),
              ElementsAre("--insecure", "the password"));
  EXPECT_THAT(differing_options(session_options(right), {}), ElementsAre("the password"));
}

TEST(SessionOptions, ShowNoSecret) {
  auto options = to("ws://:secret@host/x");
  options.headers = {{"Authorization", "secret"}};
  options.cookies = {{"a", "secret"}};
  options.tls.certificate_file = "/c.pem";
  const auto text = boost::json::serialize(shown_options(session_options(options)));
  EXPECT_EQ(text, R"({"cert":"/c.pem","cookie":"given","header":"given","password":"given"})");
  for (const auto& [name, value] : session_options(options))
    EXPECT_THAT(value, Not(HasSubstr("secret"))) << name;
}

}  // namespace
}  // namespace oriel::cli
