// `oriel serve` as its users start it: refusals, the end of it, hostile peers, and no change lost.

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <fstream>
#include <sstream>

#include "oriel/base/byte_writer.h"
#include "oriel/core/clipboard/text.h"
#include "oriel/io/net/tcp_stream.h"
#include "oriel/testing/viewer/test_viewer.h"
#include "tests/support/oriel_server.h"
#include "tests/support/wait_until.h"

namespace oriel {
namespace {

using oriel::testing::TestViewer;
using oriel::testing::TestViewerOptions;
using support::ChildProcess;
using support::OrielServer;
using support::ServerOptions;
using support::wait_until;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

ServerOptions pattern(std::vector<std::string> more_arguments = {}) {
  ServerOptions options;
  options.desktop = "pattern";
  options.more_arguments = std::move(more_arguments);
  return options;
}

// A blocking socket to the server, for what no decent viewer would say.
class Peer {
 public:
  explicit Peer(int port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const sockaddr_in address{
        AF_INET, htons(static_cast<std::uint16_t>(port)), {htonl(INADDR_LOOPBACK)}, {}};
    const timeval patience{5, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    is_connected_ =
        ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ~Peer() { ::close(fd_); }
  Peer(const Peer&) = delete;

  bool is_connected() const { return is_connected_; }
  void say(ByteSpan bytes) { ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }
  // Everything until the server closes, or nothing comes for 5 s.
  std::string hear_to_the_end() {
    std::string all;
    char piece[4096];
    for (ssize_t got; (got = ::recv(fd_, piece, sizeof piece, 0)) > 0;)
      all.append(piece, static_cast<std::size_t>(got));
    return all;
  }
  std::string hear(std::size_t count) {
    std::string all(count, 0);
    const auto got = ::recv(fd_, all.data(), count, MSG_WAITALL);
    all.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return all;
  }
  // Through the handshake without a password; `bytes` follow.
  void join_and_say(const Bytes& bytes) {
    Bytes all;
    ByteWriter(all).bytes(as_bytes("RFB 003.008\n")).u8(1).u8(1).bytes(bytes);
    say(all);
  }

 private:
  int fd_;
  bool is_connected_ = false;
};

// Viewers that run on a loop of the test's own.
struct Viewers {
  TestViewer& connect(int port, TestViewerOptions options = {}) {
    boost::asio::ip::tcp::socket socket(io);
    socket.connect({boost::asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port)});
    all.push_back(std::make_unique<TestViewer>(
        io.get_executor(), net::make_socket_stream(std::move(socket)), std::move(options)));
    return *all.back();
  }
  bool run_until(const std::function<bool()>& is_true, Duration patience = 20s) {
    for (const auto end = Clock::now() + patience; !is_true();) {
      if (Clock::now() > end) return false;
      io.restart();
      io.run_one_for(10ms);
    }
    return true;
  }
  ~Viewers() {
    for (auto& viewer : all) viewer->close();
    run_until([this] {
      return std::ranges::all_of(all, [](auto& viewer) { return viewer->is_ended(); });
    });
  }

  boost::asio::io_context io{1};
  std::vector<std::unique_ptr<TestViewer>> all;
};

support::Picture picture_of(const image::Frame& frame) {
  support::Picture picture{frame.size().width, frame.size().height, {}};
  for (int y = 0; y < picture.height; ++y)
    for (int x = 0; x < picture.width; ++x) picture.pixels.push_back(frame.at(x, y));
  return picture;
}

struct Refusal {
  const char* name;
  std::vector<std::string> arguments;
  const char* sentence;
};

class ServeRefuses : public ::testing::TestWithParam<Refusal> {};

TEST_P(ServeRefuses, WithExitCode2AndOneSentence) {
  std::vector<std::string> arguments{support::oriel_program(), "serve"};
  arguments.insert(arguments.end(), GetParam().arguments.begin(), GetParam().arguments.end());
  ChildProcess process({arguments, {}});
  ASSERT_TRUE(wait_until([&] { return process.exit_code().has_value(); }));
  EXPECT_EQ(process.exit_code(), 2);
  EXPECT_THAT(process.output(), AllOf(HasSubstr("oriel: "), HasSubstr(GetParam().sentence)));
  EXPECT_EQ(std::ranges::count(process.output(), '\n'), 1) << process.output();
}

INSTANTIATE_TEST_SUITE_P(
    Serve, ServeRefuses,
    ::testing::Values(
        Refusal{"UnknownDesktop",
                {"--desktop", "wayland"},
                "expected one of headless, x11:DISPLAY, vnc://HOST[:PORT]"},
        Refusal{"UnknownFlag", {"--desktpo", "pattern"}, "--desktop"},
        Refusal{"BadGeometry", {"--geometry", "1280"}, "1280"},
        Refusal{"GeometryAboveTheLargest",
                {"--geometry", "4000x3000", "--max-geometry", "1920x1080"},
                "4000x3000"},
        Refusal{
            "DoorOpenToOthers", {"--desktop", "pattern", "--vnc", "0.0.0.0:0"}, "--password-file"},
        Refusal{"NoSuchDisplay",
                {"--desktop", "x11::4711", "--vnc", "127.0.0.1:0", "--http", "127.0.0.1:0"},
                ":4711"},
        Refusal{"MissingPasswordFile",
                {"--password-file", "/nonexistent/password"},
                "/nonexistent/password"},
        Refusal{"MissingConfiguration",
                {"--config", "/nonexistent/oriel.json"},
                "/nonexistent/oriel.json"},
        Refusal{"BadRate", {"--max-rate", "0"}, "--max-rate"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Serve, RefusesAPortThatIsInUseAndSaysWhatToDo) {
  OrielServer first(pattern());
  const auto address = "127.0.0.1:" + std::to_string(first.vnc_port());
  ChildProcess second({{support::oriel_program(), "serve", "--desktop", "pattern", "--vnc", address,
                        "--http", "off"},
                       {}});
  ASSERT_TRUE(wait_until([&] { return second.exit_code().has_value(); }));
  EXPECT_EQ(second.exit_code(), 2);
  EXPECT_THAT(second.output(), AllOf(HasSubstr("in use"), HasSubstr("--vnc")));
}

TEST(Serve, RefusesAPasswordFileThatOthersCanRead) {
  support::TemporaryFolder folder;
  const auto file = folder.path() / "password";
  std::ofstream(file) << "geheim\n";
  std::filesystem::permissions(file, std::filesystem::perms(0644));
  ChildProcess process(
      {{support::oriel_program(), "serve", "--desktop", "pattern", "--password-file", file}, {}});
  ASSERT_TRUE(wait_until([&] { return process.exit_code().has_value(); }));
  EXPECT_EQ(process.exit_code(), 2);
  EXPECT_THAT(process.output(), AllOf(HasSubstr("chmod"), Not(HasSubstr("geheim"))));
}

TEST(Serve, EndsWithin2SecondsOfASignalAlsoWithViewers) {
  for (int signal : {SIGINT, SIGTERM}) {
    ServerOptions options;
    options.session = "exec xterm";
    OrielServer server(options);
    Viewers viewers;
    auto& viewer = viewers.connect(server.vnc_port());
    ASSERT_TRUE(viewers.run_until([&] { return viewer.updates() > 0; }));
    EXPECT_EQ(server.process().stop(signal, 2000ms), 0) << server.output();
    EXPECT_TRUE(viewers.run_until([&] { return viewer.is_ended(); }));
  }
}

// The processes whose environment carries `mark`.
std::vector<pid_t> processes_with(const std::string& mark) {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const pid_t pid = std::atoi(entry.path().filename().c_str());
    if (pid > 0 && pid != ::getpid() &&
        support::read_file(entry.path() / "environ").find(mark) != std::string::npos)
      found.push_back(pid);
  }
  return found;
}

TEST(Serve, LeavesNothingBehindWhenItIsKilled) {
  // A session with a daemon that has forked twice, in a session of its own, and ignores SIGTERM.
  const auto mark = fmt::format("ORIEL_TEST_MARK=killed{}", ::getpid());
  // Above the numbers that are tried when none is given: a test beside this one must not take it.
  const auto number = std::to_string(1000 + ::getpid() % 9000);
  ServerOptions options;
  options.more_arguments = {"--headless-display", number};
  options.session =
      "export " + mark +
      "\n"
      "setsid sh -c \"trap '' TERM; (sleep 1000 & sleep 1001 &) & sleep 1002\" >/dev/null 2>&1 &\n"
      "exec sleep 1003";
  OrielServer server(options);
  const auto display = server.display();
  ASSERT_TRUE(wait_until([&] { return processes_with(mark).size() >= 4; }));
  EXPECT_EQ(server.process().stop(SIGKILL, 1000ms), 128 + SIGKILL);
  EXPECT_TRUE(wait_until(
      [&] {
        return processes_with(mark).empty() &&
               !std::filesystem::exists("/tmp/.X" + number + "-lock") &&
               !std::filesystem::exists("/tmp/.X11-unix/X" + number) &&
               !std::filesystem::exists(display.authority);
      },
      2000ms));
  OrielServer again(options);  // the same display number starts at once
  EXPECT_EQ(again.display().name, display.name);
}

TEST(Serve, EndsInTimeAndLeavesNothingWhenASignalComesWhileItStarts) {
  for (const auto pause : {0ms, 20ms, 60ms, 150ms, 300ms, 600ms}) {
    SCOPED_TRACE(pause.count());
    const auto mark = fmt::format("{}.{}", ::getpid(), pause.count());
    ChildProcess process({{support::oriel_program(), "serve", "--vnc", "127.0.0.1:0", "--http",
                           "127.0.0.1:0", "--session", "exec sleep 1000"},
                          {{"ORIEL_TEST_MARK", mark}}});
    std::this_thread::sleep_for(pause);
    const auto code = process.stop(SIGTERM, 2500ms);
    // Before it has a handler the signal simply ends it.
    EXPECT_TRUE(code == 0 || code == 128 + SIGTERM) << process.output();
    EXPECT_TRUE(wait_until([&] { return processes_with("ORIEL_TEST_MARK=" + mark).empty(); }))
        << "left behind: " << processes_with("ORIEL_TEST_MARK=" + mark).size();
  }
}

// The limit that a process has now.
std::string open_files_of(const std::string& pid) {
  std::ifstream limits("/proc/" + pid + "/limits");
  for (std::string line; std::getline(limits, line);) {
    std::string max, open, files, soft;
    std::istringstream words(line);
    if (words >> max >> open >> files >> soft && open == "open" && files == "files") return soft;
  }
  return "unknown";
}

TEST(Serve, TakesAsManyFilesAsTheSystemAllowsAndLeavesItsSessionTheUsualLimit) {
  const support::TemporaryFolder folder;
  const auto file = (folder.path() / "limit").string();
  ServerOptions options;
  options.session = "ulimit -Hn >" + file + "; ulimit -n >>" + file + "; exec sleep 1000";
  rlimit mine{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &mine), 0);
  if (mine.rlim_max <= 256) GTEST_SKIP() << "the hard limit is " << mine.rlim_max;
  const rlimit usual{256, mine.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &usual), 0);
  OrielServer server(options);
  ::setrlimit(RLIMIT_NOFILE, &mine);
  EXPECT_EQ(open_files_of(std::to_string(server.process().pid())), std::to_string(mine.rlim_max));
  const auto expected = fmt::format("{}\n256\n", mine.rlim_max);
  EXPECT_TRUE(wait_until([&] { return support::read_file(file) == expected; }))
      << support::read_file(file);
}

// Starts the server by `command`, a shell command with "$@" for the program, and lets it end a
// session with an error, so that it has something to say. Standard error is `expected` then.
void serve_and_complain(const std::string& command, const std::string& expected) {
  const auto port = std::to_string(20000 + ::getpid() % 20000);
  ChildProcess process({{"sh", "-c", command, "sh", support::oriel_program(), "serve", "--desktop",
                         "pattern", "--vnc", "127.0.0.1:" + port, "--http", "off"},
                        {}});
  const auto connects = [&] { return Peer(std::atoi(port.c_str())).is_connected(); };
  ASSERT_TRUE(wait_until(connects)) << process.output();
  for (int i = 0; i < 20; ++i) {
    Peer bad(std::atoi(port.c_str()));
    bad.join_and_say({99});
    const auto heard = bad.hear_to_the_end();
    ASSERT_TRUE(heard.starts_with("RFB 003.008\n")) << "try " << i;
  }
  // Nothing else may have got the number of a stream that is written to.
  const auto stream = std::filesystem::read_symlink(fmt::format("/proc/{}/fd/2", process.pid()));
  EXPECT_EQ(stream.string(), expected);
  EXPECT_TRUE(connects());
  EXPECT_EQ(process.exit_code(), std::nullopt);
  EXPECT_EQ(process.stop(SIGTERM, 2000ms), 0);
}

TEST(Serve, WorksWithItsStandardStreamsClosed) {
  serve_and_complain("exec \"$@\" 0<&- 1>&- 2>&-", "/dev/null");
  serve_and_complain("exec \"$@\" 2>&-", "/dev/null");
}

TEST(Serve, WorksWhenNobodyReadsItsLogAnyMore) {
  support::TemporaryFolder folder;
  const auto pipe = (folder.path() / "pipe").string();
  // The reader of the pipe is gone at once; the writer stays.
  serve_and_complain("mkfifo " + pipe + "; : < " + pipe + " & exec \"$@\" 2> " + pipe, pipe);
}

TEST(Serve, LosesNoChangeOfAPainterAtAThousandHertz) {
  ServerOptions options;
  options.session = std::string("exec ") + ORIEL_PAINTER + " flood 1000";
  OrielServer server(options);
  Viewers viewers;
  viewers.connect(server.vnc_port(), {"", {16}, {}, true});
  viewers.connect(server.vnc_port(), {"", {0}, {}, true});
  std::string last = "no picture";
  const auto is_equal = [&] {
    const auto desktop = support::grab(server.display());
    for (auto& viewer : viewers.all) {
      last = support::difference(desktop, picture_of(viewer->frame()));
      if (!last.empty()) return false;
    }
    return true;
  };
  viewers.run_until([&] { return viewers.all[0]->updates() > 100; });
  // The painter rests after 5 s; then both viewers have its picture.
  viewers.run_until([] { return false; }, 5500ms);
  viewers.run_until(is_equal, 3s);
  EXPECT_EQ(last, "");
  EXPECT_GT(viewers.all[0]->updates(), 100u);
}

TEST(Serve, SendsNoRfbBytesWhileNothingChanges) {
  OrielServer server(pattern());
  Viewers viewers;
  auto& viewer = viewers.connect(server.vnc_port());
  ASSERT_TRUE(viewers.run_until([&] { return viewer.updates() > 0; }));
  viewers.run_until([] { return false; }, 200ms);
  const auto bytes = viewer.bytes_in();
  viewers.run_until([] { return false; }, 1500ms);
  EXPECT_EQ(viewer.bytes_in(), bytes);
}

TEST(Serve, KeepsADoorFreeBesideFiftyIdleSockets) {
  OrielServer server(pattern());
  std::vector<std::unique_ptr<Peer>> idle;
  for (int i = 0; i < 60; ++i) {
    idle.push_back(std::make_unique<Peer>(server.vnc_port()));
    ASSERT_TRUE(idle.back()->is_connected());
  }
  Viewers viewers;
  auto& viewer = viewers.connect(server.vnc_port());
  EXPECT_TRUE(viewers.run_until([&] { return viewer.updates() > 0; }, 3s));
  EXPECT_EQ(idle.front()->hear_to_the_end(), "RFB 003.008\n") << "the oldest has yielded";
}

struct BadMessage {
  const char* name;
  Bytes bytes;
  const char* sentence;
};

class ServeSurvives : public ::testing::TestWithParam<BadMessage> {};

TEST_P(ServeSurvives, ABadMessageThatEndsOneSessionWithOneLine) {
  OrielServer server(pattern());
  Viewers viewers;
  auto& good = viewers.connect(server.vnc_port());
  ASSERT_TRUE(viewers.run_until([&] { return good.updates() > 0; }));
  Peer bad(server.vnc_port());
  bad.join_and_say(GetParam().bytes);
  bad.hear_to_the_end();
  EXPECT_TRUE(wait_until([&] {
    return server.output().find(GetParam().sentence) != std::string::npos;
  })) << server.output();
  const auto output = server.output();
  EXPECT_EQ(output.find(GetParam().sentence), output.rfind(GetParam().sentence))
      << "said more than once";
  const auto updates = good.updates();
  good.say(rfb::KeyEvent{true, 'x'});
  EXPECT_TRUE(viewers.run_until([&] { return good.updates() > updates; }));
}

INSTANTIATE_TEST_SUITE_P(
    Serve, ServeSurvives,
    ::testing::Values(BadMessage{"UnknownType", {99}, "client message type 99"},
                      BadMessage{"TooManyEncodings",
                                 {2, 0, 0xff, 0xff},
                                 "SetEncodings: 65535 encodings, at most 1024"},
                      BadMessage{"LongCutText",
                                 {6, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff},
                                 "ClientCutText: 2147483647 bytes, at most 16777216"},
                      BadMessage{"TwelveBitPixels",
                                 {0, 0, 0, 0, 12, 8, 0, 1, 0, 7, 0, 7, 0, 3, 0, 3, 6, 0, 0, 0},
                                 "SetPixelFormat: "}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Serve, SurvivesASessionThatIsCutAtEveryByte) {
  OrielServer server(pattern());
  Bytes whole;
  ByteWriter writer(whole);
  writer.bytes(as_bytes("RFB 003.008\n")).u8(1).u8(1);
  rfb::write_client_message(rfb::SetEncodings{{16, 0}}, writer);
  rfb::write_client_message(rfb::UpdateRequest{false, {0, 0, 1024, 700}}, writer);
  rfb::write_client_message(rfb::PointerEvent{1, {5, 5}}, writer);
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    Peer peer(server.vnc_port());
    ASSERT_TRUE(peer.is_connected()) << "after " << size << " bytes";
    peer.say(ByteSpan(whole).first(size));
  }
  Viewers viewers;
  auto& viewer = viewers.connect(server.vnc_port());
  EXPECT_TRUE(viewers.run_until([&] { return viewer.updates() > 0; }));
  EXPECT_TRUE(wait_until([&] { return server.health().at("viewers").to_number<int>() == 1; }));
}

struct BadRequest {
  const char* name;
  std::string text;
  const char* status;
  const char* sentence;
};

class ServeRefusesRequests : public ::testing::TestWithParam<BadRequest> {};

TEST_P(ServeRefusesRequests, WithOneSentenceToThePeerAndOneLineInTheLog) {
  OrielServer server(pattern());
  Peer peer(server.http_port());
  peer.say(as_bytes(GetParam().text));
  EXPECT_THAT(peer.hear_to_the_end(),
              AllOf(HasSubstr(GetParam().status), HasSubstr(GetParam().sentence)));
  EXPECT_TRUE(
      wait_until([&] { return server.output().find("request refused") != std::string::npos; }));
  const auto output = server.output();
  EXPECT_EQ(output.find("request refused"), output.rfind("request refused"));
  EXPECT_THAT(output, HasSubstr(GetParam().sentence));
}

INSTANTIATE_TEST_SUITE_P(
    Serve, ServeRefusesRequests,
    ::testing::Values(BadRequest{"Garbage", "\x16\x03\x01\x02\r\n\r\n", "HTTP/1.1 400", ""},
                      BadRequest{"LongHead",
                                 "GET / HTTP/1.1\r\nHost: localhost\r\nX: " +
                                     std::string(20000, 'x') + "\r\n\r\n",
                                 "HTTP/1.1 431", "16"},
                      BadRequest{"ForeignHost", "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
                                 "HTTP/1.1 403", "--http-allowed-hosts"},
                      BadRequest{"ForeignOrigin",
                                 "GET /websockify HTTP/1.1\r\nHost: localhost\r\nOrigin: "
                                 "http://evil.example\r\nUpgrade: websocket\r\n"
                                 "Connection: Upgrade\r\nSec-WebSocket-Version: "
                                 "13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
                                 "HTTP/1.1 403", "evil.example"},
                      BadRequest{"NoWebSocket",
                                 "GET /websockify HTTP/1.1\r\nHost: localhost\r\n\r\n",
                                 "HTTP/1.1 426", ""}),
    [](const auto& row) { return std::string(row.param.name); });

// 5 MB of letters and Latin-1, the same each time.
std::string long_text() {
  std::string text;
  while (text.size() < 5'000'000) text += "line " + std::to_string(text.size()) + " caf\xe9\n";
  return text;
}

TEST(Serve, CarriesALongClipboardBothWays) {
  support::TemporaryFolder folder;
  const auto copied = folder.path() / "copied", pasted = folder.path() / "pasted";
  ServerOptions options;
  options.session = "exec sleep 1000";
  OrielServer server(options);
  const std::map<std::string, std::string> environment{{"DISPLAY", server.display().name},
                                                       {"XAUTHORITY", server.display().authority}};
  Viewers viewers;
  auto& viewer = viewers.connect(server.vnc_port());
  std::optional<std::string> came;
  viewer.on_event = [&](const rfb::ClientEvent& event) {
    if (const auto* text = std::get_if<rfb::CutText>(&event)) came = as_text(text->text);
  };
  ASSERT_TRUE(viewers.run_until([&] { return viewer.updates() > 0; }));
  const auto text = long_text();

  viewer.cut_text(as_bytes(text));
  std::string shown;
  const auto expected = clipboard::latin1_to_utf8(text);
  EXPECT_TRUE(viewers.run_until([&] {
    ChildProcess paste(
        {{"sh", "-c", "timeout 5 xclip -selection clipboard -o > " + pasted.string()},
         environment});
    viewers.run_until([&] { return paste.exit_code().has_value(); });
    shown = support::read_file(pasted);
    return shown == expected;
  })) << shown.size()
      << " bytes, expected " << expected.size();
  EXPECT_FALSE(came) << "what a viewer copied came back to it";

  std::ofstream(copied, std::ios::binary) << "other " << expected;
  ChildProcess copy({{"xclip", "-selection", "clipboard", "-i", copied.string()}, environment});
  EXPECT_TRUE(viewers.run_until([&] { return came.has_value(); }))
      << viewer.bytes_in() << " bytes came";
  EXPECT_TRUE(came == "other " + text);
}

TEST(Serve, TakesNoClipboardWhereThatIsSwitchedOff) {
  OrielServer server(pattern({"--clipboard-in=false", "--clipboard-out=false"}));
  Viewers viewers;
  auto& viewer = viewers.connect(server.vnc_port());
  int came = 0;
  viewer.on_event = [&](const rfb::ClientEvent& event) {
    came += std::holds_alternative<rfb::CutText>(event);
  };
  ASSERT_TRUE(viewers.run_until([&] { return viewer.updates() > 0; }));
  viewer.cut_text(as_bytes("hello"));
  viewer.say(rfb::KeyEvent{true, 'x'});
  const auto updates = viewer.updates();
  EXPECT_TRUE(viewers.run_until([&] { return viewer.updates() > updates; }));
  EXPECT_EQ(came, 0);
}

TEST(Serve, KeepsAnAddressOutThatGuesses) {
  support::TemporaryFolder folder;
  const auto file = folder.path() / "password";
  std::ofstream(file) << "geheim\n";
  std::filesystem::permissions(file, std::filesystem::perms(0600));
  OrielServer server(pattern({"--password-file", file.string()}));
  Viewers viewers;
  std::string last;
  for (int i = 0; i < 7; ++i) {
    auto& guess = viewers.connect(server.vnc_port(), {"wrong", {0}, {}, true});
    ASSERT_TRUE(viewers.run_until([&] { return guess.is_ended(); }));
    last = guess.end()->message;
  }
  EXPECT_THAT(last, HasSubstr("too many wrong passwords from this address: wait 1 s"));
  std::this_thread::sleep_for(1100ms);
  auto& right = viewers.connect(server.vnc_port(), {"geheim", {0}, {}, true});
  EXPECT_TRUE(viewers.run_until([&] { return right.updates() > 0; }));
}

TEST(Serve, HasTheThirteenMetricFamiliesFromTheFirstScrapeAndCountsThem) {
  OrielServer server(pattern());
  const auto first = server.get("/metrics");
  EXPECT_EQ(first.find("vnc_key_events_total 0"), first.rfind("vnc_key_events_total 0"));
  EXPECT_THAT(first, AllOf(HasSubstr("\nvnc_connections_total 0\n"),
                           HasSubstr("vnc_encoding_bytes_total{encoding=\"zrle\"} 0"),
                           HasSubstr("vnc_errors_total{type=\"invalid\"} 0"),
                           HasSubstr("\nvnc_server_uptime_seconds ")));
  Viewers viewers;
  auto& viewer = viewers.connect(server.vnc_port());
  ASSERT_TRUE(viewers.run_until([&] { return viewer.updates() > 0; }));
  viewer.say(rfb::KeyEvent{true, 'x'});
  viewer.say(rfb::PointerEvent{0, {7, 7}});
  const auto updates = viewer.updates();
  ASSERT_TRUE(viewers.run_until([&] { return viewer.updates() > updates; }));
  const auto second = server.get("/metrics");
  EXPECT_THAT(
      second,
      AllOf(HasSubstr("\nvnc_connections_total 1\n"), HasSubstr("\nvnc_connections_active 1\n"),
            HasSubstr("\nvnc_key_events_total 1\n"), HasSubstr("\nvnc_pointer_events_total 1\n"),
            Not(HasSubstr("vnc_bytes_sent_total 0\n")),
            Not(HasSubstr("vnc_bytes_received_total 0\n")),
            Not(HasSubstr("vnc_framebuffer_updates_total 0\n")),
            Not(HasSubstr("vnc_framebuffer_rectangles_total 0\n"))));
}

}  // namespace
}  // namespace oriel
