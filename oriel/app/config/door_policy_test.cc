#include "oriel/app/config/door_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oriel::config {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

Settings with_doors(std::optional<ListenAddress> vnc, std::optional<ListenAddress> http) {
  Settings settings;
  settings.vnc_listen = std::move(vnc);
  settings.http_listen = std::move(http);
  return settings;
}

TEST(DoorPolicy, LoopbackAndClosedDoorsNeedNoPassword) {
  EXPECT_TRUE(check_doors(Settings()));
  EXPECT_TRUE(check_doors(with_doors(std::nullopt, ListenAddress{"::1", 1})));
}

TEST(DoorPolicy, AViewPasswordAloneProtectsNothing) {
  Settings settings;
  settings.view_password = Secret("schauen");
  ASSERT_FALSE(check_doors(settings));
  EXPECT_THAT(check_doors(settings).error().message, HasSubstr("--password-file"));
  settings.password = Secret("geheim");
  EXPECT_TRUE(check_doors(settings));
}

TEST(DoorPolicy, RefusesTwoPasswordsThatViewersCannotTellApart) {
  for (const char* view : {"geheim12", "geheim12 schauen"}) {
    Settings settings;
    settings.password = Secret("geheim12 handeln");
    settings.view_password = Secret(view);
    ASSERT_FALSE(check_doors(settings)) << view;
    EXPECT_THAT(check_doors(settings).error().message, HasSubstr("view_password_file"));
  }
  Settings settings;
  settings.password = Secret("geheim");
  settings.view_password = Secret("geheim1");
  EXPECT_TRUE(check_doors(settings));
}

TEST(DoorPolicy, EachOpenDoorWithoutAPasswordIsRefusedWithAWayOut) {
  for (const char* host : {"0.0.0.0", "::", "192.168.1.5"}) {
    for (const auto& settings : {with_doors(ListenAddress{host, 5900}, std::nullopt),
                                 with_doors(std::nullopt, ListenAddress{host, 5900})}) {
      auto status = check_doors(settings);
      ASSERT_FALSE(status);
      EXPECT_EQ(status.error().code, ErrorCode::kRefused);
      EXPECT_THAT(status.error().message, AllOf(HasSubstr(host), HasSubstr("--password-file"),
                                                HasSubstr("--allow-anyone")));
    }
  }
}

TEST(DoorPolicy, TheDoorOfTheMonitoringStreamIsOneOfThem) {
  Settings settings;
  settings.monitor_listen = ListenAddress{"0.0.0.0", 8765};
  ASSERT_FALSE(check_doors(settings));
  EXPECT_THAT(check_doors(settings).error().message,
              HasSubstr("monitor.listen 0.0.0.0:8765 is open to other machines"));
  EXPECT_TRUE(uses_tls(settings, *settings.monitor_listen));
  EXPECT_FALSE(uses_tls(settings));
  settings.monitor_listen->host = "127.0.0.1";
  EXPECT_TRUE(check_doors(settings));
}

TEST(DoorPolicy, TheDoorOfTheConduitIsOneOfThem) {
  Settings settings;
  settings.conduit_listen = ListenAddress{"0.0.0.0", 8080};
  ASSERT_FALSE(check_doors(settings));
  EXPECT_THAT(check_doors(settings).error().message,
              HasSubstr("conduit.listen 0.0.0.0:8080 is open to other machines"));
  settings.conduit_listen->host = "127.0.0.1";
  EXPECT_TRUE(check_doors(settings));
}

TEST(DoorPolicy, APasswordOrInsistenceOpensTheDoor) {
  auto settings = with_doors(ListenAddress{"0.0.0.0", 5900}, ListenAddress{"0.0.0.0", 6080});
  settings.password = Secret("x");
  EXPECT_TRUE(check_doors(settings));
  settings.password = Secret();
  settings.allow_anyone = true;
  EXPECT_TRUE(check_doors(settings));
}

TEST(DoorPolicy, ACertificateAndItsKeyAreGivenTogether) {
  Settings settings;
  settings.tls_cert = "cert.pem";
  ASSERT_FALSE(check_doors(settings));
  EXPECT_THAT(check_doors(settings).error().message, HasSubstr("tls_cert is set without tls_key"));
  settings.tls_key = "key.pem";
  EXPECT_TRUE(check_doors(settings));
  settings.tls_cert = "";
  ASSERT_FALSE(check_doors(settings));
  EXPECT_THAT(check_doors(settings).error().message, HasSubstr("tls_key is set without tls_cert"));
}

TEST(DoorPolicy, TlsIsForListenersThatAreNotLoopbackUnlessItIsSaid) {
  auto here = with_doors(std::nullopt, ListenAddress{"127.0.0.1", 6080});
  auto everywhere = with_doors(std::nullopt, ListenAddress{"0.0.0.0", 6080});
  EXPECT_FALSE(uses_tls(here));
  EXPECT_TRUE(uses_tls(everywhere));
  here.tls = everywhere.tls = TlsMode::kOn;
  EXPECT_TRUE(uses_tls(here) && uses_tls(everywhere));
  here.tls = everywhere.tls = TlsMode::kOff;
  EXPECT_FALSE(uses_tls(here) || uses_tls(everywhere));
}

}  // namespace
}  // namespace oriel::config
