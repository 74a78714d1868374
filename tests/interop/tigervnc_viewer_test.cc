// TigerVNC's viewer, in an X server of its own, against `oriel serve`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/interop/viewer_screen.h"
#include "tests/support/oriel_server.h"
#include "tests/support/wait_until.h"

namespace oriel::interop {

using namespace oriel::support;
namespace {

using ::testing::Optional;

constexpr const char* kTitle = "TigerVNC";

TEST(TigervncViewer, ShowsTheDesktopPixelByPixel) {
  OrielServer server({.session = painting_session()});
  ASSERT_TRUE(
      wait_until([&] { return distinct_colours(grab(server.display())) > kPaintedColours; }));
  ViewerScreen screen(1024, 700);
  screen.open(tigervnc_viewer(server.vnc_port()), kTitle);

  std::string last;
  EXPECT_TRUE(wait_until([&] {
    screen.move_pointer(512, 2);
    const Picture before = grab(server.display());
    const Picture shown = screen.picture();
    last = before == grab(server.display()) ? difference(before, shown) : "the desktop changes";
    return last.empty();
  })) << last
      << "\n"
      << screen.log() << server.output();
  EXPECT_THAT(server.stop(), Optional(0)) << server.output();
}

TEST(TigervncViewer, TypesTextThatArrivesExactly) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "typed";
  OrielServer server({.session = typing_session(file)});
  ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(file); })) << server.output();
  ViewerScreen screen(1024, 700);
  screen.open(tigervnc_viewer(server.vnc_port()), kTitle);
  screen.move_pointer(100, 100);
  ASSERT_TRUE(wait_until([&] { return grab(server.display()) == screen.picture(); }))
      << screen.log();

  const std::string text = "Hello, Oriel! (TigerVNC) {0123} <a@b.c> ~$%^&*\n";
  screen.move_pointer(200, 100);
  screen.type(text);
  EXPECT_TRUE(wait_until([&] { return read_file(file) == text; })) << read_file(file);
  EXPECT_THAT(server.stop(), Optional(0)) << server.output();
}

TEST(TigervncViewer, OpensWithThePasswordOnly) {
  OrielServer server({.session = painting_session(), .password = "sesame12"});
  ViewerScreen refused(1024, 700);
  refused.open(tigervnc_viewer(server.vnc_port(), "sesame13"), kTitle);
  EXPECT_TRUE(wait_until([&] { return refused.exit_code().has_value(); })) << refused.log();

  ViewerScreen accepted(1024, 700);
  accepted.open(tigervnc_viewer(server.vnc_port(), "sesame12"), kTitle);
  EXPECT_TRUE(wait_until([&] {
    accepted.move_pointer(512, 2);
    return distinct_colours(grab(server.display())) > kPaintedColours &&
           grab(server.display()) == accepted.picture();
  })) << accepted.log();
}

}  // namespace
}  // namespace oriel::interop
