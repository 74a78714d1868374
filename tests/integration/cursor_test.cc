// The mouse cursor of a real X server, from a program that sets it to the viewers that show it.
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <fstream>
#include <thread>

#include "oriel/core/rfb/constants.h"
#include "oriel/io/desktop/limits.h"
#include "oriel/io/net/tcp_stream.h"
#include "oriel/testing/viewer/test_viewer.h"
#include "tests/support/oriel_server.h"

namespace oriel {
namespace {

using image::Cursor;
using support::OrielServer;
using testing::TestViewer;
using namespace std::chrono_literals;

constexpr char kRestingSession[] = "exec sleep 1000";

// A cursor file (Xcursor(3)) of one picture: numbers of 32 bits, little endian.
void write_cursor_file(const Cursor& cursor, const std::filesystem::path& path) {
  constexpr std::uint32_t kImage = 0xfffd0002, kHeadBytes = 16, kEntryBytes = 12, kImageBytes = 36;
  const auto side = static_cast<std::uint32_t>(cursor.size.width);
  std::vector<std::uint32_t> words{0x72756358, kHeadBytes, 0x10000, 1};  // "Xcur", one entry
  words.insert(words.end(), {kImage, side, kHeadBytes + kEntryBytes});
  words.insert(words.end(),
               {kImageBytes, kImage, side, 1, side, static_cast<std::uint32_t>(cursor.size.height),
                static_cast<std::uint32_t>(cursor.hotspot.x),
                static_cast<std::uint32_t>(cursor.hotspot.y), 0});
  words.insert(words.end(), cursor.pixels.begin(), cursor.pixels.end());
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(words.data()),
             static_cast<std::streamsize>(4 * words.size()));
}

// A round spot with a soft edge.
Cursor spot(int side, std::uint32_t colour) {
  Cursor cursor{{side, side}, {side / 2, side / 3}, {}};
  for (int y = 0; y < side; ++y)
    for (int x = 0; x < side; ++x) {
      const int dx = 2 * x + 1 - side, dy = 2 * y + 1 - side;
      const int alpha = std::clamp(255 * (side * side - dx * dx - dy * dy) / (side * side), 0, 200);
      cursor.pixels.push_back(
          image::premultiplied_alpha(static_cast<std::uint32_t>(alpha) << 24 | colour));
    }
  return cursor;
}

// As a viewer without alpha sees it.
Cursor as_masked(const Cursor& cursor) {
  auto seen = cursor;
  const auto masked = image::masked(cursor);
  for (std::size_t i = 0; i < seen.pixels.size(); ++i)
    seen.pixels[i] = masked.is_there[i] ? 0xff000000 | masked.pixels[i] : 0;
  return seen;
}

struct Watcher {
  std::unique_ptr<TestViewer> viewer;
  std::vector<Cursor> shapes;
  std::vector<rfb::PointerMoved> moves;

  bool shows(const Cursor& cursor) const { return !shapes.empty() && shapes.back() == cursor; }
};

// Viewers on a loop of the test's own, of a server with a headless desktop.
struct Show {
  Watcher& watch(std::vector<std::int32_t> encodings) {
    watchers.push_back(std::make_unique<Watcher>());
    auto& watcher = *watchers.back();
    boost::asio::ip::tcp::socket socket(io);
    socket.connect(
        {boost::asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(server.vnc_port())});
    watcher.viewer = std::make_unique<TestViewer>(
        io.get_executor(), net::make_socket_stream(std::move(socket)),
        testing::TestViewerOptions{"", std::move(encodings), {}, true});
    watcher.viewer->on_event = [&watcher](const rfb::ClientEvent& event) {
      if (const auto* came = std::get_if<rfb::CursorCame>(&event))
        watcher.shapes.push_back(came->cursor);
      if (const auto* moved = std::get_if<rfb::PointerMoved>(&event))
        watcher.moves.push_back(*moved);
    };
    EXPECT_TRUE(run_until([&] { return watcher.viewer->updates() > 0; }));
    return watcher;
  }
  ~Show() {
    for (auto& watcher : watchers) watcher->viewer->close();
    run_until([this] {
      return std::ranges::all_of(watchers, [](auto& one) { return one->viewer->is_ended(); });
    });
  }
  bool run_until(const std::function<bool()>& is_true, Duration patience = 15s) {
    for (const auto end = Clock::now() + patience; !is_true();) {
      if (Clock::now() > end) return false;
      io.restart();
      io.run_one_for(10ms);
    }
    return true;
  }
  void run_program(std::vector<std::string> arguments) {
    support::run(
        {std::move(arguments),
         {{"DISPLAY", server.display().name}, {"XAUTHORITY", server.display().authority}}});
  }
  // Gives the desktop this cursor.
  void set(const Cursor& cursor) {
    const auto file = folder.path() / "cursor";
    write_cursor_file(cursor, file);
    run_program({"xsetroot", "-xcf", file, std::to_string(cursor.size.width)});
  }

  support::TemporaryFolder folder;
  OrielServer server{{.session = kRestingSession, .cursor = "auto"}};
  boost::asio::io_context io{1};
  std::vector<std::unique_ptr<Watcher>> watchers;
};

TEST(Cursor, OfAProgramIsShownExactlyByViewersOfEveryKind) {
  Show show;
  auto& alpha = show.watch({16, rfb::kPseudoCursor, rfb::kPseudoCursorWithAlpha});
  auto& vmware = show.watch({16, rfb::kPseudoCursor, rfb::kPseudoVmwareCursor});
  auto& masked = show.watch({16, rfb::kPseudoXCursor, rfb::kPseudoCursor});
  auto& two_coloured = show.watch({16, rfb::kPseudoXCursor});
  auto& without = show.watch({16});
  for (const auto& cursor : {spot(24, 0xff8000), spot(65, 0x1020f0), spot(9, 0xffffff)}) {
    show.set(cursor);
    EXPECT_TRUE(show.run_until([&] {
      return alpha.shows(cursor) && vmware.shows(cursor) && masked.shows(as_masked(cursor)) &&
             !two_coloured.shapes.empty() && two_coloured.shapes.back().hotspot == cursor.hotspot;
    })) << cursor.size.width;
  }
  // Programs hide the cursor by one of nothing.
  show.set({{8, 8}, {0, 0}, std::vector<std::uint32_t>(64, 0)});
  EXPECT_TRUE(show.run_until([&] {
    return alpha.shows({}) && vmware.shows({}) && masked.shows({}) && two_coloured.shows({});
  }));
  auto& late = show.watch({16, rfb::kPseudoCursorWithAlpha});
  EXPECT_TRUE(show.run_until([&] { return late.shows({}); }));
  EXPECT_TRUE(without.shapes.empty());
}

// What a viewer without cursors must show: the X server's pixels and `cursor` over them.
image::Frame drawn_over(const support::XDisplay& display, const Cursor& cursor,
                        image::Point position) {
  const auto picture = support::grab(display);
  image::Frame frame({picture.width, picture.height});
  for (int y = 0; y < picture.height; ++y)
    for (int x = 0; x < picture.width; ++x)
      frame.at(x, y) = picture.pixels[static_cast<std::size_t>(y) * picture.width + x];
  image::draw(cursor, {position.x - cursor.hotspot.x, position.y - cursor.hotspot.y},
              frame.mutable_view());
  return frame;
}

TEST(Cursor, IsDrawnIntoThePixelsOfViewersThatKnowNone) {
  Show show;
  show.run_program({"xsetroot", "-mod", "5", "7", "-bg", "#336699", "-fg", "#cc9933"});
  auto& one = show.watch({16});
  auto& two = show.watch({5});
  auto& knows = show.watch({16, rfb::kPseudoCursorWithAlpha});
  const auto all_show = [&](const Cursor& cursor, image::Point position) {
    const auto clean = drawn_over(show.server.display(), {}, position);
    const auto seen = drawn_over(show.server.display(), cursor, position);
    EXPECT_NE(seen, clean);
    return show.run_until([&] {
      return one.viewer->frame() == seen && two.viewer->frame() == seen &&
             knows.viewer->frame() == clean;
    });
  };
  const auto first = spot(24, 0xff8000), second = spot(65, 0x1020f0);
  show.set(first);
  // By a viewer, by a program, and over the edges of the screen.
  for (const image::Point position : {image::Point{200, 100}, {207, 101}, {0, 0}, {1023, 699}}) {
    one.viewer->say(rfb::PointerEvent{0, position});
    EXPECT_TRUE(all_show(first, position)) << position.x;
  }
  show.run_program({"xdotool", "mousemove", "500", "300"});
  EXPECT_TRUE(all_show(first, {500, 300}));
  show.set(second);
  EXPECT_TRUE(all_show(second, {500, 300}));
  show.run_program({"xsetroot", "-solid", "#204060"});
  EXPECT_TRUE(all_show(second, {500, 300}));
  one.viewer->say(rfb::SetEncodings{{16, rfb::kPseudoCursorWithAlpha}});
  EXPECT_TRUE(show.run_until(
      [&] { return one.shows(second) && one.viewer->frame() == knows.viewer->frame(); }));
}

TEST(Cursor, LargerThanViewersTakeIsCutAroundItsHotspot) {
  Show show;
  auto& viewer = show.watch({16, rfb::kPseudoCursorWithAlpha});
  const auto large = spot(300, 0x40c040);
  show.set(large);
  const auto cut = image::normalized(large, 256);
  EXPECT_TRUE(show.run_until([&] { return viewer.shows(cut); }));
  EXPECT_EQ(cut.size, (image::Size{256, 256}));
}

TEST(Cursor, ThatAProgramMovesIsFollowedByViewersThatCan) {
  Show show;
  auto& one = show.watch({16, rfb::kPseudoPointerPos});
  auto& two = show.watch({16, rfb::kPseudoVmwareCursorPosition});
  auto& mover = show.watch({16, rfb::kPseudoPointerPos});
  mover.viewer->say(rfb::PointerEvent{0, {200, 100}});
  const auto was_told = [](const Watcher& watcher, image::Point position, std::int32_t encoding) {
    return std::ranges::find(watcher.moves, rfb::PointerMoved{position, encoding}) !=
           watcher.moves.end();
  };
  EXPECT_TRUE(show.run_until([&] { return was_told(one, {200, 100}, rfb::kPseudoPointerPos); }));
  // The program answers the motion late, and draws nothing.
  show.run_program({"xdotool", "mousemove", "31", "41"});
  EXPECT_TRUE(show.run_until([&] {
    return was_told(one, {31, 41}, rfb::kPseudoPointerPos) &&
           was_told(mover, {31, 41}, rfb::kPseudoPointerPos) &&
           was_told(two, {31, 41}, rfb::kPseudoVmwareCursorPosition);
  }));
  EXPECT_FALSE(was_told(two, {200, 100}, rfb::kPseudoVmwareCursorPosition));
  EXPECT_FALSE(was_told(mover, {200, 100}, rfb::kPseudoPointerPos));
  // Back to where our input had put it last: that is a motion again.
  mover.viewer->say(rfb::PointerEvent{0, {200, 100}});
  EXPECT_TRUE(show.run_until([&] {
    return support::run({{"xdotool", "getmouselocation"},
                         {{"DISPLAY", show.server.display().name},
                          {"XAUTHORITY", show.server.display().authority}}})
        .starts_with("x:200 y:100 ");
  }));
}

// How often the network thread of the server has gone to sleep.
int sleeps(pid_t pid) {
  std::ifstream status(fmt::format("/proc/{0}/task/{0}/status", pid));
  const std::string name = "voluntary_ctxt_switches:";
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(name)) return std::stoi(line.substr(name.size()));
  return -1;
}

TEST(Cursor, ThatAProgramMovesOnADesktopAtRestIsNoticed) {
  Show show;
  auto& viewer = show.watch({16, rfb::kPseudoPointerPos});
  ASSERT_TRUE(show.run_until([&] { return !viewer.moves.empty(); }));
  for (const image::Point position : {image::Point{31, 41}, {300, 200}}) {
    // The looks after the last sign of life are over.
    show.run_until([] { return false; },
                   2 * desktop::kPointerLooks * desktop::kPointerLookInterval);
    show.run_program(
        {"xdotool", "mousemove", std::to_string(position.x), std::to_string(position.y)});
    EXPECT_TRUE(show.run_until([&] {
      return viewer.moves.back() == rfb::PointerMoved{position, rfb::kPseudoPointerPos};
    })) << position.x;
  }
}

TEST(Cursor, ThatRestsCostsNextToNothing) {
  Show show;
  auto& viewer = show.watch(
      {16, rfb::kPseudoCursor, rfb::kPseudoPointerPos, rfb::kPseudoVmwareCursorPosition});
  ASSERT_TRUE(show.run_until([&] { return !viewer.shapes.empty() && !viewer.moves.empty(); }));
  const auto pid = show.server.process().pid();
  // The looks after the last sign of life come to their end.
  int before = -1;
  ASSERT_TRUE(show.run_until([&] {
    before = sleeps(pid);
    show.run_until([] { return false; }, 300ms);
    return sleeps(pid) == before;
  }));
  const auto bytes = viewer.viewer->bytes_in();
  show.run_until([] { return false; }, 2s);
  EXPECT_LE(sleeps(pid) - before, 6);  // two looks at the pointer
  EXPECT_EQ(viewer.viewer->bytes_in(), bytes);
}

}  // namespace
}  // namespace oriel
