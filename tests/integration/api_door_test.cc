// Who may do what over HTTP, seen by curl: every operation with every kind of visitor, log-in and
// log-out, lock-out, Host and Origin, and the limit of requests.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cctype>
#include <map>
#include <set>

#include "oriel/io/net/tcp_stream.h"
#include "oriel/testing/viewer/test_viewer.h"
#include "tests/integration/api_site.h"
#include "tests/support/wait_until.h"
#include "tests/support/web_viewer.h"

namespace oriel {
namespace {

// Of "name=token; Path=/; ...".
std::string token_of(const std::string& set_cookie) {
  const auto begin = set_cookie.find('=') + 1;
  return set_cookie.substr(begin, set_cookie.find(';') - begin);
}

using support::HttpClient;
using support::HttpReply;
using support::wait_until;
using support::WebViewer;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

// A request for an operation, and what a visitor who may do it gets.
struct Example {
  std::string body;
  int status = 200;
};

Example example_of(const std::string& operation) {
  static const std::map<std::string, Example> kExamples{
      {"logIn", {fmt::format(R"({{"password": "{}"}})", kFullPassword), 200}},
      {"logOut", {"", 204}},
      {"resizeDesktop", {R"({"width": 800, "height": 600})", 200}},
      {"disconnectViewer", {R"({"reason": "lunch"})", 404}},  // nobody is there
      {"tellViewer", {R"({"text": "hello"})", 404}},
      {"takeControl", {R"({"viewer": "page"})", 409}},  // everybody has it here
      {"releaseControl", {R"({"viewer": "page"})", 404}},
      {"act", {R"({"actions": [{"type": "move", "x": 5, "y": 5}]})", 200}},
      {"readClipboard", {"", 200}},
      {"writeClipboard", {"hello", 204}},
  };
  const auto found = kExamples.find(operation);
  return found == kExamples.end() ? Example{} : found->second;
}

// The role in "Needs the role `view`."; empty for everybody's operations.
std::string role_of(const boost::json::object& operation) {
  const auto* text = operation.if_contains("description");
  if (text == nullptr) return "";
  const std::string sentence = text->as_string().c_str();
  const auto begin = sentence.find('`') + 1;
  return sentence.substr(begin, sentence.find('`', begin) - begin);
}

struct Visitor {
  const char* name;
  HttpClient client;
  std::set<std::string> roles;
};

// A stream of events goes on; it is enough that it has begun.
int status_of(const HttpClient& client, const std::string& method, const std::string& path,
              const std::string& id, bool may) {
  if (id == "listen" && may) {
    const auto stream = client.listen(path);
    return wait_until([&] { return stream->output().contains("event: hello"); }) ? 200 : 0;
  }
  const auto type = id == "writeClipboard" ? "text/plain" : "application/json";
  return client.send(method, path, example_of(id).body, type).status;
}

TEST(ApiDoor, TakesALargeBodyFromNobodyButWhoMayCopy) {
  const ApiSite site(SiteDoor::kGuarded);
  const std::string large(300'000, 'x');
  const auto refused = site.client->send("PUT", "/api/v1/clipboard", large, "text/plain");
  EXPECT_EQ(refused.status, 413);
  EXPECT_EQ(refused.json().at("error").at("code"), "too_large");
  const auto program = site.client->with_bearer(site.token());
  EXPECT_EQ(program.send("PUT", "/api/v1/clipboard", large, "text/plain").status, 204);
  EXPECT_EQ(program.send("POST", "/api/v1/input", large, "application/json").status, 413);
}

TEST(ApiDoor, LetsEveryVisitorDoWhatHisRolesAllowAndNothingElse) {
  ApiSite site(SiteDoor::kGuarded);
  const std::set<std::string> all{"view",   "control", "clipboard", "resize",
                                  "record", "monitor", "call",      "admin"};
  const auto description = site.client->get("/api/v1/openapi.json").json();
  ASSERT_EQ(site.client->send("PUT", "/api/v1/clipboard", "x", "text/plain").status, 401);
  ASSERT_EQ(site.client->with_bearer(site.token())
                .send("PUT", "/api/v1/clipboard", "there is something", "text/plain")
                .status,
            204);
  int tried = 0;
  for (const auto& [pattern, methods] : description.at("paths").as_object()) {
    std::string path(pattern);
    if (const auto at = path.find("{id}"); at != path.npos) path.replace(at, 4, "4711");
    for (const auto& [lower, operation] : methods.as_object()) {
      std::string method(lower);
      std::ranges::transform(method, method.begin(),
                             [](unsigned char c) { return std::toupper(c); });
      const std::string id = operation.at("operationId").as_string().c_str();
      const auto role = role_of(operation.as_object());
      // Each log-in is fresh, since one of the operations ends it.
      const Visitor visitors[] = {
          {"full", site.client->logged_in(kFullPassword), all},
          {"view only", site.client->logged_in(kViewPassword), {"view", "monitor"}},
          {"token", site.client->with_bearer(site.token()), all},
          {"nobody", *site.client, {}}};
      for (const auto& visitor : visitors) {
        const bool may = role.empty() || visitor.roles.contains(role);
        const int refusal = visitor.roles.empty() ? 401 : 403;
        EXPECT_EQ(status_of(visitor.client, method, path, id, may),
                  may ? example_of(id).status : refusal)
            << id << " by " << visitor.name;
        ++tried;
      }
    }
  }
  EXPECT_GE(tried, 17 * 4);
}

TEST(ApiDoor, GivesACookieThatScriptsAndOtherSitesCannotUse) {
  ApiSite site(SiteDoor::kGuarded);
  const auto in = site.client->send("POST", "/api/v1/session", R"({"password": "geheim"})");
  EXPECT_THAT(in.field("set-cookie"), AllOf(HasSubstr("HttpOnly"), HasSubstr("SameSite=Strict"),
                                            HasSubstr("Path=/"), Not(HasSubstr("Secure"))));
  EXPECT_THAT(in.body, Not(HasSubstr(token_of(in.field("set-cookie")))));
  support::ServerOptions secure;
  secure.desktop = "pattern";
  support::TemporaryFolder state;
  secure.environment = {{"XDG_STATE_HOME", state.path()}};
  secure.more_arguments = {"--tls", "on"};
  secure.password = kFullPassword;
  support::OrielServer server(secure);
  EXPECT_THAT(HttpClient(server.http_port(), "https")
                  .send("POST", "/api/v1/session", R"({"password": "geheim"})")
                  .field("set-cookie"),
              HasSubstr("; Secure"));
}

TEST(ApiDoor, WritesATokenThatOnlyItsOwnerCanRead) {
  ApiSite site(SiteDoor::kGuarded);
  EXPECT_EQ(std::filesystem::status(site.token_file()).permissions(), std::filesystem::perms(0600));
  EXPECT_EQ(site.token().size(), 64u);
  auto wrong = site.token();
  wrong.back() = wrong.back() == '0' ? '1' : '0';
  EXPECT_EQ(site.client->with_bearer(wrong).get("/api/v1/desktop").status, 401);
  EXPECT_EQ(site.client->with_bearer("").get("/api/v1/desktop").status, 401);
}

TEST(ApiDoor, EndsTheWebSocketsOfALogInWithIt) {
  ApiSite site(SiteDoor::kGuarded);
  EXPECT_FALSE(WebViewer(site.server->http_port(), {}).is_joined()) << "without a password";
  const auto mine = site.client->logged_in(kFullPassword);
  const auto other = site.client->logged_in(kFullPassword);
  WebViewer viewer(site.server->http_port(), {.tag = "", .cookie = mine.cookie(), .origin = ""});
  WebViewer stays(site.server->http_port(),
                  {.tag = "stays", .cookie = other.cookie(), .origin = ""});
  ASSERT_TRUE(viewer.is_joined());
  ASSERT_TRUE(stays.is_joined());
  const auto out = mine.send("DELETE", "/api/v1/session");
  EXPECT_EQ(out.status, 204);
  EXPECT_THAT(out.field("set-cookie"), HasSubstr("Max-Age=0"));
  EXPECT_TRUE(viewer.reads_to_the_end());
  EXPECT_THAT(viewer.close_reason(), HasSubstr("logged out"));
  EXPECT_EQ(mine.get("/api/v1/desktop").status, 401);
  EXPECT_FALSE(
      WebViewer(site.server->http_port(), {.tag = "", .cookie = mine.cookie(), .origin = ""})
          .is_joined());
  EXPECT_THAT(other.get("/api/v1/viewers").body, HasSubstr("\"stays\""));
}

// The end of an RFB connection with a wrong password.
std::string guess_over_rfb(int port) {
  boost::asio::io_context io{1};
  boost::asio::ip::tcp::socket socket(io);
  socket.connect({boost::asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port)});
  testing::TestViewer viewer(io.get_executor(), net::make_socket_stream(std::move(socket)),
                             {"wrong", {0}, {}, true});
  for (const auto end = Clock::now() + 20s; !viewer.is_ended() && Clock::now() < end;) {
    io.restart();
    io.run_one_for(10ms);
  }
  return viewer.is_ended() ? viewer.end()->message : "it did not end";
}

TEST(ApiDoor, CountsWrongPasswordsOfViewersAndOfBrowsersTogether) {
  ApiSite site(SiteDoor::kGuarded);
  const auto guess = [&] {
    return site.client->send("POST", "/api/v1/session", R"({"password": "wrong"})");
  };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(guess().code(), "wrong_password");
  for (int i = 0; i < 3; ++i) guess_over_rfb(site.server->vnc_port());
  // The first lock-out lasts a second, which a slow machine may take for the guesses themselves.
  int more_guesses = 0;
  HttpReply locked;
  while (more_guesses < 3 && (locked = guess()).status == 401) ++more_guesses;
  EXPECT_EQ(locked.status, 429);
  EXPECT_EQ(locked.code(), "locked_out");
  EXPECT_GE(std::atoi(locked.field("retry-after").c_str()), 1);
  EXPECT_EQ(locked.json().at("error").at("retry_after").to_number<int>(),
            std::atoi(locked.field("retry-after").c_str()));
  EXPECT_THAT(guess_over_rfb(site.server->vnc_port()), HasSubstr("too many wrong passwords"));
}

TEST(ApiDoor, RefusesPagesOfOthersThoughTheirCookieIsRight) {
  ApiSite site(SiteDoor::kGuarded);
  const auto mine = site.client->logged_in(kFullPassword);
  for (const auto* origin : {"http://evil.example", "null", "http://127.0.0.1:1"}) {
    const auto foreign = mine.with(std::string("Origin: ") + origin);
    EXPECT_EQ(foreign.get("/api/v1/desktop").status, 403) << origin;
    EXPECT_EQ(foreign.get("/api/v1/screenshot.png").status, 403) << origin;
    EXPECT_EQ(foreign.send("POST", "/api/v1/input", R"({"actions": []})").status, 403) << origin;
    EXPECT_EQ(foreign.send("DELETE", "/api/v1/session").status, 403) << origin;
    EXPECT_EQ(
        WebViewer(site.server->http_port(), {.tag = "", .cookie = mine.cookie(), .origin = origin})
            .upgrade_status(),
        403);
  }
  EXPECT_EQ(mine.with("Host: evil.example").get("/api/v1/desktop").status, 403);
  const auto own = fmt::format("Origin: http://127.0.0.1:{}", site.server->http_port());
  EXPECT_EQ(mine.with(own).get("/api/v1/desktop").status, 200);
}

TEST(ApiDoor, SendsAwayWhoAsksTooOften) {
  ApiSite site;
  const auto answers = site.client->get_many("/api/v1/session", 4000);
  const auto late =
      std::ranges::count_if(answers, [](auto& line) { return line.starts_with("429"); });
  fmt::print("{} of {} requests were too many\n", late, answers.size());
  EXPECT_EQ(answers.size(), 4000u);
  EXPECT_GE(answers.size() - static_cast<std::size_t>(late), 1000u);
  EXPECT_GT(late, 0);
  EXPECT_TRUE(wait_until([&] { return site.client->get("/api/v1/session").status == 200; }));
}

TEST(ApiDoor, ServesAssetsInPartsAndOnlyWhenTheyAreNew) {
  ApiSite site;
  const auto whole = site.client->get("/main.js");
  ASSERT_EQ(whole.status, 200);
  const auto head = site.client->send("HEAD", "/main.js");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.body, "");
  EXPECT_EQ(head.field("content-length"), std::to_string(whole.body.size()));
  EXPECT_EQ(head.field("etag"), whole.field("etag"));
  const auto part = site.client->get("/main.js", {"Range: bytes=100-199"});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, whole.body.substr(100, 100));
  EXPECT_EQ(site.client->get("/main.js", {"Range: bytes=999999999-"}).status, 416);
  EXPECT_EQ(site.client->get("/main.js", {"Range: bytes=0-9", "If-Range: \"old\""}).body.size(),
            whole.body.size());
  const auto known = "If-None-Match: " + whole.field("etag");
  EXPECT_EQ(site.client->get("/main.js", {known}).status, 304);
  EXPECT_EQ(site.client->ask({.method = "HEAD", .path = "/main.js", .body = "", .fields = {known}})
                .status,
            304);
}

}  // namespace
}  // namespace oriel
