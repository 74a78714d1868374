// X displays of all kinds as the desktop: every depth, without each extension, of several monitors,
// and ones that stop, die and come again. With real X servers.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>
#include <xcb/xcb.h>

#include <bit>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cmath>
#include <filesystem>
#include <functional>
#include <iterator>
#include <random>
#include <sstream>
#include <thread>

#include "oriel/base/time.h"
#include "oriel/core/image/frame.h"
#include "oriel/core/rfb/constants.h"
#include "oriel/io/desktop/reconnecting_desktop.h"
#include "oriel/io/desktop/x11.h"
#include "oriel/io/desktop/x11_opener.h"
#include "oriel/io/net/tcp_stream.h"
#include "oriel/testing/viewer/test_viewer.h"
#include "tests/support/oriel_server.h"
#include "tests/support/wait_until.h"
#include "tests/support/x_server.h"

namespace oriel::desktop {
namespace {

using image::Frame;
using image::Rect;
using image::Size;
using oriel::testing::TestViewer;
using support::OrielServer;
using support::XServer;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

bool run_until(boost::asio::io_context& io, const std::function<bool()>& is_true,
               Duration patience = 15s) {
  for (const auto end = Clock::now() + patience; !is_true();) {
    if (Clock::now() > end) return false;
    io.restart();
    io.run_one_for(10ms);
  }
  return true;
}

// Keeps a picture of a desktop by damage and capture.
class Mirror final : public DesktopListener {
 public:
  explicit Mirror(Desktop& desktop) : frame(desktop.size()), desktop_(desktop) {
    desktop.start(*this);
  }

  void desktop_damaged() override {
    is_due_ = true;
    look();
  }
  void desktop_resized(Size size) override { frame = Frame(size); }
  void desktop_lost(const Error& error) override { lost = error.message; }
  void desktop_screens_changed() override { ++screen_changes; }

  Frame frame;
  std::string lost;
  int captures = 0;
  int screen_changes = 0;

 private:
  void look() {
    if (!is_due_ || is_capturing_) return;
    is_due_ = false;
    is_capturing_ = true;
    ++captures;
    desktop_.capture(desktop_.take_damage(), [this](std::span<const screen::Patch> patches) {
      is_capturing_ = false;
      for (const auto& patch : patches) copy(patch);
      look();
    });
  }
  void copy(const screen::Patch& patch) {
    const auto& rect = patch.rect;
    if (!Rect::of(frame.size()).contains(rect)) return;
    for (int y = 0; y < rect.height; ++y) {
      const auto* row = patch.pixels.row(y);
      for (int x = 0; x < rect.width; ++x) {
        frame.at(rect.x + x, rect.y + y) = row[4 * x] | row[4 * x + 1] << 8 | row[4 * x + 2] << 16;
      }
    }
  }

  Desktop& desktop_;
  bool is_due_ = false;
  bool is_capturing_ = false;
};

// A program that fills rectangles with random colours of its display's depth, and keeps what must
// be seen: each channel v of n is round(255 v / n).
class Painter {
 public:
  explicit Painter(const XServer& server)
      : connection_(xcb_connect(server.name().c_str(), nullptr)) {
    screen_ = xcb_setup_roots_iterator(xcb_get_setup(connection_)).data;
    for (auto depths = xcb_screen_allowed_depths_iterator(screen_); depths.rem > 0;
         xcb_depth_next(&depths)) {
      for (auto visuals = xcb_depth_visuals_iterator(depths.data); visuals.rem > 0;
           xcb_visualtype_next(&visuals)) {
        if (visuals.data->visual_id == screen_->root_visual) visual_ = visuals.data;
      }
    }
    gc_ = xcb_generate_id(connection_);
    const std::uint32_t values[] = {XCB_SUBWINDOW_MODE_INCLUDE_INFERIORS};
    xcb_create_gc(connection_, gc_, screen_->root, XCB_GC_SUBWINDOW_MODE, values);
  }
  ~Painter() { xcb_disconnect(connection_); }
  Painter(const Painter&) = delete;

  // All of it in full white, which must be seen as 255, 255, 255; then random rectangles.
  void paint(Frame& expected, int rectangles) {
    const Size size = expected.size();
    fill(expected, Rect::of(size), visual_->red_mask | visual_->green_mask | visual_->blue_mask);
    for (int i = 0; i < rectangles; ++i) {
      const auto below = [this](int limit) {
        return static_cast<int>(random_() % static_cast<unsigned>(limit));
      };
      const int x = below(size.width), y = below(size.height);
      fill(expected, {x, y, 1 + below(size.width - x), 1 + below(size.height - y)},
           random_() & (visual_->red_mask | visual_->green_mask | visual_->blue_mask));
    }
    xcb_flush(connection_);
  }

 private:
  void fill(Frame& expected, const Rect& rect, std::uint32_t pixel) {
    xcb_change_gc(connection_, gc_, XCB_GC_FOREGROUND, &pixel);
    const xcb_rectangle_t wire{static_cast<std::int16_t>(rect.x), static_cast<std::int16_t>(rect.y),
                               static_cast<std::uint16_t>(rect.width),
                               static_cast<std::uint16_t>(rect.height)};
    xcb_poly_fill_rectangle(connection_, screen_->root, gc_, 1, &wire);
    const auto seen = channel(pixel, visual_->red_mask) << 16 |
                      channel(pixel, visual_->green_mask) << 8 | channel(pixel, visual_->blue_mask);
    for (int y = rect.y; y < rect.bottom(); ++y)
      for (int x = rect.x; x < rect.right(); ++x) expected.at(x, y) = seen;
  }
  static std::uint32_t channel(std::uint32_t pixel, std::uint32_t mask) {
    const int shift = std::countr_zero(mask);
    return static_cast<std::uint32_t>(
        std::lround(((pixel & mask) >> shift) * 255.0 / (mask >> shift)));
  }

  xcb_connection_t* connection_;
  const xcb_screen_t* screen_;
  const xcb_visualtype_t* visual_ = nullptr;
  xcb_gcontext_t gc_;
  std::mt19937 random_{7};
};

struct Kind {
  std::string name;
  int depth = 24;
  std::vector<std::string> missing;  // extensions
  std::string said;                  // the one shortcoming that is told; empty: none
};

const Kind kKinds[] = {
    {"Depth15", 15, {}, ""},
    {"Depth16", 16, {}, ""},
    {"Depth24", 24, {}, ""},
    {"Depth30", 30, {}, ""},
    {"WithoutShm", 24, {"MIT-SHM"}, "its pixels come over the connection"},
    {"WithoutDamage", 24, {"DAMAGE"}, "it is looked through for changes"},
    {"WithoutXtest", 24, {"XTEST"}, "viewers can look, but not type or point"},
    {"WithoutXfixes", 24, {"XFIXES"}, "the clipboard and the cursor's shape are not passed on"},
    {"WithoutRandr", 24, {"RANDR"}, "viewers cannot change its size"},
    {"Depth16WithoutAny", 16, {"MIT-SHM", "DAMAGE", "XTEST", "XFIXES", "RANDR"}, ""},
    {"Depth30WithoutShmAndDamage", 30, {"MIT-SHM", "DAMAGE"}, ""},
};

std::vector<std::string> xvfb(int depth, Size size = {333, 201},
                              const std::vector<std::string>& missing = {}) {
  std::vector<std::string> command{"Xvfb", "-screen", "0",
                                   fmt::format("{}x{}x{}", size.width, size.height, depth)};
  for (const auto& extension : missing) {
    command.insert(command.end(), {"-extension", extension});
  }
  return command;
}

class X11Kinds : public ::testing::TestWithParam<Kind> {};
INSTANTIATE_TEST_SUITE_P(Servers, X11Kinds, ::testing::ValuesIn(kKinds),
                         [](const auto& parameter) { return parameter.param.name; });

TEST_P(X11Kinds, ShowsExactlyWhatIsDrawnAndTakesInput) {
  const Kind& kind = GetParam();
  XServer server(xvfb(kind.depth, {333, 201}, kind.missing));
  Painter painter(server);
  Frame expected({333, 201});
  painter.paint(expected, 20);
  boost::asio::io_context io;
  auto desktop = X11Desktop::open(io, server.name());
  ASSERT_TRUE(desktop) << desktop.error().message;
  Mirror mirror(**desktop);
  EXPECT_TRUE(run_until(io, [&] { return mirror.frame == expected; }));
  for (int i = 0; i < 5; ++i) {
    painter.paint(expected, 10);
    EXPECT_TRUE(run_until(io, [&] { return mirror.frame == expected; })) << "round " << i;
  }
  auto& input = (*desktop)->input();
  input.pointer({5, 6}, 1);
  input.key('a', true);
  input.key('a', false);
  input.pointer({5, 6}, 0);
  input.flush();
  painter.paint(expected, 10);
  EXPECT_TRUE(run_until(io, [&] { return mirror.frame == expected; }));
  EXPECT_EQ(mirror.lost, "");
}

TEST_P(X11Kinds, SaysWhatItLacksInOneSentenceEach) {
  const Kind& kind = GetParam();
  XServer server(xvfb(kind.depth, {64, 48}, kind.missing));
  boost::asio::io_context io;
  auto desktop = X11Desktop::open(io, server.name());
  ASSERT_TRUE(desktop) << desktop.error().message;
  const auto sentences = (*desktop)->shortcomings();
  EXPECT_EQ(sentences.size(), kind.missing.size());
  if (!kind.said.empty()) {
    EXPECT_THAT(sentences, ::testing::Contains(HasSubstr(kind.said)));
  }
  const bool has_xfixes = std::ranges::find(kind.missing, "XFIXES") == kind.missing.end();
  EXPECT_EQ((*desktop)->clipboard() != nullptr, has_xfixes);
}

TEST(X11Kind, RefusesPseudoColourAndSaysWhatIsSupported) {
  XServer server({"Xvfb", "-screen", "0", "64x48x8"});
  boost::asio::io_context io;
  const auto desktop = X11Desktop::open(io, server.name());
  ASSERT_FALSE(desktop);
  EXPECT_EQ(desktop.error().message,
            fmt::format("the X display '{}' has PseudoColor pixels of depth 8; only TrueColor of "
                        "depth 15, 16, 24 or 30 is supported",
                        server.name()));
}

TEST(X11Kind, IsSeldomLookedThroughWithoutDamageWhileNothingChanges) {
  XServer server(xvfb(24, {640, 480}, {"DAMAGE"}));
  boost::asio::io_context io;
  auto desktop = X11Desktop::open(io, server.name());
  ASSERT_TRUE(desktop);
  Mirror mirror(**desktop);
  run_until(io, [] { return false; }, 3s);  // until it has become slow
  const int before = mirror.captures;
  run_until(io, [] { return false; }, 2s);
  // At most each band apart, every 500 ms.
  EXPECT_LE(mirror.captures - before, 15 * 5);
  EXPECT_GE(mirror.captures - before, 3);
}

// By RANDR: Xvfb up to the size it began with, Xvnc to any.
class X11Resize : public ::testing::TestWithParam<std::vector<std::string>> {};
INSTANTIATE_TEST_SUITE_P(
    Servers, X11Resize,
    ::testing::Values(std::vector<std::string>{"Xvfb", "-screen", "0", "800x600x24"},
                      std::vector<std::string>{"Xvnc", "-geometry", "800x600", "-SecurityTypes",
                                               "None", "-rfbport", "-1"}),
    [](const auto& parameter) { return parameter.param[0]; });

TEST_P(X11Resize, GivesTheDisplayAnotherSizeAndShowsItExactly) {
  XServer server(GetParam());
  Painter painter(server);
  boost::asio::io_context io;
  auto desktop = X11Desktop::open(io, server.name());
  ASSERT_TRUE(desktop) << desktop.error().message;
  Mirror mirror(**desktop);
  for (const Size size : {Size{500, 401}, {640, 333}, {800, 600}}) {
    std::optional<Status> result;
    (*desktop)->resize(size, [&](Status status) { result = std::move(status); });
    ASSERT_TRUE(run_until(io, [&] { return result.has_value(); }));
    EXPECT_TRUE(*result) << result->error().message;
    Frame expected(size);
    painter.paint(expected, 10);
    EXPECT_TRUE(run_until(io, [&] { return mirror.frame == expected; }));
  }
}

TEST_P(X11Resize, TellsTheMonitorsAndKeepsTheSizeOfSeveral) {
  XServer server(GetParam());
  boost::asio::io_context io;
  auto desktop = X11Desktop::open(io, server.name());
  ASSERT_TRUE(desktop) << desktop.error().message;
  Mirror mirror(**desktop);
  EXPECT_TRUE((*desktop)->screens().empty());
  server.run_client({"xrandr", "--setmonitor", "left", "300/80x600/160+0+0", "none"});
  server.run_client({"xrandr", "--setmonitor", "right", "500/120x600/160+300+0", "none"});
  const auto has_both = [&] {
    std::vector<Rect> rects;
    for (const auto& screen : (*desktop)->screens()) rects.push_back(screen.rect);
    return std::ranges::find(rects, Rect{0, 0, 300, 600}) != rects.end() &&
           std::ranges::find(rects, Rect{300, 0, 500, 600}) != rects.end();
  };
  EXPECT_TRUE(run_until(io, has_both));
  EXPECT_GE(mirror.screen_changes, 1);
  std::optional<Status> result;
  (*desktop)->resize({400, 300}, [&](Status status) { result = std::move(status); });
  ASSERT_TRUE(run_until(io, [&] { return result.has_value(); }));
  ASSERT_FALSE(*result);
  EXPECT_EQ(result->error().code, ErrorCode::kUnsupported);
}

TEST(X11Resize, IsRefusedBeyondWhatTheServerCanAndTheSizeStays) {
  XServer server({"Xvfb", "-screen", "0", "800x600x24"});
  Painter painter(server);
  boost::asio::io_context io;
  auto desktop = X11Desktop::open(io, server.name());
  ASSERT_TRUE(desktop);
  Mirror mirror(**desktop);
  std::optional<Status> result;
  (*desktop)->resize({900, 700}, [&](Status status) { result = std::move(status); });
  ASSERT_TRUE(run_until(io, [&] { return result.has_value(); }));
  EXPECT_FALSE(*result);
  // The output shows what it has shown before, and no mode is left.
  const auto outputs = server.run_client({"xrandr"});
  EXPECT_THAT(outputs, HasSubstr("connected 800x600+0+0"));
  EXPECT_THAT(outputs, ::testing::Not(HasSubstr("900x700")));
  Frame expected({800, 600});
  painter.paint(expected, 10);
  EXPECT_TRUE(run_until(io, [&] { return mirror.frame == expected; }));
}

// ---- opening ----

TEST(X11Opener, GivesUpOnAServerThatHasStoppedWhileTheLoopGoesOn) {
  XServer server(xvfb(24));
  kill(server.process().pid(), SIGSTOP);
  boost::asio::io_context io;
  X11Opener opener(io, server.name());
  std::optional<Error> error;
  const TimePoint start = Clock::now();
  opener.open([&](auto desktop) { error = desktop.error(); });
  // The call has not waited, nor does the loop.
  EXPECT_LT(Clock::now() - start, 1s);
  EXPECT_TRUE(run_until(io, [&] { return error.has_value(); }));
  EXPECT_LT(Clock::now() - start, 8s);
  EXPECT_EQ(error->code, ErrorCode::kTimeout);
  EXPECT_THAT(error->message, HasSubstr(fmt::format("the X display '{}' does not answer within 5 s",
                                                    server.name())));
  kill(server.process().pid(), SIGCONT);
  std::unique_ptr<Desktop> found;
  opener.open([&](auto desktop) {
    if (desktop) found = std::move(*desktop);
  });
  EXPECT_TRUE(run_until(io, [&] { return found != nullptr; }));
}

TEST(X11Opener, GivesUpOnATcpDisplayThatSaysNothing) {
  // It takes the connection, and that is all.
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{AF_INET, 0, {htonl(INADDR_LOOPBACK)}, {}};
  int number = -1;
  for (int tried = 1000; tried < 1200 && number < 0; ++tried) {
    address.sin_port = htons(static_cast<std::uint16_t>(6000 + tried));
    if (bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
      number = tried;
  }
  ASSERT_GE(number, 0);
  ASSERT_EQ(listen(listener, 4), 0);
  boost::asio::io_context io;
  X11Opener opener(io, fmt::format("127.0.0.1:{}", number));
  std::optional<Error> error;
  opener.open([&](auto desktop) { error = desktop.error(); });
  EXPECT_TRUE(run_until(io, [&] { return error.has_value(); }));
  EXPECT_EQ(error->code, ErrorCode::kTimeout);
  close(listener);
}

TEST(X11Opener, EndsAtOnceWhenItIsNotWantedAnyMore) {
  XServer server(xvfb(24));
  kill(server.process().pid(), SIGSTOP);
  boost::asio::io_context io;
  const TimePoint start = Clock::now();
  {
    X11Opener opener(io, server.name());
    opener.open([](auto) { FAIL() << "told after its end"; });
    run_until(io, [] { return false; }, 100ms);
  }
  EXPECT_LT(Clock::now() - start, 2s);
  kill(server.process().pid(), SIGCONT);
}

// ---- the whole program ----

support::Picture picture_of(const Frame& frame) {
  support::Picture picture{frame.size().width, frame.size().height, {}};
  for (int y = 0; y < picture.height; ++y)
    for (int x = 0; x < picture.width; ++x) picture.pixels.push_back(frame.at(x, y));
  return picture;
}

support::ServerOptions serve(const XServer& server) {
  support::ServerOptions options;
  options.desktop = "x11:" + server.name();
  options.more_arguments = {"--name", "desk"};
  return options;
}

// A viewer on a loop of the test's own that keeps what it is told.
struct Viewer {
  explicit Viewer(int port) {
    boost::asio::ip::tcp::socket socket(io);
    socket.connect({boost::asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port)});
    testing::TestViewerOptions options;
    options.encodings = {16, rfb::kPseudoDesktopName, rfb::kPseudoExtendedDesktopSize};
    viewer = std::make_unique<TestViewer>(
        io.get_executor(), net::make_socket_stream(std::move(socket)), std::move(options));
    viewer->on_event = [this](const rfb::ClientEvent& event) {
      if (const auto* connected = std::get_if<rfb::Connected>(&event)) title = connected->name;
      if (const auto* renamed = std::get_if<rfb::Renamed>(&event)) title = renamed->name;
      if (const auto* resized = std::get_if<rfb::Resized>(&event)) last_resize = *resized;
    };
  }
  ~Viewer() {
    viewer->close();
    until([this] { return viewer->is_ended(); });
  }
  bool until(const std::function<bool()>& is_true, Duration patience = 20s) {
    return run_until(io, is_true, patience);
  }
  bool shows(const support::XDisplay& display) {
    return until([&] {
      return support::difference(support::grab(display), picture_of(viewer->frame())).empty();
    });
  }

  boost::asio::io_context io;
  std::unique_ptr<TestViewer> viewer;
  std::string title;
  rfb::Resized last_resize;
};

TEST(ServeX11, KeepsThePictureOfADisplayThatDiesAndShowsItAnewWhenItIsBack) {
  auto server = std::make_unique<XServer>(xvfb(24, {320, 200}));
  server->run_client({"xsetroot", "-mod", "5", "7"});
  OrielServer oriel(serve(*server));
  Viewer viewer(oriel.vnc_port());
  ASSERT_TRUE(viewer.shows(server->display()));
  EXPECT_EQ(viewer.title, "desk");
  const Frame last = viewer.viewer->frame();
  const int number = server->number();

  kill(server->process().pid(), SIGKILL);
  EXPECT_TRUE(viewer.until([&] {
    return viewer.title.starts_with("desk (disconnected from the display: ");
  })) << viewer.title;
  EXPECT_EQ(viewer.viewer->frame(), last);
  EXPECT_THROW(oriel.health(), std::runtime_error);  // 503
  viewer.viewer->say(rfb::KeyEvent{true, 'a'});
  viewer.viewer->say(rfb::PointerEvent{1, {5, 5}});
  // Who comes now sees the last picture too.
  {
    Viewer late(oriel.vnc_port());
    EXPECT_TRUE(late.until([&] { return late.viewer->frame() == last; }));
    EXPECT_THAT(late.title, HasSubstr("disconnected from the display"));
  }
  // The log has a thread of its own.
  EXPECT_TRUE(viewer.until([&] {
    return oriel.output().find("the desktop is gone; viewers keep its last picture") !=
           std::string::npos;
  })) << oriel.output();

  // Another size, another picture, the same name.
  server = std::make_unique<XServer>(xvfb(24, {400, 300}), number);
  server->run_client({"xsetroot", "-solid", "#4080c0"});
  EXPECT_TRUE(viewer.shows(server->display()));
  EXPECT_EQ(viewer.viewer->frame().size(), (Size{400, 300}));
  EXPECT_TRUE(viewer.until([&] { return viewer.title == "desk"; })) << viewer.title;
  EXPECT_EQ(oriel.health().at("status").as_string(), "ok");
  EXPECT_THAT(oriel.output(), HasSubstr("the desktop is there again"));
  // And what is drawn from then on.
  server->run_client({"xsetroot", "-mod", "3", "9"});
  EXPECT_TRUE(viewer.shows(server->display()));
  EXPECT_EQ(oriel.stop(), 0);
}

// A headless desktop whose every session paints another picture than the one before.
struct RestartedDesktop {
  RestartedDesktop() : count(folder.path() / "count") {}

  support::ServerOptions options() const {
    support::ServerOptions options;
    options.session = fmt::format(
        "echo $$ >> {0}; xsetroot -mod $((3 * $(wc -l < {0}))) 7; exec sleep 1000", count.string());
    options.more_arguments = {"--name", "desk"};
    return options;
  }
  // The processes that each session was, the last one last.
  std::vector<pid_t> sessions() const {
    std::istringstream lines(support::read_file(count));
    return {std::istream_iterator<pid_t>(lines), {}};
  }
  // As it is now; throws while there is none.
  static support::XDisplay display(const OrielServer& oriel) {
    const auto desktop = oriel.health().at("desktop");
    return {std::string(desktop.at("display").as_string()),
            std::string(desktop.at("xauthority").as_string())};
  }
  static void kill_server(const OrielServer& oriel) {
    const auto lock = fmt::format("/tmp/.X{}-lock", display(oriel).name.substr(1));
    kill(std::stoi(support::read_file(lock)), SIGKILL);
  }

  support::TemporaryFolder folder;
  std::filesystem::path count;
};

TEST(ServeHeadless, StartsItsDesktopAnewWhenTheXServerDiesAndViewersStay) {
  RestartedDesktop desktop;
  OrielServer oriel(desktop.options());
  Viewer viewer(oriel.vnc_port());
  const auto is_painted = [&] {
    return viewer.viewer->updates() > 0 &&
           viewer.viewer->frame() != Frame(viewer.viewer->frame().size());
  };
  ASSERT_TRUE(viewer.until(is_painted)) << "the first session";
  ASSERT_TRUE(viewer.shows(desktop.display(oriel)));
  for (std::size_t restarts = 1; restarts <= 3; ++restarts) {
    const Frame last = viewer.viewer->frame();
    desktop.kill_server(oriel);
    ASSERT_TRUE(viewer.until([&] {
      return viewer.title.starts_with("desk (disconnected from the display: ");
    })) << viewer.title;
    EXPECT_EQ(viewer.viewer->frame(), last);
    EXPECT_THROW(oriel.health(), std::runtime_error);  // 503
    ASSERT_TRUE(viewer.until([&] { return viewer.title == "desk"; })) << oriel.output();
    ASSERT_TRUE(viewer.until([&] { return desktop.sessions().size() == restarts + 1; }));
    ASSERT_TRUE(viewer.until([&] { return viewer.viewer->frame() != last && is_painted(); }));
    ASSERT_TRUE(viewer.shows(desktop.display(oriel)));
    EXPECT_NE(viewer.viewer->frame(), last) << "a session of its own";
    EXPECT_NE(kill(desktop.sessions()[restarts - 1], 0), 0) << "what was there before has ended";
  }
  // Not without end.
  const Frame last = viewer.viewer->frame();
  desktop.kill_server(oriel);
  EXPECT_TRUE(viewer.until([&] {
    return oriel.output().find("more than 3 times within 60 s") != std::string::npos;
  })) << oriel.output();
  EXPECT_THAT(viewer.title, HasSubstr("disconnected from the display"));
  EXPECT_EQ(viewer.viewer->frame(), last);
  EXPECT_EQ(oriel.stop(), 0);
  EXPECT_EQ(desktop.sessions().size(), 4u);
}

TEST(ServeHeadless, EndsInTimeWhileItsDesktopIsStartedAnew) {
  for (const auto wait : {0ms, 150ms, 300ms, 400ms}) {
    RestartedDesktop desktop;
    OrielServer oriel(desktop.options());
    ASSERT_TRUE(support::wait_until([&] { return !desktop.sessions().empty(); }));
    desktop.kill_server(oriel);
    std::this_thread::sleep_for(wait);
    EXPECT_EQ(oriel.stop(), 0) << wait.count();
    for (const pid_t session : desktop.sessions()) EXPECT_NE(kill(session, 0), 0) << wait.count();
  }
}

TEST(ServeX11, GoesOnWhileItsDisplayStandsStill) {
  XServer server(xvfb(24, {320, 200}));
  OrielServer oriel(serve(server));
  Viewer viewer(oriel.vnc_port());
  ASSERT_TRUE(viewer.shows(server.display()));
  const Frame last = viewer.viewer->frame();
  kill(server.process().pid(), SIGSTOP);
  // More than its socket could take.
  for (int i = 0; i < 20'000; ++i) {
    viewer.viewer->say(rfb::PointerEvent{static_cast<std::uint16_t>(i % 2), {i % 320, 9}});
    viewer.viewer->say(rfb::KeyEvent{i % 2 == 0, 'a'});
  }
  viewer.until([] { return false; }, 1s);
  const TimePoint start = Clock::now();
  EXPECT_EQ(oriel.health().at("status").as_string(), "ok");
  EXPECT_LT(Clock::now() - start, 2s);
  {
    Viewer other(oriel.vnc_port());
    EXPECT_TRUE(other.until([&] { return other.viewer->frame() == last; }));
  }
  kill(server.process().pid(), SIGCONT);
  server.run_client({"xsetroot", "-solid", "#4080c0"});
  EXPECT_TRUE(viewer.shows(server.display()));
}

TEST(ServeX11, EndsWithASentenceWhenItsDisplayHasStopped) {
  XServer server(xvfb(24));
  kill(server.process().pid(), SIGSTOP);
  support::ChildProcess oriel(
      {{support::oriel_program(), "serve", "--desktop", "x11:" + server.name(), "--vnc",
        "127.0.0.1:0", "--http", "127.0.0.1:0"},
       {}});
  ASSERT_TRUE(support::wait_until([&] { return oriel.exit_code().has_value(); }));
  EXPECT_EQ(*oriel.exit_code(), 2);
  EXPECT_THAT(oriel.output(), HasSubstr("does not answer within 5 s"));
  kill(server.process().pid(), SIGCONT);
}

TEST(ServeX11, EndsAtOnceWhenItIsInterruptedWhileItsDisplayDoesNotAnswer) {
  XServer server(xvfb(24));
  kill(server.process().pid(), SIGSTOP);
  support::ChildProcess oriel(
      {{support::oriel_program(), "serve", "--desktop", "x11:" + server.name(), "--vnc",
        "127.0.0.1:0", "--http", "127.0.0.1:0", "--log-level", "debug"},
       {}});
  std::this_thread::sleep_for(1s);
  EXPECT_FALSE(oriel.exit_code());
  EXPECT_EQ(oriel.stop(SIGTERM, 1500ms), 0);
  kill(server.process().pid(), SIGCONT);
}

TEST(ServeX11, TellsViewersTheMonitorsAndResizesWhenTheyAsk) {
  XServer server(xvfb(24, {800, 600}));
  OrielServer oriel(serve(server));
  Viewer viewer(oriel.vnc_port());
  ASSERT_TRUE(viewer.shows(server.display()));
  viewer.viewer->say(rfb::SetDesktopSize{{640, 400}, {{5, {0, 0, 640, 400}, 0}}});
  ASSERT_TRUE(viewer.until([&] { return viewer.viewer->frame().size() == Size{640, 400}; }));
  EXPECT_EQ(viewer.last_resize.reason, rfb::kResizedByThisClient);
  EXPECT_TRUE(viewer.shows(server.display()));
  const auto screens = [&] { return viewer.viewer->session().screens(); };
  EXPECT_EQ(screens().size(), 1u);

  server.run_client({"xrandr", "--setmonitor", "left", "240/80x400/160+0+0", "none"});
  server.run_client({"xrandr", "--setmonitor", "right", "400/120x400/160+240+0", "none"});
  EXPECT_TRUE(viewer.until([&] {
    const auto told = screens();
    return std::ranges::find(told, Rect{240, 0, 400, 400}, &rfb::ScreenLayout::rect) != told.end();
  }));
  viewer.viewer->say(rfb::SetDesktopSize{{800, 600}, {{5, {0, 0, 800, 600}, 0}}});
  EXPECT_TRUE(viewer.until([&] { return viewer.last_resize.result == rfb::kResizeProhibited; }));
  EXPECT_EQ(viewer.viewer->frame().size(), (Size{640, 400}));
}

TEST(ServeX11, ProhibitsAResizeWhereTheDisplayHasNoRandr) {
  XServer server(xvfb(24, {320, 200}, {"RANDR"}));
  OrielServer oriel(serve(server));
  Viewer viewer(oriel.vnc_port());
  ASSERT_TRUE(viewer.shows(server.display()));
  viewer.viewer->say(rfb::SetDesktopSize{{160, 100}, {{5, {0, 0, 160, 100}, 0}}});
  EXPECT_TRUE(viewer.until([&] { return viewer.last_resize.result == rfb::kResizeProhibited; }));
}

}  // namespace
}  // namespace oriel::desktop
