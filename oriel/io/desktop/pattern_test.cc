#include "oriel/io/desktop/pattern.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <cstring>

namespace oriel::desktop {
namespace {

using image::Frame;
using image::Point;
using image::Rect;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct CountingListener : DesktopListener {
  void desktop_damaged() override { ++damaged; }
  void desktop_resized(image::Size) override { ++resized; }
  void desktop_lost(const Error&) override { ++lost; }
  int damaged = 0, resized = 0, lost = 0;
};

// Copies what a capture of `rects` gives into `frame`.
void capture_into(Desktop& desktop, std::span<const Rect> rects, Frame& frame) {
  int calls = 0;
  desktop.capture(rects, [&](std::span<const screen::Patch> patches) {
    ++calls;
    for (const auto& patch : patches) {
      ASSERT_EQ(patch.pixels.size(), patch.rect.size());
      for (int y = 0; y < patch.rect.height; ++y) {
        std::memcpy(&frame.at(patch.rect.x, patch.rect.y + y), patch.pixels.row(y),
                    std::size_t{4} * patch.rect.width);
      }
    }
  });
  EXPECT_EQ(calls, 1);
}

TEST(PatternDesktop, LooksTheSameEveryTimeAndHasNothingInThePadByte) {
  boost::asio::io_context io;
  PatternDesktop one(io, {333, 207}), other(io, {333, 207});
  EXPECT_EQ(one.frame(), other.frame());
  for (int x = 0; x < 333; ++x) EXPECT_EQ(one.frame().at(x, x * 207 / 333) >> 24, 0u);
}

TEST(PatternDesktop, SaysOnceThatThereIsDamageUntilItIsTaken) {
  boost::asio::io_context io;
  CountingListener listener;
  PatternDesktop desktop(io, {100, 80});
  desktop.start(listener);
  EXPECT_EQ(listener.damaged, 0) << "only from the loop";
  io.poll();
  io.restart();
  EXPECT_EQ(listener.damaged, 1);
  desktop.paint({0, 0, 5, 5}, 0x123456);
  EXPECT_EQ(io.poll(), 0u);
  EXPECT_THAT(desktop.take_damage(), ElementsAre(Rect{0, 0, 100, 80}));
  io.restart();
  desktop.paint({90, 70, 50, 50}, 0x123456);
  io.poll();
  EXPECT_EQ(listener.damaged, 2);
  EXPECT_THAT(desktop.take_damage(), ElementsAre(Rect{90, 70, 10, 10}));
}

TEST(PatternDesktop, IsIdleWhenNothingHappens) {
  boost::asio::io_context io;
  CountingListener listener;
  PatternDesktop desktop(io, {100, 80});
  desktop.start(listener);
  io.poll();
  desktop.take_damage();
  desktop.input().pointer({10, 10}, 0);
  desktop.take_damage();
  io.restart();
  io.poll();
  desktop.input().pointer({10, 10}, 0);
  desktop.paint({200, 200, 5, 5}, 1);
  io.restart();
  EXPECT_EQ(io.poll(), 0u);
  EXPECT_THAT(desktop.take_damage(), IsEmpty());
}

TEST(PatternDesktop, FillsTheNextCellForEachKeyThatIsPressed) {
  boost::asio::io_context io;
  PatternDesktop desktop(io, {320, 200});
  desktop.take_damage();
  desktop.input().key(0x61, true);
  EXPECT_THAT(desktop.take_damage(), ElementsAre(Rect{0, 0, 80, 24}));
  desktop.input().key(0x62, true);
  EXPECT_THAT(desktop.take_damage(), ElementsAre(Rect{80, 0, 80, 24}));
  EXPECT_EQ(desktop.frame().at(1, 1), pattern_key_colour(0x61));
  EXPECT_EQ(desktop.frame().at(81, 1), pattern_key_colour(0x62));
  desktop.input().key(0x62, false);
  EXPECT_THAT(desktop.take_damage(), ElementsAre(Rect{80, 22, 80, 2}));
}

TEST(PatternDesktop, WritesTheKeysymInHexIntoTheCell) {
  boost::asio::io_context io;
  PatternDesktop a(io, {320, 200}), b(io, {320, 200});
  a.input().key(0xff0d, true);
  b.input().key(0xff0d, true);
  EXPECT_EQ(a.frame(), b.frame());
  // The digit 0 is an O of 2 px dots at 8, 7: its middle is open.
  const std::uint32_t ground = pattern_key_colour(0xff0d);
  EXPECT_NE(a.frame().at(8, 7), ground);
  EXPECT_EQ(a.frame().at(10, 9), ground);
}

TEST(PatternDesktop, MovesThePointersMarkAndLeavesNoTrace) {
  boost::asio::io_context io;
  PatternDesktop desktop(io, {320, 200});
  const Frame before = desktop.frame();
  desktop.input().pointer({100, 100}, 0);
  desktop.take_damage();
  desktop.input().pointer({10'000, -5}, 0);
  EXPECT_THAT(desktop.take_damage(), ElementsAre(Rect{91, 91, 19, 19}, Rect{310, 0, 10, 10}));
  Frame after = desktop.frame();
  for (int y = 0; y < 10; ++y) {
    for (int x = 310; x < 320; ++x) after.at(x, y) = before.at(x, y);
  }
  EXPECT_EQ(after, before);
}

TEST(PatternDesktop, ShowsWhichButtonsAreDown) {
  boost::asio::io_context io;
  PatternDesktop desktop(io, {320, 200});
  desktop.input().pointer({100, 100}, 0b1000'0001);
  EXPECT_EQ(desktop.frame().at(92, 107), 0xff0000u);
  EXPECT_NE(desktop.frame().at(94, 107), 0xff0000u);
  EXPECT_EQ(desktop.frame().at(106, 107), 0xff0000u);
}

TEST(PatternDesktop, PaintsUnderThePointer) {
  boost::asio::io_context io;
  PatternDesktop desktop(io, {320, 200});
  desktop.input().pointer({100, 100}, 0);
  desktop.paint({0, 0, 320, 200}, 0x00ff00);
  EXPECT_EQ(desktop.frame().at(100, 100), 0u);
  desktop.input().pointer({10, 10}, 0);
  EXPECT_EQ(desktop.frame().at(100, 100), 0x00ff00u);
}

TEST(PatternDesktop, GivesByDamageAndCaptureExactlyWhatIsShown) {
  boost::asio::io_context io;
  PatternDesktop desktop(io, {320, 200});
  Frame seen({320, 200});
  for (int step = 0; step < 300; ++step) {
    desktop.input().key(0x20 + step % 90, step % 3 != 0);
    desktop.input().pointer({step * 37 % 340, step * 23 % 210}, static_cast<std::uint8_t>(step));
    if (step % 5 == 0)
      desktop.paint({step, step / 2, 30, 20}, static_cast<std::uint32_t>(step) << 8);
    if (step % 7 != 0) continue;
    capture_into(desktop, desktop.take_damage(), seen);
    ASSERT_EQ(seen, desktop.frame()) << step;
  }
}

}  // namespace
}  // namespace oriel::desktop
