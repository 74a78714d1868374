// What happens, as server-sent events; who is connected, and what an admin does to them.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <chrono>

#include "tests/integration/api_site.h"
#include "tests/support/wait_until.h"
#include "tests/support/web_viewer.h"

namespace oriel {
namespace {

using support::ChildProcess;
using support::wait_until;
using support::WebViewer;
using ::testing::HasSubstr;
using ::testing::Not;

struct Event {
  std::string kind;
  boost::json::value told;
};

// A reader of events.
class Listener {
 public:
  // Waits for the first event.
  Listener(const support::HttpClient& client, const std::string& query)
      : process_(client.listen("/api/v1/events" + query)) {
    EXPECT_TRUE(hears("hello", [](const auto&) { return true; }));
  }

  // All that are complete (HTML, "Interpreting an event stream").
  std::vector<Event> events() const {
    std::vector<Event> all;
    const auto text = process_->output();
    for (std::size_t at = 0, end = 0; (end = text.find("\n\n", at)) != text.npos; at = end + 2) {
      const auto block = text.substr(at, end - at);
      const auto kind = block.find("event: "), told = block.find("data: ");
      if (kind == block.npos || told == block.npos) continue;  // a comment
      all.push_back({block.substr(kind + 7, block.find('\n', kind) - kind - 7),
                     boost::json::parse(block.substr(told + 6))});
    }
    return all;
  }
  template <typename Is>
  bool hears(const std::string& kind, Is is) const {
    return wait_until([&] {
      for (const auto& event : events())
        if (event.kind == kind && is(event.told)) return true;
      return false;
    });
  }
  std::size_t count(const std::string& kind) const {
    std::size_t count = 0;
    for (const auto& event : events()) count += event.kind == kind ? 1 : 0;
    return count;
  }
  ChildProcess& process() { return *process_; }

 private:
  std::unique_ptr<ChildProcess> process_;
};

std::uint64_t number_of(const ApiSite& site, const std::string& tag) {
  std::uint64_t number = 0;
  EXPECT_TRUE(wait_until([&] {
    const auto list = site.client->get("/api/v1/viewers").json();
    for (const auto& viewer : list.at("viewers").as_array())
      if (viewer.at("tag") == tag.c_str()) number = viewer.at("id").to_number<std::uint64_t>();
    return number != 0;
  })) << tag;
  return number;
}

TEST(ApiEvents, TellWhoComesAndGoesAndWhatChanges) {
  const ApiSite site;
  const Listener listener(*site.client, "");
  std::uint64_t number = 0;
  {
    const WebViewer viewer(site.server->http_port(), {.tag = "page7", .cookie = "", .origin = ""});
    ASSERT_TRUE(viewer.is_joined());
    EXPECT_TRUE(listener.hears("viewer_joined", [&](const auto& told) {
      number = told.at("viewer").template to_number<std::uint64_t>();
      return told.at("tag") == "page7" && told.at("view_only") == false;
    }));
  }
  EXPECT_TRUE(listener.hears("viewer_left", [&](const auto& told) {
    return told.at("viewer").template to_number<std::uint64_t>() == number;
  }));
  site.client->send("PUT", "/api/v1/desktop/geometry", R"({"width": 640, "height": 480})");
  EXPECT_TRUE(listener.hears("resized", [](const auto& told) {
    return told.at("width") == 640 && told.at("height") == 480;
  }));
  const ChildProcess copies(
      site.on_desktop({"sh", "-c", "printf x | xclip -quiet -i -selection clipboard"}));
  EXPECT_TRUE(
      listener.hears("clipboard", [](const auto& told) { return told.at("by") == "desktop"; }));
  site.client->send("PUT", "/api/v1/clipboard", "y", "text/plain");
  EXPECT_TRUE(wait_until([&] { return listener.count("clipboard") >= 2; }));
  EXPECT_EQ(listener.count("damage") + listener.count("viewers") + listener.count("log"), 0u)
      << "only who asks for them gets them";
}

TEST(ApiEvents, ConflateDamage) {
  const ApiSite site;
  const Listener listener(*site.client, "?types=damage");
  const ChildProcess restless(site.on_desktop(
      {"xterm", "-geometry", "80x24+0+0", "-e", "sh", "-c", "while :; do date +%N; done"}));
  ASSERT_TRUE(listener.hears("damage", [](const auto& told) {
    return told.at("boxes").as_array().size() > 0 && told.at("boxes").at(0).as_array().size() == 4;
  }));
  const auto start = std::chrono::steady_clock::now();
  const auto before = listener.count("damage");
  ASSERT_TRUE(wait_until([&] { return listener.count("damage") >= before + 15; }));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  EXPECT_GT(took.count(), 1.2) << "at most ten in a second";
}

TEST(ApiEvents, NeedTheRoleOfTheirKind) {
  const ApiSite site(SiteDoor::kGuarded);
  const auto views = site.client->logged_in(kViewPassword);
  EXPECT_EQ(views.get("/api/v1/events?types=log").status, 403);
  EXPECT_EQ(views.get("/api/v1/events?types=viewers").status, 403);
  EXPECT_EQ(views.get("/api/v1/events?types=bogus").status, 400);
  const Listener log(site.client->with_bearer(site.token()), "?types=hello,log");
  EXPECT_TRUE(log.hears("log", [](const auto&) { return true; }));
}

TEST(ApiEvents, EndWithTheServerWithin2Seconds) {
  ApiSite site;
  Listener first(*site.client, "?types=hello,damage"), second(*site.client, "");
  EXPECT_EQ(site.server->stop(), 0);
  EXPECT_TRUE(
      wait_until([&] { return first.process().exit_code() && second.process().exit_code(); }));
}

TEST(ApiViewers, AreSentAwayWithTheReason) {
  const ApiSite site;
  WebViewer viewer(site.server->http_port(), {.tag = "page", .cookie = "", .origin = ""});
  const auto path = fmt::format("/api/v1/viewers/{}", number_of(site, "page"));
  EXPECT_EQ(site.client->send("DELETE", path, R"({"reason": "lunch"})").status, 204);
  EXPECT_TRUE(viewer.reads_to_the_end());
  EXPECT_EQ(viewer.close_reason(), "disconnected by an admin: lunch");
  EXPECT_TRUE(wait_until([&] {
    return site.client->send("DELETE", path, R"({"reason": "lunch"})").code() == "no_such_viewer";
  }));
}

TEST(ApiViewers, GetMessagesOnTheirPage) {
  const ApiSite site;
  const WebViewer viewer(site.server->http_port(), {.tag = "page", .cookie = "", .origin = ""});
  const Listener page(*site.client, "?types=hello,message&tag=page"),
      other(*site.client, "?types=hello,message&tag=other");
  const auto path = fmt::format("/api/v1/viewers/{}/message", number_of(site, "page"));
  EXPECT_EQ(site.client->send("POST", path, R"({"text": "restart at five"})").status, 204);
  EXPECT_TRUE(
      page.hears("message", [](const auto& told) { return told.at("text") == "restart at five"; }));
  EXPECT_EQ(other.count("message"), 0u);
}

TEST(ApiViewers, AreDescribed) {
  const ApiSite site;
  const WebViewer viewer(site.server->http_port(), {.tag = "page", .cookie = "", .origin = ""});
  number_of(site, "page");
  const auto list = site.client->get("/api/v1/viewers").json();
  const auto& row = list.at("viewers").at(0);
  EXPECT_EQ(row.at("transport"), "websocket");
  EXPECT_EQ(row.at("role"), "control");
  EXPECT_THAT(row.at("peer").as_string().c_str(), HasSubstr("127.0.0.1:"));
  EXPECT_GT(row.at("bytes_sent").to_number<int>(), 0);
}

TEST(ApiControl, GoesFromOneToAnotherAndIsTold) {
  support::ServerOptions options;
  options.more_arguments = {"--control", "single"};
  const ApiSite site(SiteDoor::kOpen, options);
  const Listener listener(*site.client, "?types=hello,control");
  const WebViewer first(site.server->http_port(), {.tag = "first", .cookie = "", .origin = ""});
  const WebViewer second(site.server->http_port(), {.tag = "second", .cookie = "", .origin = ""});
  const auto owner_is = [](const char* tag) {
    return [tag](const auto& told) { return told.at("owner_tag") == tag; };
  };
  number_of(site, "first");
  const auto given = site.client->send("PUT", "/api/v1/control", R"({"viewer": "first"})");
  EXPECT_EQ(given.status, 200);
  EXPECT_EQ(given.json().at("owner_tag"), "first");
  EXPECT_TRUE(listener.hears("control", owner_is("first")));
  // Programs act only when nobody has control.
  constexpr const char* kMove = R"({"actions": [{"type": "move", "x": 1, "y": 2}]})";
  EXPECT_EQ(site.client->send("POST", "/api/v1/input", kMove).code(), "control_taken");
  EXPECT_EQ(site.client->send("PUT", "/api/v1/control", R"({"viewer": "second"})").status, 200)
      << "an admin takes it from anybody";
  EXPECT_TRUE(listener.hears("control", owner_is("second")));
  EXPECT_EQ(site.client->send("DELETE", "/api/v1/control", R"({"viewer": "second"})").status, 204);
  EXPECT_EQ(site.client->send("POST", "/api/v1/input", kMove).status, 200);
  EXPECT_EQ(site.client->send("PUT", "/api/v1/control", R"({"viewer": "nobody"})").code(),
            "no_such_viewer");
}

TEST(ApiSettings, SayWhereTheyCameFromAndKeepSecrets) {
  support::ServerOptions options;
  options.environment = {{"ORIEL_MAX_RATE", "30"}};
  options.more_arguments = {"--name", "build-07"};
  const ApiSite site(SiteDoor::kGuarded, options);
  const auto reply = site.client->with_bearer(site.token()).get("/api/v1/settings");
  ASSERT_EQ(reply.status, 200);
  const auto find = [&](const char* key) {
    const auto document = reply.json();
    for (const auto& setting : document.at("settings").as_array())
      if (setting.at("key") == key) return setting;
    return boost::json::value(nullptr);
  };
  EXPECT_EQ(find("name").at("value"), "build-07");
  EXPECT_EQ(find("name").at("source"), "flag");
  EXPECT_EQ(find("max_rate").at("source"), "environment");
  EXPECT_EQ(find("max_rate").at("value"), "30");
  EXPECT_EQ(find("control").at("source"), "default");
  EXPECT_EQ(find("password").at("value"), "set");
  for (const auto& secret : {std::string(kFullPassword), std::string(kViewPassword), site.token()})
    EXPECT_THAT(reply.body, Not(HasSubstr(secret)));
}

}  // namespace
}  // namespace oriel
