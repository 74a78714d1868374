#include "oriel/app/desktops/target_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oriel::desktops {
namespace {

using ::testing::ElementsAre;
using ::testing::FieldsAre;

TEST(TargetOptions, HaveAllThatTheConfigurationSays) {
  config::TargetSettings settings;
  settings.preset = "proxmox";
  settings.parameters = {{"host", "pve"}, {"vmid", "100"}};
  settings.user = "anna";
  settings.password = config::Secret("geheim");
  settings.ticket = config::Secret("PVEVNC:1");
  settings.headers = config::Secret("X-Team:  blue\nCookie: a=1; PVEAuthCookie=x=y");
  settings.ca_file = "ca.pem";
  settings.cert_file = "cert.pem";
  settings.key_file = "key.pem";
  settings.verifies = false;
  const auto options = connection_options(settings);
  EXPECT_EQ(options.preset, "proxmox");
  EXPECT_EQ(options.parameters.at("vmid"), "100");
  EXPECT_EQ(options.parameters.at("ticket"), "PVEVNC:1");
  EXPECT_EQ(options.user, "anna");
  EXPECT_EQ(options.password, "geheim");
  EXPECT_THAT(options.headers, ElementsAre(FieldsAre("X-Team", "blue")));
  EXPECT_THAT(options.cookies, ElementsAre(FieldsAre("a", "1"), FieldsAre("PVEAuthCookie", "x=y")));
  EXPECT_EQ(options.tls.ca_file, "ca.pem");
  EXPECT_EQ(options.tls.certificate_file, "cert.pem");
  EXPECT_EQ(options.tls.key_file, "key.pem");
  EXPECT_FALSE(options.tls.verify);
}

TEST(TargetOptions, WantTlsWhereTheySayWhomToTrust) {
  config::TargetSettings settings;
  EXPECT_FALSE(connection_options(settings).requires_encryption);
  settings.ca_file = "ca.pem";
  EXPECT_TRUE(connection_options(settings).requires_encryption);
  EXPECT_TRUE(completed({}, connection_options(settings)).requires_encryption);
  settings.ca_file.clear();
  settings.cert_file = "cert.pem";
  EXPECT_TRUE(connection_options(settings).requires_encryption);
}

TEST(TargetOptions, GiveWayToWhatIsSaidOnTheSpot) {
  client::ConnectionOptions named{.target = "host:1"};
  named.parameters = {{"host", "pve"}, {"vmid", "100"}};
  named.user = "anna";
  named.headers = {{"X-Team", "blue"}, {"X-Way", "long"}};
  named.tls.ca_file = "ca.pem";
  client::ConnectionOptions given;
  given.parameters = {{"vmid", "101"}};
  given.user = "ben";
  given.headers = {{"X-Team", "red"}};
  given.tls.verify = false;
  const auto options = completed(given, named);
  EXPECT_EQ(options.target, "host:1");
  EXPECT_EQ(options.parameters.at("host"), "pve");
  EXPECT_EQ(options.parameters.at("vmid"), "101");
  EXPECT_EQ(options.user, "ben");
  EXPECT_THAT(options.headers, ElementsAre(FieldsAre("X-Team", "red"), FieldsAre("X-Way", "long")));
  EXPECT_EQ(options.tls.ca_file, "ca.pem");
  EXPECT_FALSE(options.tls.verify);
}

}  // namespace
}  // namespace oriel::desktops
