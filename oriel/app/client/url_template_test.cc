#include "oriel/app/client/url_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oriel/app/client/limits.h"

namespace oriel::client {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string expanded(std::string_view text, const TemplateParameters& parameters) {
  const auto url = expand_url_template(text, parameters);
  return url ? url->url : "error: " + url.error().message;
}

TEST(UrlTemplate, TakesTheNamesOfTheGuide) {
  const TemplateParameters parameters{{"host", "h.example"}, {"port", "8006"}, {"ticket", "t"},
                                      {"password", "p"},     {"node", "pve"},  {"vmid", "100"},
                                      {"session_id", "s 1"}};
  EXPECT_EQ(expanded("wss://${host}:${port}/websockify", parameters),
            "wss://h.example:8006/websockify");
  EXPECT_EQ(expanded("wss://${host}:${port}/api2/json/nodes/${node}/qemu/${vmid}/vncwebsocket"
                     "?vncticket=${ticket}",
                     parameters),
            "wss://h.example:8006/api2/json/nodes/pve/qemu/100/vncwebsocket?vncticket=t");
  EXPECT_EQ(expanded("wss://${host}:${port}/vnc/websocket?token=${ticket}&password=${password}",
                     parameters),
            "wss://h.example:8006/vnc/websocket?token=t&password=p");
  EXPECT_EQ(expanded("wss://${host}:${port}/vncproxy/${session_id}?auth=${ticket}", parameters),
            "wss://h.example:8006/vncproxy/s%201?auth=t");
}

TEST(UrlTemplate, NamesItsPlaces) {
  const auto names = names_in_template("${scheme}://${host}:${port}/${x}?a=${host}");
  ASSERT_TRUE(names);
  EXPECT_EQ(*names, (std::vector<std::string>{"scheme", "host", "port", "x", "host"}));
  EXPECT_FALSE(names_in_template("ws://${host"));
  EXPECT_TRUE(is_same_parameter("host_port", "port"));
  EXPECT_FALSE(is_same_parameter("vnc_port", "port"));
}

TEST(UrlTemplate, TakesTheNamesOfTheOriginal) {
  const TemplateParameters parameters{{"host", "h"}, {"host_port", "8006"}, {"vnc_port", "5901"}};
  EXPECT_EQ(expanded("wss://${host}:${host_port}/x?port=${vnc_port}", parameters),
            "wss://h:8006/x?port=5901");
  EXPECT_EQ(expanded("ws://${host}:${port}/", parameters), "ws://h:8006/");
  EXPECT_EQ(expanded("ws://a:${host_port}/", {{"port", "7"}}), "ws://a:7/");
}

TEST(UrlTemplate, EncodesEachValueOnceForItsPlace) {
  const TemplateParameters parameters{{"ticket", "PVEVNC:12+/=34 AB%"}, {"host", "::1"}};
  EXPECT_EQ(
      expanded("wss://${host}/a/${ticket}/b?vncticket=${ticket}&empty=&a=1", parameters),
      "wss://[::1]/a/PVEVNC%3A12%2B%2F%3D34%20AB%25/b?vncticket=PVEVNC%3A12%2B%2F%3D34%20AB%25"
      "&empty=&a=1");
  EXPECT_EQ(expanded("wss://[${host}]:1/", parameters), "wss://[::1]:1/");
  EXPECT_EQ(expanded("wss://${ticket}@h/", parameters), "wss://PVEVNC%3A12%2B%2F%3D34%20AB%25@h/");
}

TEST(UrlTemplate, NamesWhatIsMissingOrUnknown) {
  EXPECT_THAT(expanded("ws://h/?t=${ticket}", {}), HasSubstr("needs a value for ${ticket}"));
  EXPECT_THAT(expanded("ws://h/?t=${ticket}", {{"ticket", ""}}), HasSubstr("${ticket} is empty"));
  EXPECT_THAT(expanded("ws://h/${session_id}", {}), HasSubstr("${session_id}"));
  EXPECT_THAT(expanded("ws://h/${a", {}), HasSubstr("without }"));
  EXPECT_THAT(expanded("ws://h/${}", {}), HasSubstr("no name"));
  EXPECT_THAT(expanded("ws://h/${a b}", {}), HasSubstr("no name"));
}

TEST(UrlTemplate, RefusesAValueThatItsPlaceCannotHave) {
  const auto error = [](std::string_view text, const std::string& name) {
    const auto message = expanded(text, {{name, "secret/../@x"}});
    EXPECT_THAT(message, Not(HasSubstr("secret")));
    return message;
  };
  EXPECT_THAT(error("ws://${host}/", "host"), HasSubstr("${host} is no host name"));
  EXPECT_THAT(error("ws://h:${port}/", "port"), HasSubstr("${port} is no port"));
  EXPECT_THAT(error("${scheme}://h/", "scheme"), HasSubstr("${scheme} is no scheme"));
  EXPECT_THAT(expanded("ws://h:${port}/", {{"port", "65536"}}), HasSubstr("no port"));
  EXPECT_THAT(expanded("ws://${host}/", {{"host", "h:80"}}), HasSubstr("no host"));
}

TEST(UrlTemplate, SaysWhenItsPathHasASecret) {
  EXPECT_TRUE(expand_url_template("ws://h/${ticket}", {{"ticket", "t"}})->has_secret_path);
  EXPECT_TRUE(expand_url_template("ws://h/${own}", {{"own", "t"}})->has_secret_path);
  EXPECT_FALSE(
      expand_url_template("ws://h/${node}?${own}", {{"own", "t"}, {"node", "n"}})->has_secret_path);
}

TEST(UrlTemplate, KeepsItsLimits) {
  const std::string longest(kTargetBytesMax - 9, 'a');
  EXPECT_TRUE(expand_url_template("ws://h/?" + longest.substr(0, longest.size() - 4), {}));
  EXPECT_FALSE(expand_url_template("ws://h/?aaaa" + longest, {}));
  EXPECT_FALSE(
      expand_url_template("ws://h/?${ticket}", {{"ticket", longest + "aaaaaaaaaaaaaaaa"}}));
  TemplateParameters many;
  for (std::size_t i = 0; i < kTemplateParametersMax; ++i) many[std::to_string(i)] = "x";
  EXPECT_TRUE(expand_url_template("ws://h/", many));
  many["one_more"] = "x";
  EXPECT_FALSE(expand_url_template("ws://h/", many));
}

}  // namespace
}  // namespace oriel::client
