// The headless desktop and a running X display, with real X servers and programs.
#include <fcntl.h>
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <span>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "oriel/base/time.h"
#include "oriel/core/image/frame.h"
#include "oriel/io/desktop/process_tree.h"
#include "oriel/io/desktop/randr_resize.h"
#include "oriel/io/desktop/supervisor.h"
#include "oriel/io/desktop/supervisor_process.h"
#include "oriel/io/desktop/x11.h"

extern char** environ;

namespace oriel::desktop {
namespace {

using image::Frame;
using image::Rect;
using image::Size;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

constexpr auto kPatience = seconds(15);

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream contents;
  contents << file.rdbuf();
  return contents.str();
}

// A folder that goes with the test.
class TemporaryFolder {
 public:
  TemporaryFolder() { mkdtemp(path_.data()); }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string file(const char* name) const { return path_ + "/" + name; }

 private:
  std::string path_ = "/tmp/oriel-test-XXXXXX";
};

// Waits for something that no event tells.
bool wait_until(const std::function<bool()>& is_so, Duration patience = kPatience) {
  const TimePoint deadline = Clock::now() + patience;
  while (!is_so()) {
    if (Clock::now() > deadline) return false;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return true;
}

// Keeps a picture of a desktop by damage and capture, one capture at a time.
class Mirror : public DesktopListener {
 public:
  explicit Mirror(Desktop& desktop) : desktop_(desktop), frame(desktop.size()) {
    desktop.start(*this);
  }

  void desktop_damaged() override {
    ++damaged;
    is_due_ = true;
    look();
  }
  void desktop_resized(Size size) override {
    frame = Frame(size);
    ++resized;
  }
  void desktop_lost(const Error& error) override { lost = error.message; }

  bool is_all(std::uint32_t colour) const {
    const Size size = frame.size();
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        if (frame.at(x, y) != colour) return false;
      }
    }
    return true;
  }

 private:
  void look() {
    if (!is_due_ || is_capturing_) return;
    is_due_ = false;
    is_capturing_ = true;
    const auto rects = desktop_.take_damage();
    desktop_.capture(rects, [this](std::span<const screen::Patch> patches) {
      is_capturing_ = false;
      for (const auto& patch : patches) copy(patch);
      look();
    });
  }
  void copy(const screen::Patch& patch) {
    if (!Rect::of(frame.size()).contains(patch.rect)) return;  // of before a resize
    for (int y = 0; y < patch.rect.height; ++y) {
      std::memcpy(&frame.at(patch.rect.x, patch.rect.y + y), patch.pixels.row(y),
                  std::size_t{4} * patch.rect.width);
      for (int x = 0; x < patch.rect.width; ++x) {
        frame.at(patch.rect.x + x, patch.rect.y + y) &= image::kColourMask;
      }
    }
  }

  Desktop& desktop_;
  bool is_due_ = false;
  bool is_capturing_ = false;

 public:
  Frame frame;
  int damaged = 0;
  int resized = 0;
  std::string lost;
};

// A headless desktop in this process, with its supervisor and everything else.
class Headless {
 public:
  explicit Headless(HeadlessConfig wish) : config(std::move(wish)), server(io) {
    const Status started = server.start(
        config,
        [this](Result<HeadlessAddress> result) {
          address = std::move(result);
          if (!*address) return;
          auto opened = HeadlessDesktop::open(io, **address, config.geometry);
          ASSERT_TRUE(opened) << opened.error().message;
          desktop = std::move(*opened);
          mirror = std::make_unique<Mirror>(*desktop);
          server.start_session();
        },
        [this](const HeadlessServer::Event& event) {
          if (event.kind == HeadlessServer::EventKind::kNotice) notices.push_back(event.text);
          if (event.kind == HeadlessServer::EventKind::kLost) lost = event.text;
        });
    EXPECT_TRUE(started);
    EXPECT_TRUE(run_until([this] { return address.has_value(); }));
  }
  ~Headless() {
    mirror.reset();
    desktop.reset();
  }

  // Runs the loop until it is so.
  bool run_until(const std::function<bool()>& is_so, Duration patience = kPatience) {
    const TimePoint deadline = Clock::now() + patience;
    io.restart();
    while (!is_so()) {
      if (Clock::now() > deadline) return false;
      io.run_one_for(milliseconds(20));
      io.restart();
    }
    return true;
  }
  // Runs a shell command on the desktop, to its end; its exit code.
  int shell(const std::string& command) {
    const std::string line = fmt::format("DISPLAY=:{} XAUTHORITY={} sh -c '{}'",
                                         (*address)->display, (*address)->xauthority, command);
    const int status = std::system(line.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  void type(std::string_view text) {
    for (const char c : text) {
      const auto keysym = c == '\n' ? 0xff0du : static_cast<std::uint32_t>(c);
      desktop->input().key(keysym, true);
      desktop->input().key(keysym, false);
    }
    desktop->input().flush();
  }
  std::string folder() const {
    return std::filesystem::path((*address)->xauthority).parent_path().string();
  }

  boost::asio::io_context io;
  HeadlessConfig config;
  HeadlessServer server;
  std::optional<Result<HeadlessAddress>> address;
  std::unique_ptr<HeadlessDesktop> desktop;
  std::unique_ptr<Mirror> mirror;
  std::vector<std::string> notices;
  std::string lost;
};

HeadlessConfig small(std::string session) {
  return {{320, 200}, {800, 600}, std::nullopt, std::move(session)};
}

std::string lock_file(int number) { return fmt::format("/tmp/.X{}-lock", number); }
std::string socket_file(int number) { return fmt::format("/tmp/.X11-unix/X{}", number); }

// A number that no other test run of this machine takes at the same time.
int own_display_number() { return 2000 + getpid() % 20000; }

// The process of the X server, by its lock; 0 when there is none.
pid_t server_of(int display) {
  const auto lock = read_file(lock_file(display));
  return std::atoi(lock.c_str());
}

// Processes that carry `mark` in their environment, as all do that a marked one started.
std::vector<pid_t> marked_processes(const std::string& mark) {
  std::vector<pid_t> found;
  for (const auto& process : list_processes()) {
    if (process.state == 'Z') continue;
    const std::string environment = read_file(fmt::format("/proc/{}/environ", process.pid));
    if (environment.find(mark) != std::string::npos) found.push_back(process.pid);
  }
  return found;
}

// The probe program with a headless desktop, whose processes carry a mark.
class Probe {
 public:
  explicit Probe(const std::string& session, std::optional<int> number = std::nullopt)
      : mark_("ORIEL_TEST_MARK=" + std::to_string(getpid()) + "." +
              std::to_string(Clock::now().time_since_epoch().count())) {
    std::vector<std::string> texts{DESKTOP_PROBE, "hold", "--geometry=320x200",
                                   "--max-geometry=320x200", "--session=" + session};
    if (number) texts.push_back(fmt::format("--display={}", *number));
    std::vector<char*> arguments, environment;
    for (auto& text : texts) arguments.push_back(text.data());
    arguments.push_back(nullptr);
    for (char** entry = environ; *entry != nullptr; ++entry) environment.push_back(*entry);
    environment.push_back(mark_.data());
    environment.push_back(nullptr);
    output_ = folder_.file("output");
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 1, output_.c_str(), O_WRONLY | O_CREAT, 0600);
    EXPECT_EQ(
        posix_spawn(&pid_, DESKTOP_PROBE, &files, nullptr, arguments.data(), environment.data()),
        0);
    posix_spawn_file_actions_destroy(&files);
  }
  ~Probe() {
    if (pid_ != 0) end(SIGKILL);
  }

  bool wait_ready() {
    if (!wait_until([this] { return !outcome().empty(); })) return false;
    std::istringstream words(outcome());
    std::string word, authority;
    words >> word >> display >> authority;
    folder = std::filesystem::path(authority).parent_path().string();
    return is_ready();
  }
  // The line that says whether it is ready; empty so far.
  std::string outcome() const {
    std::istringstream lines(said());
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("ready ") || line.starts_with("failed ")) return line;
    }
    return {};
  }
  bool is_ready() const { return outcome().starts_with("ready "); }
  std::string said() const { return read_file(output_); }
  std::vector<pid_t> processes() const { return marked_processes(mark_); }
  bool has_left_files() const {
    return std::filesystem::exists(folder) || std::filesystem::exists(lock_file(display)) ||
           std::filesystem::exists(socket_file(display));
  }
  // Sends the signal; true when nothing of it all is left 2 s later.
  bool is_gone_after(int number) {
    const TimePoint start = Clock::now();
    end(number);
    return wait_until([this] { return processes().empty() && !has_left_files(); },
                      start + seconds(2) - Clock::now());
  }
  void end(int number) {
    kill(pid_, number);
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

  int display = -1;
  std::string folder;

 private:
  TemporaryFolder folder_;
  std::string mark_;
  std::string output_;
  pid_t pid_ = 0;
};

// A session that leaves a daemon in a session of its own, which ignores SIGTERM, and itself ignores
// it too.
constexpr char kStubbornSession[] =
    "trap \"\" TERM HUP; (setsid sh -c \"(setsid sleep 4711 &)\" &) ; (sleep 4712 &) ; sleep 4713; "
    "sleep 4714";

TEST(HeadlessDesktop, StartsAtTheAskedSizeAndShowsWhatIsDrawn) {
  Headless headless(small("exec sleep 1000"));
  ASSERT_TRUE(headless.desktop);
  EXPECT_EQ(headless.desktop->size(), (Size{320, 200}));
  EXPECT_EQ(headless.shell("xsetroot -solid \"#ff8040\""), 0);
  EXPECT_TRUE(headless.run_until([&] { return headless.mirror->is_all(0xff8040); }));
  EXPECT_EQ(headless.shell("xsetroot -solid \"#102030\""), 0);
  EXPECT_TRUE(headless.run_until([&] { return headless.mirror->is_all(0x102030); }));
  const auto details = headless.desktop->details();
  EXPECT_EQ(details.at("kind"), "headless");
  EXPECT_EQ(details.at("display"), fmt::format(":{}", (*headless.address)->display));
  EXPECT_EQ(details.at("xauthority"), (*headless.address)->xauthority);
}

TEST(HeadlessDesktop, SaysNothingWhileNothingIsDrawn) {
  Headless headless(small("exec sleep 1000"));
  ASSERT_TRUE(headless.desktop);
  headless.run_until([] { return false; }, milliseconds(300));
  const int before = headless.mirror->damaged;
  EXPECT_GT(before, 0);
  headless.run_until([] { return false; }, milliseconds(500));
  EXPECT_EQ(headless.mirror->damaged, before);
}

TEST(HeadlessDesktop, RefusesClientsWithoutItsCookie) {
  Headless headless(small("exec sleep 1000"));
  ASSERT_TRUE(headless.desktop);
  EXPECT_EQ(headless.shell("xsetroot -solid red"), 0);
  EXPECT_NE(headless.shell("XAUTHORITY=/dev/null xsetroot -solid red 2>/dev/null"), 0);
  struct stat status{};
  ASSERT_EQ(stat(headless.folder().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
  ASSERT_EQ(stat((*headless.address)->xauthority.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(HeadlessDesktop, DeliversTextWithShiftAndControlToATerminal) {
  TemporaryFolder folder;
  Headless headless(
      small(fmt::format("exec xterm -geometry 60x20+0+0 -e sh -c \"echo > {}; cat > {}\"",
                        folder.file("started"), folder.file("typed"))));
  ASSERT_TRUE(headless.desktop);
  ASSERT_TRUE(headless.run_until([&] { return std::filesystem::exists(folder.file("typed")); }));
  // Without a window manager the keyboard belongs to the window under the pointer.
  headless.desktop->input().pointer({60, 60}, 0);
  const std::string text = "Hi, there! a_B {[~]} 0123456789 \\ @ # <>?\n";
  headless.type(text);
  auto& input = headless.desktop->input();
  input.key(0xffe3, true);
  input.key('d', true);
  input.key('d', false);
  input.key(0xffe3, false);
  input.flush();
  EXPECT_TRUE(headless.run_until([&] { return read_file(folder.file("typed")) == text; }))
      << read_file(folder.file("typed"));
}

TEST(HeadlessDesktop, RepeatsAHeldKeyAsOftenAsTheViewerSays) {
  TemporaryFolder folder;
  Headless headless(small(
      fmt::format("exec xterm -geometry 60x20+0+0 -e sh -c \"cat > {}\"", folder.file("typed"))));
  ASSERT_TRUE(headless.desktop);
  ASSERT_TRUE(headless.run_until([&] { return std::filesystem::exists(folder.file("typed")); }));
  auto& input = headless.desktop->input();
  input.pointer({60, 60}, 0);
  for (int i = 0; i < 3; ++i) input.key('x', true);
  input.key('x', false);
  input.key('y', true);
  input.flush();
  // Longer than the server would wait before it repeated.
  headless.run_until([] { return false; }, milliseconds(1000));
  input.key('y', false);
  headless.type("\n");
  EXPECT_TRUE(headless.run_until([&] { return read_file(folder.file("typed")) == "xxxy\n"; }))
      << read_file(folder.file("typed"));
}

TEST(HeadlessDesktop, DeliversPointerButtonsAndWheelAndReleasesThem) {
  TemporaryFolder folder;
  Headless headless(
      small(fmt::format("exec xterm -b 0 -geometry 60x20+0+0 -e sh -c \"stty raw -echo; printf "
                        "\\\"\\\\033[?1000h\\\\033[?1006h\\\"; echo > {}; cat > {}\"",
                        folder.file("started"), folder.file("typed"))));
  ASSERT_TRUE(headless.desktop);
  ASSERT_TRUE(headless.run_until([&] { return std::filesystem::exists(folder.file("typed")); }));
  auto& input = headless.desktop->x11_input();
  // Until the terminal has taken up mouse reporting, presses are lost: pressed until seen.
  EXPECT_TRUE(headless.run_until([&] {
    input.pointer({60, 60}, 1);
    input.pointer({60, 60}, 0);
    input.flush();
    return read_file(folder.file("typed")).find("\033[<0;") != std::string::npos;
  }));
  input.pointer({70, 60}, 0b0000'1000);
  input.pointer({70, 60}, 0b0000'0100);
  input.release_all();
  EXPECT_TRUE(headless.run_until([&] {
    const std::string seen = read_file(folder.file("typed"));
    // SGR reports: 64 is the wheel upwards, 2 the right button, m its release.
    return seen.find("\033[<64;") != std::string::npos &&
           seen.find("\033[<2;") != std::string::npos && seen.rfind('m') > seen.rfind("\033[<2;");
  })) << read_file(folder.file("typed"));
  input.pointer({5000, -7}, 0);
  input.flush();
  EXPECT_TRUE(headless.run_until(
      [&] { return headless.shell("xdotool getmouselocation | grep -q \"x:319 y:0 \"") == 0; }));
}

TEST(HeadlessDesktop, IgnoresNumbersThatAreNoKeysymsAndTellsThem) {
  Headless headless(small("exec sleep 1000"));
  ASSERT_TRUE(headless.desktop);
  auto& input = headless.desktop->x11_input();
  std::vector<std::uint32_t> unknown;
  input.set_unknown_keysym_callback([&](std::uint32_t keysym) { unknown.push_back(keysym); });
  for (const std::uint32_t keysym : {0u, 0xffffffu, 0x01110000u, 0xffffffffu}) {
    input.key(keysym, true);
    input.key(keysym, false);
  }
  input.flush();
  EXPECT_EQ(unknown, (std::vector<std::uint32_t>{0, 0xffffff, 0x01110000, 0xffffffff}));
  EXPECT_EQ(input.stats().unknown_keysyms, 4u);
}

TEST(HeadlessDesktop, FollowsAChangeOfItsSize) {
  Headless headless(small("exec sleep 1000"));
  ASSERT_TRUE(headless.desktop);
  auto other = X11Display::open(
      headless.io, {headless.desktop->details().at("display"), (*headless.address)->cookie});
  ASSERT_TRUE(other) << other.error().message;
  for (const Size size :
       {Size{800, 600}, {641, 479}, {320, 200}, {1, 1}, {800, 1}, {1, 600}, {800, 600}}) {
    const int before = headless.mirror->resized;
    const Status resized = resize_screen(**other, size);
    ASSERT_TRUE(resized) << resized.error().message;
    EXPECT_TRUE(headless.run_until([&] { return headless.mirror->frame.size() == size; }));
    EXPECT_EQ(headless.desktop->size(), size);
    EXPECT_EQ(headless.mirror->resized, before + 1);
    EXPECT_EQ(headless.shell("xsetroot -solid \"#778899\""), 0);
    EXPECT_TRUE(headless.run_until([&] { return headless.mirror->is_all(0x778899); }));
    EXPECT_EQ(headless.shell("xsetroot -solid black"), 0);
  }
  EXPECT_FALSE(resize_screen(**other, {801, 600}));
}

TEST(HeadlessDesktop, TakesEverySizeFromOnePixelToTheLargest) {
  Headless headless(small("exec sleep 1000"));
  ASSERT_TRUE(headless.desktop);
  const auto resize = [&](Size size) {
    std::optional<Status> result;
    headless.desktop->resize(size, [&](Status status) { result = std::move(status); });
    EXPECT_TRUE(headless.run_until([&] { return result.has_value(); }));
    return result.value_or(Status());
  };
  for (const Size size : {Size{1, 1}, {800, 1}, {1, 600}, {800, 600}}) {
    const Status status = resize(size);
    EXPECT_TRUE(status) << size.width << "x" << size.height << ": " << status.error().message;
    EXPECT_TRUE(headless.run_until([&] { return headless.desktop->size() == size; }));
  }
  const Status too_large = resize({801, 600});
  ASSERT_FALSE(too_large);
  EXPECT_EQ(too_large.error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(too_large.error().message,
            "asked for 801x600, possible are 1x1 to 800x600 (--max-geometry)");
}

TEST(HeadlessDesktop, DoesNotStopTheLoopWhenTheXServerStops) {
  Headless headless(small("exec sleep 1000"));
  ASSERT_TRUE(headless.desktop);
  headless.run_until([] { return false; }, milliseconds(100));
  const pid_t server = server_of((*headless.address)->display);
  ASSERT_GT(server, 1);
  kill(server, SIGSTOP);
  auto& input = headless.desktop->x11_input();
  const TimePoint start = Clock::now();
  for (int i = 0; i < 100'000; ++i) {
    input.pointer({i % 320, i % 200}, static_cast<std::uint8_t>(i / 2 & 1));
    input.key('a' + i % 26, i % 2 == 0);
    input.flush();
  }
  EXPECT_LT(Clock::now() - start, seconds(5));
  EXPECT_GT(input.stats().dropped, 0u);
  kill(server, SIGCONT);
  input.release_all();
  EXPECT_EQ(headless.shell("xsetroot -solid \"#ff8040\""), 0);
  EXPECT_TRUE(headless.run_until([&] { return headless.mirror->is_all(0xff8040); }));
  input.pointer({17, 18}, 0);
  input.flush();
  EXPECT_TRUE(headless.run_until(
      [&] { return headless.shell("xdotool getmouselocation | grep -q \"x:17 y:18 \"") == 0; }));
}

TEST(HeadlessDesktop, LosesNoChangeUnderAFlood) {
  Headless headless(small("exec sleep 1000"));
  ASSERT_TRUE(headless.desktop);
  // A terminal that scrolls as fast as it can, and then a last picture.
  EXPECT_EQ(
      headless.shell("xterm -geometry 50x15+0+0 -e sh -c \"seq 1 20000\" & "
                     "for i in 1 2 3 4 5 6 7 8 9; do xsetroot -solid \"#00${i}000\"; done; wait; "
                     "xsetroot -solid \"#0a0b0c\""),
      0);
  EXPECT_TRUE(headless.run_until([&] { return headless.mirror->is_all(0x0a0b0c); }));
}

TEST(HeadlessDesktop, TellsWhenItsXServerDies) {
  Headless headless(small("exec sleep 1000"));
  ASSERT_TRUE(headless.desktop);
  const pid_t server = server_of((*headless.address)->display);
  ASSERT_GT(server, 1);
  kill(server, SIGKILL);
  EXPECT_TRUE(
      headless.run_until([&] { return !headless.mirror->lost.empty() && !headless.lost.empty(); }));
  EXPECT_THAT(headless.lost, HasSubstr("the X server has ended (signal 9 (Killed))"));
  EXPECT_TRUE(headless.run_until([&] { return !std::filesystem::exists(headless.folder()); }));
  // The last picture stays, and input goes nowhere.
  headless.type("abc");
  EXPECT_FALSE(std::filesystem::exists(lock_file((*headless.address)->display)));
}

TEST(Supervisor, RestartsTheSessionThreeTimesAMinuteAndSaysSo) {
  TemporaryFolder folder;
  Headless headless(small(fmt::format("echo run >> {}; exit 3", folder.file("runs"))));
  ASSERT_TRUE(headless.desktop);
  EXPECT_TRUE(headless.run_until([&] { return headless.notices.size() >= 4; }));
  EXPECT_EQ(read_file(folder.file("runs")), "run\nrun\nrun\nrun\n");
  ASSERT_EQ(headless.notices.size(), 4u);
  EXPECT_EQ(headless.notices[0], "the session has ended (exit code 3) and is started again");
  EXPECT_THAT(headless.notices[3], HasSubstr("is not started any more"));
  EXPECT_EQ(headless.shell("xsetroot -solid \"#ff8040\""), 0);
  EXPECT_TRUE(headless.run_until([&] { return headless.mirror->is_all(0xff8040); }));
}

TEST(Supervisor, GivesTheSessionItsEnvironment) {
  TemporaryFolder folder;
  Headless headless(small(fmt::format(
      "env > {0}; stat -c %a \"$XDG_RUNTIME_DIR\" > {1}; mv {0} {0}.done; exec sleep 1000",
      folder.file("env"), folder.file("mode"))));
  ASSERT_TRUE(headless.desktop);
  ASSERT_TRUE(headless.run_until([&] { return std::filesystem::exists(folder.file("env.done")); }));
  const std::string environment = read_file(folder.file("env.done"));
  EXPECT_THAT(environment, HasSubstr(fmt::format("DISPLAY=:{}\n", (*headless.address)->display)));
  EXPECT_THAT(environment, HasSubstr("XDG_SESSION_TYPE=x11\n"));
  EXPECT_THAT(environment, HasSubstr("DBUS_SESSION_BUS_ADDRESS="));
  EXPECT_EQ(read_file(folder.file("mode")), "700\n");
}

TEST(Supervisor, StartsTheBuiltInSessionWithATerminalThatHasTheKeyboard) {
  TemporaryFolder folder;
  ::setenv("HOME", folder.file("").c_str(), 1);  // its shell begins as it likes, not as ours does
  Headless headless(small(""));
  ASSERT_TRUE(headless.desktop);
  EXPECT_TRUE(headless.run_until([&] {
    return headless.shell(
               "test \"$(xdotool getactivewindow 2>&1)\" = \"$(xdotool search --class xterm)\"") ==
           0;
  }));
  headless.type("echo oriel > " + folder.file("typed") + "\n");
  EXPECT_TRUE(headless.run_until([&] { return read_file(folder.file("typed")) == "oriel\n"; }));
}

TEST(Supervisor, LeavesNothingWhenOrielIsKilled) {
  Probe probe(kStubbornSession);
  ASSERT_TRUE(probe.wait_ready()) << probe.said();
  // Oriel, supervisor, Xvfb, dbus-run-session, its daemon, the shell and three sleeps.
  ASSERT_TRUE(wait_until([&] { return probe.processes().size() >= 8; }));
  EXPECT_TRUE(probe.has_left_files());
  EXPECT_TRUE(probe.is_gone_after(SIGKILL));
  EXPECT_EQ(probe.processes(), std::vector<pid_t>{});
  EXPECT_FALSE(probe.has_left_files());
}

TEST(Supervisor, LeavesNothingWhenOrielEndsByItself) {
  Probe probe(kStubbornSession);
  ASSERT_TRUE(probe.wait_ready()) << probe.said();
  ASSERT_TRUE(wait_until([&] { return probe.processes().size() >= 8; }));
  EXPECT_TRUE(probe.is_gone_after(SIGTERM));
}

TEST(Supervisor, SaysWhenItHasStoppedWhateverWasBefore) {
  Headless headless(small("exec sleep 1000"));
  ASSERT_TRUE(headless.desktop);
  const std::string folder = headless.folder();
  headless.desktop.reset();
  for (int round = 0; round < 2; ++round) {
    bool is_stopped = false;
    headless.server.stop([&] { is_stopped = true; });
    EXPECT_TRUE(headless.run_until([&] { return is_stopped; }, seconds(2))) << round;
    EXPECT_FALSE(std::filesystem::exists(folder));
  }
  EXPECT_EQ(headless.lost, "");
}

TEST(Supervisor, StopsWhileItStarts) {
  boost::asio::io_context io;
  HeadlessServer server(io);
  int ready = 0;
  bool is_stopped = false;
  ASSERT_TRUE(server.start(small(""), [&](const auto&) { ++ready; }, [](const auto&) {}));
  server.stop([&] { is_stopped = true; });
  io.run_for(seconds(3));
  EXPECT_TRUE(is_stopped);
  EXPECT_EQ(ready, 0);
}

TEST(Supervisor, LeavesNothingWhenOrielIsKilledWhileItStarts) {
  for (int delay_ms : {0, 5, 20, 60}) {
    Probe probe(kStubbornSession);
    std::this_thread::sleep_for(milliseconds(delay_ms));
    probe.end(SIGKILL);
    EXPECT_TRUE(wait_until([&] { return probe.processes().empty(); }, milliseconds(2500)))
        << delay_ms;
  }
}

TEST(Supervisor, IsMissedWhenItIsKilledAndItsXServerGoesAlong) {
  TemporaryFolder folder;
  std::string private_folder;
  int display = -1;
  {
    Headless headless(small("exec sleep 1000"));
    ASSERT_TRUE(headless.desktop);
    private_folder = headless.folder();
    display = (*headless.address)->display;
    const pid_t server = server_of(display);
    ASSERT_GT(server, 1);
    pid_t supervisor = 0;
    for (const auto& process : list_processes()) {
      if (process.pid == server) supervisor = process.parent;
    }
    ASSERT_GT(supervisor, 1);
    kill(supervisor, SIGKILL);
    EXPECT_TRUE(headless.run_until(
        [&] { return !headless.mirror->lost.empty() && !headless.lost.empty(); }));
    EXPECT_TRUE(wait_until([&] { return kill(server, 0) != 0; }));
  }
  EXPECT_FALSE(std::filesystem::exists(private_folder));
  EXPECT_FALSE(std::filesystem::exists(lock_file(display)));
  EXPECT_FALSE(std::filesystem::exists(socket_file(display)));
}

TEST(Supervisor, TakesANumberWhoseServerDiedAndLeftItsLock) {
  const int number = own_display_number();
  // A process that has certainly ended.
  const pid_t dead = fork();
  if (dead == 0) _exit(0);
  waitpid(dead, nullptr, 0);
  std::ofstream(lock_file(number)) << fmt::format("{:>10}\n", dead);
  {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socket_file(number).copy(address.sun_path, sizeof address.sun_path - 1);
    std::filesystem::create_directories("/tmp/.X11-unix");
    const int file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(bind(file, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    close(file);
  }
  auto config = small("exec sleep 1000");
  config.display = number;
  Headless headless(config);
  ASSERT_TRUE(headless.desktop);
  EXPECT_EQ((*headless.address)->display, number);
  EXPECT_EQ(headless.shell("xsetroot -solid \"#ff8040\""), 0);
}

TEST(Supervisor, TakesANumberWhoseLockNamesAProcessThatIsNoXServer) {
  const int number = own_display_number();
  std::ofstream(lock_file(number)) << fmt::format("{:>10}\n", getpid());
  auto config = small("exec sleep 1000");
  config.display = number;
  Headless headless(config);
  EXPECT_TRUE(headless.desktop);
}

TEST(Supervisor, SaysThatANumberIsInUse) {
  auto config = small("exec sleep 1000");
  config.display = own_display_number();
  Headless first(config);
  ASSERT_TRUE(first.desktop);
  Headless second(config);
  ASSERT_FALSE(*second.address);
  EXPECT_THAT(second.address->error().message,
              HasSubstr(fmt::format("the X display :{} is in use", *config.display)));
  // The first one is not harmed.
  EXPECT_EQ(first.shell("xsetroot -solid \"#ff8040\""), 0);
}

TEST(Supervisor, LetsOneOfTwoSimultaneousStartsHaveTheNumber) {
  const int number = own_display_number();
  Probe one("exec sleep 1000", number), other("exec sleep 1000", number);
  ASSERT_TRUE(wait_until([&] { return !one.outcome().empty() && !other.outcome().empty(); }));
  EXPECT_NE(one.is_ready(), other.is_ready()) << one.said() << other.said();
  EXPECT_THAT((one.is_ready() ? other : one).outcome(), HasSubstr("is in use"));
}

TEST(Supervisor, GivesDifferentNumbersToSimultaneousStarts) {
  Probe one("exec sleep 1000"), other("exec sleep 1000"), third("exec sleep 1000");
  ASSERT_TRUE(one.wait_ready()) << one.said();
  ASSERT_TRUE(other.wait_ready()) << other.said();
  ASSERT_TRUE(third.wait_ready()) << third.said();
  EXPECT_NE(one.display, other.display);
  EXPECT_NE(one.display, third.display);
  EXPECT_NE(other.display, third.display);
}

TEST(Supervisor, SaysHowToInstallAMissingXServer) {
  const std::string path = std::getenv("PATH");
  setenv("PATH", "/nonexistent", 1);
  Headless headless(small(""));
  setenv("PATH", path.c_str(), 1);
  ASSERT_FALSE(*headless.address);
  EXPECT_EQ(headless.address->error().message,
            "Xvfb is not installed; on Debian: apt-get install xvfb");
}

TEST(Supervisor, ReportsWhyTheXServerDidNotStart) {
  TemporaryFolder folder;
  std::ofstream(folder.file("Xvfb")) << "#!/bin/sh\necho some reason >&2\nexit 7\n";
  chmod(folder.file("Xvfb").c_str(), 0755);
  const std::string path = std::getenv("PATH");
  setenv("PATH",
         (std::filesystem::path(folder.file("x")).parent_path().string() + ":" + path).c_str(), 1);
  Headless headless(small(""));
  setenv("PATH", path.c_str(), 1);
  ASSERT_FALSE(*headless.address);
  EXPECT_EQ(headless.address->error().message,
            "the X server ended while it started (exit code 7): some reason");
}

// A running display, seen from outside as any X server.
class X11DesktopTest : public ::testing::TestWithParam<PixelTransport> {};

INSTANTIATE_TEST_SUITE_P(Transports, X11DesktopTest,
                         ::testing::Values(PixelTransport::kSharedMemory,
                                           PixelTransport::kConnection),
                         [](const auto& parameter) {
                           return parameter.param == PixelTransport::kSharedMemory ? "SharedMemory"
                                                                                   : "Connection";
                         });

TEST_P(X11DesktopTest, ShowsExactlyTheSameAsTheMappedFramebuffer) {
  Headless headless(small("exec xterm -geometry 30x8+7+9 -e sh -c \"seq 1 400; sleep 1000\""));
  ASSERT_TRUE(headless.desktop);
  setenv("XAUTHORITY", (*headless.address)->xauthority.c_str(), 1);
  auto opened =
      X11Desktop::open(headless.io, headless.desktop->details().at("display"), GetParam());
  ASSERT_TRUE(opened) << opened.error().message;
  {
    Mirror mirror(**opened);
    EXPECT_EQ((*opened)->size(), (Size{320, 200}));
    EXPECT_EQ(headless.shell("xsetroot -solid \"#ff8040\""), 0);
    EXPECT_TRUE(headless.run_until([&] {
      return mirror.frame == headless.mirror->frame && mirror.frame.at(319, 199) == 0xff8040 &&
             mirror.frame.at(20, 20) != 0xff8040;
    }));
    // Also across a change of size.
    auto other = X11Display::open(
        headless.io, {headless.desktop->details().at("display"), (*headless.address)->cookie});
    ASSERT_TRUE(other);
    ASSERT_TRUE(resize_screen(**other, {800, 600}));
    EXPECT_EQ(headless.shell("xsetroot -solid \"#405060\""), 0);
    EXPECT_TRUE(headless.run_until([&] {
      return mirror.frame.size() == Size{800, 600} && mirror.frame == headless.mirror->frame &&
             mirror.frame.at(799, 599) == 0x405060;
    }));
    opened->reset();
  }
}

TEST(X11Desktop, SaysWhatToDoWhenTheDisplayIsMissing) {
  boost::asio::io_context io;
  const auto missing = X11Desktop::open(io, ":59999");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message,
            "cannot open the X display ':59999'; is it running, and may you use its XAUTHORITY?");
  const auto malformed = X11Desktop::open(io, "nonsense");
  ASSERT_FALSE(malformed);
  EXPECT_THAT(malformed.error().message, HasSubstr("is not the name of an X display"));
}

}  // namespace
}  // namespace oriel::desktop

int main(int count, char** words) {
  const std::span<const char* const> arguments(words, static_cast<std::size_t>(count));
  if (count > 1 && arguments[1] == oriel::desktop::kSupervisorCommand) {
    return oriel::desktop::run_supervisor(arguments.subspan(2));
  }
  ::testing::InitGoogleTest(&count, words);
  return RUN_ALL_TESTS();
}
