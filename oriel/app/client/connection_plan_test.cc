#include "oriel/app/client/connection_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oriel/app/client/encoding_choice.h"
#include "oriel/app/client/preset_table.h"
#include "oriel/app/client/vnc_target.h"
#include "oriel/core/codec/encoding_table.h"

namespace oriel::client {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::optional<std::string> no_environment(const char*) { return std::nullopt; }

ConnectionPlan planned(const ConnectionOptions& options) {
  const auto plan = plan_connection(options, no_environment);
  EXPECT_TRUE(plan) << plan.error().message;
  return plan ? *plan : ConnectionPlan{};
}

std::string refusal(const ConnectionOptions& options) {
  const auto plan = plan_connection(options, no_environment);
  EXPECT_FALSE(plan);
  if (plan) return {};
  EXPECT_EQ(plan.error().kind, agent::ErrorKind::kInput);
  return plan.error().message;
}

ConnectionOptions proxmox() {
  ConnectionOptions options{.preset = "proxmox"};
  options.parameters = {{"host", "pve.example"},
                        {"node", "n1"},
                        {"vmid", "100"},
                        {"vnc_port", "5901"},
                        {"ticket", "PVEVNC:1+2"}};
  options.cookies = {{"PVEAuthCookie", "PVE:root@pam:4E"}};
  return options;
}

TEST(ConnectionPlan, KnowsWhatProxmoxNeeds) {
  const auto plan = planned(proxmox());
  EXPECT_EQ(plan.target.host, "pve.example");
  EXPECT_EQ(plan.target.port, 8006);
  EXPECT_EQ(plan.target.path,
            "/api2/json/nodes/n1/qemu/100/vncwebsocket?port=5901&vncticket=PVEVNC%3A1%2B2");
  EXPECT_EQ(plan.password, "PVEVNC:1+2") << "the ticket is the password";
  EXPECT_EQ(plan.connect.headers,
            (std::vector<net::HttpField>{{"Cookie", "PVEAuthCookie=PVE:root@pam:4E"}}));
  EXPECT_EQ(plan.connect.subprotocols, std::vector<std::string>{"binary"});
  EXPECT_THAT(plan.shown, Not(HasSubstr("PVEVNC")));

  auto without = proxmox();
  without.cookies.clear();
  EXPECT_THAT(refusal(without), HasSubstr("PVEAuthCookie"));
  without.headers = {{"authorization", "PVEAPIToken=x"}};
  EXPECT_EQ(planned(without).connect.headers.size(), 1u);
  auto no_port = proxmox();
  no_port.parameters.erase("vnc_port");
  EXPECT_THAT(refusal(no_port), HasSubstr("${vnc_port}"));
}

TEST(ConnectionPlan, TakesForProxmoxWhatItsApiHas) {
  constexpr struct {
    const char *name, *good, *bad, *expected;
  } kValues[] = {{"guest", "lxc", "vm", "expected is qemu or lxc"},
                 {"guest", "qemu", "qemu/100", "qemu or lxc"},
                 {"vmid", "100", "99", "100 to 999999999"},
                 {"vmid", "999999999", "1000000000", "100 to 999999999"},
                 {"vmid", "101", "web1", "100 to 999999999"},
                 {"node", "pve-2", "pve/2", "letters, digits and -"},
                 {"vnc_port", "5900", "0", "1 to 65535"}};
  for (const auto& [name, good, bad, expected] : kValues) {
    auto options = proxmox();
    options.parameters[name] = good;
    EXPECT_THAT(planned(options).target.path, HasSubstr(good)) << name;
    options.parameters[name] = bad;
    EXPECT_THAT(refusal(options),
                AllOf(HasSubstr("the preset proxmox"), HasSubstr(name), HasSubstr(expected)));
  }
}

TEST(ConnectionPlan, ExpandsEveryPresetToATarget) {
  for (const auto& preset : preset_table()) {
    auto options = proxmox();
    options.preset = preset.name;
    const auto plan = planned(options);
    EXPECT_TRUE(plan.target.is_websocket()) << preset.name;
    EXPECT_FALSE(preset.help.empty());
    options.parameters["port"] = "4444";
    EXPECT_EQ(planned(options).target.port, 4444) << preset.name;
    options.parameters.erase("port");
    options.parameters["host_port"] = "4445";
    EXPECT_EQ(planned(options).target.port, 4445) << preset.name;
  }
  EXPECT_THAT(refusal({.preset = "vmware"}), HasSubstr("proxmox"));
}

TEST(ConnectionPlan, MakesTheSocketOfAPage) {
  ConnectionOptions options;
  options.url_template = "wss://${host}:${port}/vnc_auto.html?token=${ticket}";
  options.parameters = {{"host", "nova"}, {"port", "6080"}, {"ticket", "a+b"}};
  EXPECT_EQ(planned(options).target.path, "/websockify?token=a%2Bb");
}

TEST(ConnectionPlan, FindsThePasswordWhereverItStands) {
  EXPECT_EQ(planned({.target = "vnc://u:p@h"}).password, "p");
  EXPECT_EQ(planned({.target = "vnc://u:p@h"}).user, "u");
  EXPECT_EQ(planned({.target = "vnc://u:p@h", .password = "own"}).password, "own");
  ConnectionOptions options{.url_template = "ws://h/?p=${password}"};
  options.password = "a b";
  EXPECT_EQ(planned(options).target.path, "/?p=a%20b");
  EXPECT_EQ(planned(options).password, "a b");
}

TEST(ConnectionPlan, HidesSecretsThatStandInThePath) {
  ConnectionOptions options{.url_template = "wss://h/console/${token}/x"};
  options.parameters = {{"token", "hidden"}};
  EXPECT_EQ(planned(options).shown, "wss://h:443/...");
  EXPECT_EQ(planned(options).connect.shown, "wss://h:443/...");
}

TEST(ConnectionPlan, SaysWhatCannotBe) {
  EXPECT_THAT(refusal({}), HasSubstr("no server is named"));
  EXPECT_THAT(refusal({.target = "h", .preset = "qemu"}), HasSubstr("together"));
  EXPECT_THAT(refusal({.target = "h:x"}), AllOf(HasSubstr("\"h:x\""), HasSubstr("HOST:DISPLAY")));
  EXPECT_THAT(refusal({.target = "ftp://u:geheim@h"}), HasSubstr("\"ftp://...@h\""));
  EXPECT_THAT(refusal({.target = "h", .timeout = {}}), HasSubstr("time-out"));
  ConnectionOptions options{.target = "h"};
  options.encodings = {"zrle", "smoke"};
  EXPECT_THAT(refusal(options), HasSubstr("smoke"));
  options.encodings.clear();
  options.quality = 10;
  EXPECT_THAT(refusal(options), HasSubstr("quality"));
  options.quality.reset();
  options.cookies = {{"a", "b;c"}};
  EXPECT_THAT(refusal(options), HasSubstr("cookie"));
}

TEST(ConnectionPlan, AsksForAllThatIsExactUnlessAQualityIsGiven) {
  const auto exact = planned({.target = "h"}).encodings;
  EXPECT_EQ(exact[0], 1) << "CopyRect costs nothing";
  for (const auto& encoding : codec::encoding_table()) {
    if (encoding.id == 21) continue;
    EXPECT_THAT(exact, Contains(encoding.id)) << encoding.name;
  }
  EXPECT_EQ(exact[1], 7) << "Tight costs servers the least";
  EXPECT_THAT(exact, Not(Contains(21)));
  EXPECT_THAT(exact, Contains(-254)) << "compression 2";
  for (int level = -32; level <= -23; ++level) EXPECT_THAT(exact, Not(Contains(level)));
  ConnectionOptions options{.target = "h"};
  options.encodings = {"hextile", "raw"};
  options.quality = 9;
  options.compression = 0;
  const auto lossy = planned(options).encodings;
  EXPECT_EQ(lossy[0], 5);
  EXPECT_EQ(lossy[1], 0);
  EXPECT_LT(lossy[2], 0);
  EXPECT_THAT(lossy, Contains(-23));
  EXPECT_THAT(lossy, Contains(-256));
}

TEST(ConnectionPlan, MayDoWithoutCompressionUnlessSomethingElseIsAskedFor) {
  const auto near = raw_only(planned({.target = "h"}).encodings);
  EXPECT_THAT(std::vector(near.begin(), near.begin() + 2), ElementsAre(1, 0));
  for (std::size_t i = 2; i < near.size(); ++i)
    EXPECT_EQ(codec::find_encoding(near[i]), nullptr) << near[i] << " is of pixels";
  EXPECT_THAT(near, Contains(-224)) << "the others are as before";
  EXPECT_TRUE(may_be_large({.target = "h"}));
  EXPECT_FALSE(may_be_large({.target = "h", .encodings = {"tight"}}));
  EXPECT_FALSE(may_be_large({.target = "h", .quality = 8}));
  EXPECT_FALSE(may_be_large({.target = "h", .compression = 9}));
}

TEST(ConnectionPlan, GoesThroughTheProxyOfTheEnvironment) {
  const auto environment = [](const char* name) -> std::optional<std::string> {
    if (std::string_view(name) == "https_proxy") return "http://u:p@proxy:3128";
    if (std::string_view(name) == "no_proxy") return "inside.example";
    return std::nullopt;
  };
  EXPECT_EQ(plan_connection({.target = "wss://far"}, environment)->connect.proxy,
            (net::Proxy{"proxy", 3128, "u", "p"}));
  EXPECT_FALSE(plan_connection({.target = "wss://a.inside.example"}, environment)->connect.proxy);
  EXPECT_FALSE(plan_connection({.target = "wss://127.0.0.1"}, environment)->connect.proxy);
  EXPECT_FALSE(plan_connection({.target = "far"}, environment)->connect.proxy);
  EXPECT_FALSE(
      plan_connection({.target = "wss://far", .uses_proxies = false}, environment)->connect.proxy);
}

}  // namespace
}  // namespace oriel::client
