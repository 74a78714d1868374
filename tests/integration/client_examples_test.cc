// The examples of docs/client.md, run against the real server, against a Proxmox of the test, and
// against nobody.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "oriel/testing/certificates.h"
#include "oriel/testing/temporary_folder.h"
#include "tests/integration/fake_proxmox.h"
#include "tests/support/child_process.h"
#include "tests/support/oriel_server.h"
#include "tests/support/wait_until.h"

namespace oriel::support {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct Ran {
  int exit_code;
  std::string output;
};

Ran run_example(const std::string& name, std::vector<std::string> arguments,
                const std::map<std::string, std::string>& environment = {}) {
  arguments.insert(arguments.begin(), std::string(ORIEL_EXAMPLES) + "/" + name);
  ChildProcess process({arguments, environment});
  std::optional<int> exit_code;
  wait_until([&] { return (exit_code = process.exit_code()).has_value(); });
  return {exit_code.value_or(-1), process.output()};
}

OrielServer pattern(const std::string& password = "",
                    const std::vector<std::string>& more_arguments = {}) {
  return OrielServer({.session = "",
                      .password = password,
                      .width = 800,
                      .height = 600,
                      .desktop = "pattern",
                      .more_arguments = more_arguments});
}

std::string vnc_of(const OrielServer& server) {
  return fmt::format("vnc://127.0.0.1:{}", server.vnc_port());
}
std::string ws_of(const OrielServer& server) {
  return fmt::format("ws://127.0.0.1:{}", server.http_port());
}

TEST(ClientExamples, ClickAndTypeOverEveryTransport) {
  const auto server = pattern("geheim");
  for (const auto& target : {vnc_of(server), ws_of(server)}) {
    const auto ran = run_example("client_basic", {target}, {{"ORIEL_PASSWORD", "geheim"}});
    EXPECT_EQ(ran.exit_code, 0) << ran.output;
    EXPECT_EQ(ran.output, "the pointer is at 300,300\n");
    const auto wrong = run_example("client_basic", {target}, {{"ORIEL_PASSWORD", "falsch"}});
    EXPECT_EQ(wrong.exit_code, 3);
    EXPECT_THAT(wrong.output, StartsWith("authentication: Authentication failed"));
  }
}

TEST(ClientExamples, ReachAServerByItsTemplateAndCertificate) {
  const testing::CertificateAuthority authority, stranger("Stranger");
  const testing::TemporaryFolder folder;
  const auto pair = authority.issue("localhost", testing::CertificateUse::kServer);
  const auto server =
      pattern("", {"--tls", "on", "--tls-cert", folder.write("cert.pem", pair.certificate),
                   "--tls-key", folder.write("key.pem", pair.key)});
  const std::vector<std::string> place{"wss://${host}:${port}/websockify?token=${ticket}",
                                       "host=localhost", fmt::format("port={}", server.http_port()),
                                       "ticket=a secret/ticket"};
  const auto with_ca = [&place](const std::string& file) {
    std::vector<std::string> arguments{"-ca", file};
    arguments.insert(arguments.end(), place.begin(), place.end());
    return arguments;
  };
  const auto ran =
      run_example("client_websocket", with_ca(folder.write("ca.pem", authority.pem())));
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_THAT(ran.output, AllOf(HasSubstr(": 800 x 600\n"), HasSubstr("< ServerInit 800x600"),
                                Not(HasSubstr("secret"))));
  const auto other =
      run_example("client_websocket", with_ca(folder.write("other.pem", stranger.pem())));
  EXPECT_EQ(other.exit_code, 10);
  EXPECT_THAT(other.output, HasSubstr("connection: SSL certificate verification failed"));
  EXPECT_EQ(run_example("client_websocket", place).exit_code, 10)
      << "no system trusts the authority of a test";
  const auto missing = run_example("client_websocket", {place[0], place[1], place[2]});
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_THAT(missing.output, HasSubstr("ticket"));
}

TEST(ClientExamples, SeeAMachineOfProxmox) {
  const std::string ticket = "PVEVNC:12+/=34 AB";
  const auto server = pattern(ticket);
  const FakeProxmox proxmox({.node = "pve",
                             .vmid = "100",
                             .token = "anna@pve!oriel=1234",
                             .ticket = ticket,
                             .vnc_port = server.vnc_port()});
  const testing::TemporaryFolder folder;
  const auto file = folder.path("screen.png");
  std::vector<std::string> arguments{
      "localhost", "pve", "100", file, std::to_string(proxmox.port()), proxmox.ca_file()};
  const std::map<std::string, std::string> token{{"PVE_API_TOKEN", "anna@pve!oriel=1234"}};
  const auto ran = run_example("client_proxmox", arguments, token);
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_THAT(read_file(file), StartsWith("\x89PNG"));
  EXPECT_THAT(proxmox.requests(), ElementsAre("POST /api2/json/nodes/pve/qemu/100/vncproxy",
                                              "GET /api2/json/nodes/pve/qemu/100/vncwebsocket"
                                              "?port=5900&vncticket=PVEVNC%3A12%2B%2F%3D34%20AB"));

  const auto guess = run_example("client_proxmox", arguments, {{"PVE_API_TOKEN", "anna@pve!x=1"}});
  EXPECT_EQ(guess.exit_code, 10);
  EXPECT_THAT(guess.output, StartsWith("no ticket: "));
  arguments.pop_back();
  const auto untrusted = run_example("client_proxmox", arguments, token);
  EXPECT_EQ(untrusted.exit_code, 10) << "its certificate is checked already for the ticket";
  EXPECT_EQ(proxmox.requests().size(), 3u);
}

TEST(ClientExamples, TellWhatGoesWrongByItsCategory) {
  const auto server = pattern();
  for (const auto& target : {vnc_of(server), ws_of(server)}) {
    const auto ran = run_example("client_errors", {target});
    EXPECT_EQ(ran.exit_code, 0) << ran.output;
    for (const char* line :
         {"a click before connecting: state ", "connecting: good\n", "connecting again: state ",
          "a click beside the screen: input ", "an unknown key: input ",
          "a negative amount: input ", "a wait for what does not come: timeout ",
          "a picture after disconnecting: state "})
      EXPECT_THAT(ran.output, HasSubstr(line)) << target;
  }
  // Port 1 (tcpmux, RFC 1078) is nobody's; the monitoring stream's door speaks no VNC.
  const auto elsewhere = run_example(
      "client_errors", {"127.0.0.1::1", fmt::format("127.0.0.1::{}", server.http_port()), "a b"});
  EXPECT_EQ(elsewhere.exit_code, 0);
  EXPECT_THAT(elsewhere.output,
              AllOf(HasSubstr("connecting: connection "), HasSubstr("connecting: input ")));
}

TEST(ClientExamples, DriveSeveralMachinesAtOnce) {
  const auto one = pattern(), other = pattern();
  const auto ran = run_example("client_many", {vnc_of(one), ws_of(other)});
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_THAT(ran.output,
              AllOf(HasSubstr(vnc_of(one) + ": 10 steps"), HasSubstr(ws_of(other) + ": 10 steps")));
  EXPECT_EQ(run_example("client_many", {vnc_of(one), "127.0.0.1::1"}).exit_code, 10);
}

TEST(ClientExamples, TakePictures) {
  const auto server = pattern();
  const testing::TemporaryFolder folder;
  const auto ran = run_example("client_screenshots", {vnc_of(server), folder.path()});
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_THAT(ran.output, AllOf(HasSubstr("a corner: 64 x 32\n"),
                                HasSubstr("400 x 300; its middle is at 401,301 of the screen\n")));
  EXPECT_THAT(read_file(folder.path("screen.png")), StartsWith("\x89PNG"));
  EXPECT_THAT(read_file(folder.path("screen.jpg")), StartsWith("\xff\xd8"));
  EXPECT_THAT(read_file(folder.path("screen.webp")), StartsWith("RIFF"));
  EXPECT_THAT(read_file(folder.path("screen.bmp")), StartsWith("BM"));
}

TEST(ClientExamples, ShareTheClipboard) {
  const auto server = pattern();
  const auto ran = run_example("client_clipboard", {vnc_of(server)});
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr("no program has taken it\n"));
  EXPECT_THAT(ran.output, HasSubstr("on the clipboard: pasted, not typed\n"));
  EXPECT_THAT(ran.output, HasSubstr("before: from the client: ✓\n"));
}

TEST(ClientExamples, RecordWhatHappens) {
  const auto server = pattern();
  const testing::TemporaryFolder folder;
  const auto ran = run_example("client_video", {vnc_of(server), folder.path(), "0.5"});
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr(" frames in "));
  EXPECT_THAT(read_file(folder.path("frame_000000.png")), StartsWith("\x89PNG"));
  const bool has_ffmpeg = !run({{"sh", "-c", "command -v ffmpeg || true"}, {}}).empty();
  EXPECT_THAT(ran.output, HasSubstr(has_ffmpeg ? "screen.mp4\n" : "no film: "));
}

TEST(ClientExamples, WaitForWhatTheyDid) {
  const auto server = pattern();
  const auto waits = run_example("client_waits", {vnc_of(server)});
  EXPECT_EQ(waits.exit_code, 0) << waits.output;
  EXPECT_THAT(waits.output, AllOf(StartsWith("the screen is still; "), HasSubstr("a change at "),
                                  Not(HasSubstr("nothing happened"))));
  const auto coroutines = run_example("client_coroutine", {vnc_of(server), ws_of(server)});
  EXPECT_EQ(coroutines.exit_code, 0) << coroutines.output;
  EXPECT_THAT(coroutines.output, AllOf(HasSubstr(vnc_of(server) + ": clicked, "),
                                       HasSubstr(ws_of(server) + ": clicked, ")));
}

}  // namespace
}  // namespace oriel::support
