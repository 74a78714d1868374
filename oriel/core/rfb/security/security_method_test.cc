#include "oriel/core/rfb/security/security_method.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "oriel/core/rfb/security/security_number.h"
#include "oriel/core/rfb/security/security_table.h"

namespace oriel::rfb {
namespace {

using ::testing::ElementsAre;

// With all that a user can give.
SecurityClientConfig everything() {
  SecurityClientConfig config{"password", "user"};
  config.entropy.fill(7);
  config.allows_plain_password = true;
  return config;
}

std::vector<std::string_view> names(const SecurityClientConfig& config) {
  std::vector<std::string_view> names;
  for (const auto* method : acceptable_methods(config)) names.push_back(method->name);
  return names;
}

TEST(SecurityMethod, HasNumberAndNameOfItsOwnAndATypeInTheTable) {
  std::set<std::uint32_t> numbers;
  std::set<std::string_view> names;
  for (const auto& method : security_methods()) {
    EXPECT_TRUE(numbers.insert(method.id).second) << method.name;
    EXPECT_TRUE(names.insert(method.name).second) << method.name;
    EXPECT_EQ(find_security_method(method.id), &method);
    EXPECT_EQ(find_security_method(method.name), &method);
    EXPECT_NE(find_security_type(offered_as(method)), nullptr) << method.name;
  }
  EXPECT_EQ(find_security_method(77u), nullptr);
  EXPECT_EQ(find_security_method("nonsense"), nullptr);
}

TEST(SecurityMethod, PrefersTheSafest) {
  EXPECT_THAT(names(everything()),
              ElementsAre("x509-plain", "x509-vnc", "x509-none", "tls-plain", "tls-vnc", "tls-none",
                          "tls", "apple-dh", "vnc", "tight", "none", "plain"));
}

TEST(SecurityMethod, PrefersWhatTheUserCanAnswer) {
  EXPECT_THAT(names({"password"}),
              ElementsAre("x509-vnc", "x509-none", "tls-vnc", "tls-none", "tls", "vnc", "tight",
                          "none", "x509-plain", "tls-plain"));
  EXPECT_THAT(names({}), ElementsAre("x509-none", "tls-none", "tls", "tight", "none", "x509-plain",
                                     "x509-vnc", "tls-plain", "tls-vnc", "vnc"));
}

TEST(SecurityMethod, LeavesOutWhatDoesNotEncryptWhenThatIsAskedFor) {
  auto config = everything();
  config.requires_encryption = true;
  EXPECT_THAT(names(config), ElementsAre("x509-plain", "x509-vnc", "x509-none", "tls-plain",
                                         "tls-vnc", "tls-none", "tls"));
}

TEST(SecurityMethod, FollowsTheUsersListAndStillSaysNoPasswordInTheOpen) {
  auto config = everything();
  config.allowed = {kSecurityPlain, kSecurityNone, 77, kSecurityX509Vnc};
  EXPECT_THAT(names(config), ElementsAre("plain", "none", "x509-vnc"));
  config.allows_plain_password = false;
  EXPECT_THAT(names(config), ElementsAre("none", "x509-vnc"));
  config.requires_encryption = true;
  EXPECT_THAT(names(config), ElementsAre("x509-vnc"));
}

TEST(SecurityMethod, NamesWhatItDoesNotSpeakToo) {
  const std::uint32_t ids[] = {1, 5, 19, 33, 77, 259, 263};
  EXPECT_EQ(describe_security_types(ids),
            "none (1), RA2 (5), VeNCrypt (19), Apple RSA-SRP (33), 77, tls-plain (259), "
            "tls-sasl (263)");
}

}  // namespace
}  // namespace oriel::rfb
