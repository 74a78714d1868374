#include "oriel/app/api/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <map>
#include <set>

#include "oriel/app/api/action_document.h"
#include "oriel/app/api/limits.h"
#include "oriel/app/api/openapi.h"
#include "oriel/testing/fake_backend.h"

namespace oriel::api {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace json = boost::json;

struct Api {
  testing::FakeBackend backend;
  Router router{backend};

  net::HttpResponse ask(std::string_view method, std::string_view target, std::string body = "",
                        Roles roles = Roles::all(), std::string type = "application/json") {
    net::HttpRequest request;
    request.method = method;
    request.path = target.substr(0, target.find('?'));
    if (target.find('?') != target.npos) request.query = target.substr(target.find('?') + 1);
    request.body = std::move(body);
    if (!type.empty()) request.fields.push_back({"Content-Type", type});
    if (!etag.empty()) request.fields.push_back({"If-None-Match", etag});
    net::HttpResponse got;
    router.handle(std::move(request), {roles, "token"},
                  net::HttpAnswer([&](net::HttpResponse response) { got = std::move(response); }));
    return got;
  }
  std::string etag;
};

json::value document(const net::HttpResponse& response) {
  const auto text = as_text(response.content());
  return json::parse({text.data(), text.size()});
}
std::string complaint(const net::HttpResponse& response) {
  return document(response).at("error").at("message").as_string().c_str();
}
std::string code(const net::HttpResponse& response) {
  return document(response).at("error").at("code").as_string().c_str();
}

// A path and body that the operation accepts.
std::string example_path(const Operation& operation) {
  std::string path(operation.path);
  if (const auto at = path.find("{id}"); at != path.npos) path.replace(at, 4, "7");
  return path;
}
std::string example_body(const Operation& operation) {
  static const std::map<std::string_view, std::string> kBodies{
      {"logIn", R"({"password": "right"})"},
      {"resizeDesktop", R"({"width": 800, "height": 600})"},
      {"disconnectViewer", R"({"reason": "lunch"})"},
      {"tellViewer", R"({"text": "hello"})"},
      {"takeControl", R"({"viewer": "page"})"},
      {"releaseControl", R"({"viewer": "page"})"},
      {"act", R"({"actions": [{"type": "key", "keys": "a"}]})"},
      {"writeClipboard", "hello"},
  };
  const auto found = kBodies.find(operation.id);
  return found == kBodies.end() ? "" : found->second;
}
std::string example_type(const Operation& operation) {
  return operation.id == "writeClipboard" ? "text/plain; charset=utf-8" : "application/json";
}

TEST(Router, DoesEveryOperationForWhoHasItsRoleAndForNobodyElse) {
  for (const auto& operation : operation_table()) {
    SCOPED_TRACE(operation.id);
    Api api;
    const auto ask = [&](Roles roles) {
      return api.ask(operation.method, example_path(operation), example_body(operation), roles,
                     example_type(operation));
    };
    EXPECT_EQ(ask(Roles::all()).status, operation.success);
    for (std::size_t i = 0; i < kRoleNames.size(); ++i) {
      const auto role = static_cast<Role>(i);
      const bool may = !operation.role || *operation.role == role;
      const auto response = ask({role});
      if (may)
        EXPECT_TRUE(response.status == operation.success || code(response) == "control_taken")
            << response.status;
      else
        EXPECT_EQ(response.status, 403) << role_name(role);
    }
    EXPECT_EQ(ask({}).status, operation.role ? 401 : operation.success);
  }
}

TEST(Router, SaysWhatIsWrongWithAnAddress) {
  Api api;
  EXPECT_EQ(code(api.ask("GET", "/api/v1/nothing")), "no_such_path");
  EXPECT_EQ(code(api.ask("GET", "/api/v1/viewers/")), "no_such_path");
  const auto response = api.ask("PATCH", "/api/v1/desktop");
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.fields.back(), (net::HttpField{"Allow", "GET"}));
  EXPECT_THAT(complaint(api.ask("DELETE", "/api/v1/viewers/x", R"({"reason": ""})")),
              HasSubstr("Id is a string, an integer is expected"));
  EXPECT_THAT(complaint(api.ask("GET", "/api/v1/screenshot.png?colour=red")),
              HasSubstr("no parameter \"colour\""));
  EXPECT_THAT(complaint(api.ask("GET", "/api/v1/screenshot.png?scale=2")), HasSubstr("at most 1"));
  EXPECT_THAT(complaint(api.ask("GET", "/api/v1/screenshot.png?region=1,2,3")),
              HasSubstr("x,y,width,height"));
  EXPECT_THAT(complaint(api.ask("GET", "/api/v1/screenshot.png?region=%zz")), HasSubstr("'%'"));
}

TEST(Router, SpeaksValidJsonAlsoOfBytesThatAreNoText) {
  Api api;
  const auto response = api.ask("POST", "/api/v1/session", "{}", {}, "a\x9fpplication/json");
  EXPECT_THAT(complaint(response), HasSubstr("is a\uFFFDpplication/json,"));
}

TEST(Router, SaysWhatIsWrongWithABody) {
  Api api;
  EXPECT_EQ(api.ask("POST", "/api/v1/session", "{").status, 400);
  EXPECT_EQ(code(api.ask("POST", "/api/v1/session", "{")), "invalid_json");
  EXPECT_EQ(api.ask("POST", "/api/v1/session", "{}", {}, "text/plain").status, 415);
  EXPECT_EQ(complaint(api.ask("POST", "/api/v1/session", "{}")), "The body lacks \"password\".");
}

TEST(Router, LogsInWithACookieThatScriptsCannotRead) {
  Api api;
  const auto in = api.ask("POST", "/api/v1/session", R"({"password": "right"})", {});
  EXPECT_EQ(document(in).at("authenticated"), true);
  EXPECT_EQ(
      in.fields.back(),
      (net::HttpField{"Set-Cookie", "oriel_session_80=token; Path=/; HttpOnly; SameSite=Strict"}));
  EXPECT_EQ(api.ask("POST", "/api/v1/session", R"({"password": "wrong"})", {}).status, 401);
  const auto locked = api.ask("POST", "/api/v1/session", R"({"password": "locked"})", {});
  EXPECT_EQ(locked.status, 429);
  EXPECT_EQ(document(locked).at("error").at("retry_after"), 8);
  EXPECT_EQ(locked.fields.back(), (net::HttpField{"Retry-After", "8"}));
  EXPECT_EQ(api.ask("DELETE", "/api/v1/session").status, 204);
  EXPECT_THAT(api.backend.calls, ElementsAre("log out token"));
}

TEST(Router, TakesPicturesWithTheirTag) {
  Api api;
  const auto picture =
      api.ask("GET", "/api/v1/screenshot.jpg?region=1,2,30,40&scale=0.5&quality=70&since=3");
  EXPECT_EQ(picture.status, 200);
  EXPECT_EQ(picture.content_type, "image/jpeg");
  EXPECT_EQ(api.backend.picture_request.region, (image::Rect{1, 2, 30, 40}));
  EXPECT_EQ(api.backend.picture_request.scale, 0.5);
  EXPECT_EQ(api.backend.picture_request.quality, 70);
  EXPECT_EQ(api.backend.picture_request.since, 3u);
  EXPECT_EQ(picture.fields.back(), (net::HttpField{"Oriel-Boxes", "1,2,3,4;5,6,7,8"}));
  api.etag = "\"same\"";
  EXPECT_EQ(api.ask("GET", "/api/v1/screenshot.png").status, 304);
}

TEST(Router, RefusesARegionOrScaleThatNoScreenHas) {
  Api api;
  const auto complaint_about = [&](const char* query) {
    return complaint(api.ask("GET", std::string("/api/v1/screenshot.png?") + query));
  };
  EXPECT_THAT(complaint_about("region=2147483647,0,2147483647,1"), HasSubstr("0 to 65535"));
  EXPECT_THAT(complaint_about("region=-1,0,10,10"), HasSubstr("0 to 65535"));
  EXPECT_THAT(complaint_about("region=0,0,0,10"), HasSubstr("at least 1 each"));
  EXPECT_THAT(complaint_about("scale=nan"), HasSubstr("at least 0.01"));
  EXPECT_THAT(complaint_about("scale=inf"), HasSubstr("at most 1"));
}

TEST(Router, GivesNoTagWhereThereIsNoPicture) {
  Api api;
  const auto nothing = api.ask("GET", "/api/v1/screenshot.png?since=5");
  EXPECT_EQ(nothing.status, 304);
  for (const auto& field : nothing.fields) EXPECT_NE(field.name, "ETag");
}

TEST(Router, BoundsWhatTheActionsOfOneRequestComeTo) {
  Api api;
  const auto ask = [&](std::string_view action, int count) {
    std::string list;
    for (int i = 0; i < count; ++i) list += (i > 0 ? "," : "") + std::string(action);
    return api.ask("POST", "/api/v1/input", R"({"actions": [)" + list + "]}");
  };
  constexpr std::string_view kScroll = R"({"type": "scroll", "x": 0, "y": 0, "dy": -1000})";
  EXPECT_EQ(ask(kScroll, 19).status, 200);
  EXPECT_THAT(complaint(ask(kScroll, 20)), HasSubstr("more than 40000 keys"));
  constexpr std::string_view kPause = R"({"type": "pause", "ms": 10000})";
  EXPECT_EQ(ask(kPause, 2).status, 200);
  EXPECT_THAT(complaint(ask(kPause, 3)), HasSubstr("more than 20 s"));
}

TEST(Router, AsksToComeBackWhenTooManyActAtATime) {
  Api api;
  api.backend.is_busy = true;
  const auto response = api.ask("POST", "/api/v1/input", R"({"actions": []})");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(code(response), "busy");
  EXPECT_EQ(response.fields.back(), (net::HttpField{"Retry-After", "1"}));
}

TEST(Router, TurnsActionsIntoValues) {
  Api api;
  const auto done = api.ask("POST", "/api/v1/input", R"({"actions": [
    {"type": "key", "keys": "ctrl+a"}, {"type": "text", "text": "é"}, {"type": "move", "x": 1, "y": 2},
    {"type": "click", "x": 3, "y": 4, "button": "right", "count": 2},
    {"type": "drag", "path": [[1, 2], [3, 4]]}, {"type": "scroll", "x": 5, "y": 6, "dy": -3},
    {"type": "pause", "ms": 50}]})");
  EXPECT_EQ(document(done), json::parse(R"({"performed": 7, "generation": 42})"));
  const auto& actions = api.backend.actions;
  ASSERT_EQ(actions.size(), 7u);
  EXPECT_THAT(std::get<agent::PressKeys>(actions[0]).keysyms, ElementsAre(0xffe3u, 0x61u));
  EXPECT_THAT(std::get<agent::TypeText>(actions[1]).keysyms, ElementsAre(0xe9u));
  EXPECT_EQ(std::get<agent::MovePointer>(actions[2]).to, (image::Point{1, 2}));
  EXPECT_EQ(std::get<agent::Click>(actions[3]).button, agent::Button::kRight);
  EXPECT_EQ(std::get<agent::Click>(actions[3]).count, 2);
  EXPECT_THAT(std::get<agent::Drag>(actions[4]).path,
              ElementsAre(image::Point{1, 2}, image::Point{3, 4}));
  EXPECT_EQ(std::get<agent::Scroll>(actions[5]).dy, -3);
  EXPECT_EQ(std::get<agent::Pause>(actions[6]).duration, std::chrono::milliseconds(50));
  EXPECT_EQ(complaint(api.ask("POST", "/api/v1/input",
                              R"({"actions": [{"type": "key", "keys": "bogus"}]})"))
                .substr(0, 40),
            "Actions[0]: there is no key 'bogus': a c");
}

TEST(Router, GivesControlWhereOneAtATimeHasIt) {
  Api api;
  EXPECT_EQ(api.ask("PUT", "/api/v1/control", R"({"viewer": "page"})").status, 200);
  EXPECT_EQ(code(api.ask("PUT", "/api/v1/control", R"({"viewer": "page"})", {Role::kControl})),
            "control_taken");
  EXPECT_EQ(code(api.ask("PUT", "/api/v1/control", R"({"viewer": "nobody"})")), "no_such_viewer");
  api.backend.is_single = false;
  EXPECT_EQ(code(api.ask("PUT", "/api/v1/control", R"({"viewer": "page"})")), "control_shared");
}

TEST(Router, HandsClipboardsOverInTheirFormat) {
  Api api;
  EXPECT_EQ(api.ask("GET", "/api/v1/clipboard?format=html").content_type,
            "text/html; charset=utf-8");
  EXPECT_EQ(api.ask("GET", "/api/v1/clipboard?format=png").status, 204);
  EXPECT_EQ(api.ask("PUT", "/api/v1/clipboard", "<b>", Roles::all(), "text/html").status, 204);
  EXPECT_THAT(api.backend.calls, ElementsAre("clipboard 1 <b>"));
}

TEST(Router, ShowsTheHistoryOfTheClipboardToAdminsOnly) {
  Api api;
  const auto response = api.ask("GET", "/api/v1/clipboard/history");
  const auto entries = document(response).at("entries").as_array();
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0], (json::value{{"text", "newest \xc3\xa9"}, {"age_seconds", 1.5}}));
  EXPECT_EQ(response.fields.front(), (net::HttpField{"Cache-Control", "no-store"}));
  EXPECT_EQ(api.ask("GET", "/api/v1/clipboard/history", "", {Role::kClipboard}).status, 403);
}

TEST(Router, StreamsEventsOfTheKindsThatAreAskedFor) {
  Api api;
  const auto events = api.ask("GET", "/api/v1/events?types=damage,log&tag=me");
  EXPECT_EQ(events.content_type, "text/event-stream");
  ASSERT_TRUE(events.stream);
  EXPECT_THAT(api.backend.events_request.types, ElementsAre("damage", "log"));
  EXPECT_EQ(api.backend.events_request.tag, "me");
  EXPECT_EQ(api.ask("GET", "/api/v1/events?tag=many").status, 503);
}

TEST(OpenApi, DescribesEveryOperationOnce) {
  const auto document = openapi_document();
  std::set<std::string_view> ids;
  for (const auto& operation : operation_table()) {
    EXPECT_TRUE(ids.insert(operation.id).second) << operation.id;
    std::string method(operation.method);
    for (char& c : method) c = static_cast<char>(std::tolower(c));
    const auto& path = document.at("paths").at({operation.path.data(), operation.path.size()});
    EXPECT_EQ(path.at(method).at("operationId").as_string().c_str(), std::string(operation.id));
    EXPECT_EQ(path.at(method).as_object().contains("requestBody"), !operation.body_types.empty());
  }
}

TEST(OpenApi, HasTheBoundsOfTheLimits) {
  const auto schema = json::parse({kActionsSchema.data(), kActionsSchema.size()});
  const auto& actions = schema.at("properties").at("actions");
  EXPECT_EQ(actions.at("maxItems"), kActionsMax);
  const auto member = [&](const char* type, const char* name) {
    for (const auto& each : actions.at("items").at("oneOf").as_array())
      if (each.at("properties").at("type").at("const") == type)
        return each.at("properties").at(name);
    return json::value();
  };
  EXPECT_EQ(member("text", "text").at("maxLength"), kTypedBytesMax);
  EXPECT_EQ(member("pause", "ms").at("maximum"), kPauseMsMax);
  EXPECT_EQ(member("click", "count").at("maximum"), kClicksMax);
  EXPECT_EQ(member("scroll", "dy").at("maximum"), kScrollMax);
  EXPECT_EQ(member("drag", "path").at("maxItems"), kPathPointsMax);
}

}  // namespace
}  // namespace oriel::api
