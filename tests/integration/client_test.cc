// The client against real servers: Xvnc and our own, and one server as the desktop of another.

#include "oriel/app/client/connection.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <map>

#include "oriel/app/agent/sync_agent.h"
#include "oriel/app/client/remote_screen.h"
#include "oriel/testing/certificates.h"
#include "oriel/testing/temporary_folder.h"
#include "tests/support/oriel_server.h"
#include "tests/support/wait_until.h"
#include "tests/support/x_server.h"

namespace oriel {
namespace {

using namespace std::chrono_literals;
using client::Connection;
using client::ConnectionOptions;
using support::wait_until;
using ::testing::HasSubstr;

constexpr std::uint32_t kRed = 0xff0000, kTeal = 0x008080;

// Xvnc of 320x200 on a display of its own.
struct Xvnc {
  explicit Xvnc(const std::string& security, const std::vector<std::string>& more = {}) {
    std::vector<std::string> command{
        "Xtigervnc",    "-geometry",        "320x200",        "-depth",
        "24",           "-localhost",       "-rfbport",       "-1",
        "-rfbunixpath", folder.path("vnc"), "-SecurityTypes", security};
    command.insert(command.end(), more.begin(), more.end());
    server.emplace(command);
  }
  void paint(std::uint32_t colour) const {
    server->run_client({"xsetroot", "-solid", fmt::format("#{:06x}", colour)});
  }
  ConnectionOptions options() const { return {.target = "unix:" + folder.path("vnc")}; }

  testing::TemporaryFolder folder;
  std::optional<support::XServer> server;
};

// The colour of the middle of the screen.
std::uint32_t middle(Connection& connection) {
  const auto picture = connection.screenshot();
  EXPECT_TRUE(picture) << picture.error().message;
  if (!picture) return 0;
  return picture->at(picture->size().width / 2, picture->size().height / 2);
}

class XvncSecurity : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Types, XvncSecurity, ::testing::Values("None", "TLSNone"));

TEST_P(XvncSecurity, ShowsWhatIsPainted) {
  const Xvnc xvnc(GetParam());
  xvnc.paint(kRed);
  Connection connection(xvnc.options());
  const auto connected = connection.connect();
  ASSERT_TRUE(connected) << connected.error().message;
  EXPECT_EQ(middle(connection), kRed);
  xvnc.paint(kTeal);
  EXPECT_TRUE(wait_until([&] { return middle(connection) == kTeal; }));
  const auto info = connection.info();
  EXPECT_TRUE(info.has_fence);
  EXPECT_TRUE(info.has_continuous_updates);
}

TEST(XvncClient, DecodesEveryEncodingThatXvncSends) {
  const Xvnc xvnc("None");
  xvnc.server->run_client({"xsetroot", "-mod", "5", "7", "-bg", "#336699", "-fg", "#cc9933"});
  std::optional<image::Frame> first;
  for (const char* encoding : {"raw", "rre", "hextile", "zrle", "tight"}) {
    auto options = xvnc.options();
    options.encodings = {encoding};
    Connection connection(options);
    ASSERT_TRUE(connection.connect()) << encoding;
    const auto picture = connection.screenshot();
    ASSERT_TRUE(picture) << encoding;
    EXPECT_THAT(connection.info().encodings, ::testing::Contains(encoding));
    if (!first) first = *picture;
    EXPECT_EQ(*picture == *first, true) << encoding;
  }
}

TEST(XvncClient, ResizesAndSaysWhenItMayNot) {
  const Xvnc xvnc("None");
  Connection connection(xvnc.options());
  ASSERT_TRUE(connection.connect());
  const auto resized = connection.resize({400, 300});
  ASSERT_TRUE(resized) << resized.error().message;
  const auto picture = connection.screenshot();
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->size(), (image::Size{400, 300}));
  auto options = xvnc.options();
  options.is_view_only = true;
  Connection other(options);
  ASSERT_TRUE(other.connect());
  EXPECT_EQ(other.resize({320, 200}).error().kind, agent::ErrorKind::kAction);
}

TEST(XvncClient, TypesAndSharesTheClipboard) {
  const Xvnc xvnc("None");
  Connection connection(xvnc.options());
  ASSERT_TRUE(connection.connect());
  connection.call([](client::RemoteScreen& screen) {
    screen.clipboard()->offer({desktop::ClipboardFormat::kText},
                              [](desktop::ClipboardFormat, desktop::ClipboardDone done) {
                                const std::string text = "grüße Ω";
                                done(Bytes(text.begin(), text.end()));
                              });
    screen.input().pointer({7, 9}, 0);
    screen.input().flush();
  });
  EXPECT_TRUE(wait_until([&] {
    return xvnc.server->run_client({"xdotool", "getmouselocation"}).starts_with("x:7 y:9");
  }));
  EXPECT_TRUE(connection.info().has_extended_clipboard);
  EXPECT_EQ(xvnc.server->run_client({"xclip", "-o", "-selection", "clipboard"}), "grüße Ω");
}

TEST(XvncClient, AsksForTheClipboard) {
  const Xvnc xvnc("None");
  Connection connection(xvnc.options());
  ASSERT_TRUE(connection.connect());
  agent::Agent agent(connection.target());
  const auto nothing = agent.clipboard().get();
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().kind, agent::ErrorKind::kAction) << nothing.error().message;
  EXPECT_THAT(nothing.error().message, HasSubstr("nothing is on its clipboard"));
  xvnc.server->run_client(
      {"sh", "-c", "printf 'grüße Ω' | xclip -i -selection clipboard >/dev/null 2>&1"});
  EXPECT_TRUE(wait_until([&] {
    const auto text = agent.clipboard().get();
    return text && *text == "grüße Ω";
  }));
}

TEST(XvncClient, TrustsOnlyTheCertificateThatItWasTold) {
  const testing::CertificateAuthority authority;
  const testing::TemporaryFolder folder;
  const auto pair = authority.issue("localhost", testing::CertificateUse::kServer);
  const Xvnc xvnc("X509None", {"-X509Cert", folder.write("cert.pem", pair.certificate), "-X509Key",
                               folder.write("key.pem", pair.key)});
  auto options = xvnc.options();
  Connection stranger(options);
  const auto refused = stranger.connect();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, agent::ErrorKind::kConnection);
  EXPECT_THAT(refused.error().message, HasSubstr("SSL certificate verification failed"));
  EXPECT_THAT(refused.error().message, HasSubstr("(--ca FILE) says which authority to trust"));
  options.tls.ca_pem = authority.pem();
  Connection connection(options);
  const auto connected = connection.connect();
  EXPECT_TRUE(connected) << connected.error().message;
}

struct Upstream {
  explicit Upstream(const std::string& password = "")
      : server({.session = "", .password = password, .desktop = "pattern"}) {}
  std::string vnc() const { return fmt::format("vnc://127.0.0.1:{}", server.vnc_port()); }
  std::string ws() const { return fmt::format("ws://127.0.0.1:{}", server.http_port()); }

  support::OrielServer server;
};

TEST(OrielClient, SeesTheSameByTcpAndByWebSocket) {
  const Upstream upstream("secret12");
  Connection tcp({.target = upstream.vnc(), .password = "secret12"});
  Connection ws({.target = upstream.ws(), .password = "secret12"});
  Connection wrong({.target = upstream.ws(), .password = "secret13"});
  const auto connected = tcp.connect();
  ASSERT_TRUE(connected) << connected.error().message;
  ASSERT_TRUE(ws.connect());
  EXPECT_EQ(wrong.connect().error().kind, agent::ErrorKind::kAuthentication);
  EXPECT_EQ(*tcp.screenshot() == *ws.screenshot(), true);
  const auto before = *tcp.screenshot();
  tcp.call([](client::RemoteScreen& screen) {
    screen.input().key('a', true);
    screen.input().key('a', false);
    screen.input().flush();
  });
  EXPECT_TRUE(wait_until([&] {
    const auto seen = ws.screenshot();
    return seen && *seen != before;
  }));
}

// A server whose desktop is `target`.
support::OrielServer downstream(const std::string& target) {
  return support::OrielServer({.session = "", .desktop = target});
}

TEST(RemoteDesktop, PassesPictureNameAndInputOn) {
  const Upstream upstream;
  for (const auto& target : {upstream.vnc(), upstream.ws()}) {
    const auto server = downstream(target);
    Connection direct({.target = upstream.vnc()});
    Connection viewer({.target = fmt::format("vnc://127.0.0.1:{}", server.vnc_port())});
    ASSERT_TRUE(direct.connect());
    ASSERT_TRUE(viewer.connect()) << target;
    EXPECT_EQ(*direct.screenshot() == *viewer.screenshot(), true);
    EXPECT_EQ(viewer.info().name, direct.info().name);
    viewer.call([](client::RemoteScreen& screen) {
      screen.input().key('x', true);
      screen.input().key('x', false);
      screen.input().flush();
    });
    const auto before = *viewer.screenshot();
    EXPECT_TRUE(wait_until([&] { return *direct.screenshot() == *viewer.screenshot(); }));
    EXPECT_EQ(server.health().at("desktop").at("kind").as_string(), "remote");
  }
}

TEST(RemoteDesktop, IsReachedByTemplateByPresetAndByName) {
  const Upstream upstream("secret12");
  const testing::TemporaryFolder folder;
  const auto port = upstream.server.http_port();
  const auto config = folder.write("config.json", fmt::format(R"({{"targets": {{"up": {{
          "template": "ws://${{host}}:${{port}}/websockify", "password": "secret12",
          "parameters": {{"host": "127.0.0.1", "port": "{}"}}}}}}}})",
                                                              port));
  std::filesystem::permissions(config, std::filesystem::perms(0600));
  const std::map<std::string, std::string> given{
      {"ORIEL_REMOTE_PASSWORD", "secret12"},
      {"ORIEL_REMOTE_PARAMETERS", fmt::format("host=127.0.0.1 scheme=ws port={}", port)}};
  const std::map<std::string, std::string> named{{"ORIEL_CONFIG", config}};
  Connection direct({.target = upstream.vnc(), .password = "secret12"});
  ASSERT_TRUE(direct.connect());
  for (const auto& [desktop, environment] :
       {std::pair("template:ws://${host}:${port}/websockify", given),
        std::pair("preset:novnc", given), std::pair("target:up", named)}) {
    const support::OrielServer server(
        {.session = "", .desktop = desktop, .environment = environment});
    Connection viewer({.target = fmt::format("vnc://127.0.0.1:{}", server.vnc_port())});
    const auto connected = viewer.connect();
    ASSERT_TRUE(connected) << desktop << ": " << connected.error().message;
    EXPECT_EQ(*direct.screenshot() == *viewer.screenshot(), true) << desktop;
  }
  support::ChildProcess unknown({{support::oriel_program(), "serve", "--desktop", "target:upp",
                                  "--vnc", "127.0.0.1:0", "--http", "off"},
                                 named});
  EXPECT_TRUE(wait_until([&] { return unknown.exit_code().has_value(); }));
  EXPECT_EQ(unknown.exit_code(), 2);
  EXPECT_THAT(unknown.output(), HasSubstr("did you mean up"));
}

TEST(RemoteDesktop, KeepsTheLastPictureAndComesBack) {
  std::optional<Upstream> upstream(std::in_place);
  const auto port = upstream->server.vnc_port();
  const auto server = downstream(upstream->vnc());
  Connection viewer({.target = fmt::format("vnc://127.0.0.1:{}", server.vnc_port())});
  ASSERT_TRUE(viewer.connect());
  const auto picture = *viewer.screenshot();
  upstream.reset();
  const auto is_told = [&] { return viewer.info().name.contains("disconnected"); };
  EXPECT_TRUE(wait_until(is_told)) << viewer.info().name;
  EXPECT_EQ(*viewer.screenshot() == picture, true);
  support::ChildProcess again(
      {{support::oriel_program(), "serve", "--desktop", "pattern", "--vnc",
        fmt::format("127.0.0.1:{}", port), "--http", "off", "--geometry", "640x480"},
       {}});
  EXPECT_TRUE(wait_until([&] { return !is_told(); })) << viewer.info().name;
  EXPECT_TRUE(wait_until([&] {
    const auto seen = viewer.screenshot();
    return seen && seen->size() == image::Size{640, 480};
  })) << "the new one has another size";
}

}  // namespace
}  // namespace oriel
