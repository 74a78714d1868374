#include "oriel/app/web/accepted_hosts.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

namespace oriel::web {
namespace {

TEST(AcceptedHosts, AreTheMachinesOwnNameAndThoseOfTheSetting) {
  config::Settings settings;
  settings.allowed_hosts = "desk.example.org";
  const auto policy = host_policy(settings);
  char name[256] = "";
  ASSERT_EQ(::gethostname(name, sizeof name - 1), 0);
  EXPECT_TRUE(net::check_host_claim(policy, {std::string(name) + ":8765", {}, "10.0.0.7:8765"}));
  EXPECT_TRUE(net::check_host_claim(policy, {"desk.example.org", {}, "10.0.0.7:8765"}));
  EXPECT_FALSE(net::check_host_claim(policy, {"other.example.org", {}, "10.0.0.7:8765"}));
}

}  // namespace
}  // namespace oriel::web
