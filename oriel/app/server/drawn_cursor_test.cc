#include "oriel/app/server/drawn_cursor.h"

#include <gtest/gtest.h>

namespace oriel::server {
namespace {

using image::Rect;

// A cursor of one colour with its hotspot in the middle.
DesktopCursor square(int side, image::Point position) {
  const image::Size size{side, side};
  return {
      image::Cursor{size,
                    {side / 2, side / 2},
                    std::vector<std::uint32_t>(static_cast<std::size_t>(size.area()), 0xff0000ff)},
      position};
}

TEST(CursorOnScreen, CoversWhatOfTheCursorIsOnTheScreen) {
  auto cursor = square(10, {100, 50});
  CursorOnScreen on_screen(cursor);
  on_screen.screen_resized({200, 100});
  EXPECT_EQ(on_screen.placed().rect, (Rect{95, 45, 10, 10}));
  cursor.position = {0, 99};
  on_screen.pointer_moved();
  EXPECT_EQ(on_screen.placed().rect, (Rect{0, 94, 5, 6}));
}

TEST(CursorOnScreen, HasANewNumberForEveryShapeAndPlaceAndNoneForNothing) {
  auto cursor = square(10, {100, 50});
  CursorOnScreen on_screen(cursor);
  EXPECT_EQ(on_screen.placed().number, 0u) << "there is no screen yet";
  on_screen.screen_resized({200, 100});
  const auto first = on_screen.placed().number;
  on_screen.pointer_moved();
  EXPECT_EQ(on_screen.placed().number, first) << "it has not moved";
  on_screen.shape_changed();
  const auto second = on_screen.placed().number;
  EXPECT_GT(second, first);
  for (const image::Point beyond : {image::Point{-20, 50}, {100, 106}}) {
    cursor.position = beyond;
    on_screen.pointer_moved();
    EXPECT_EQ(on_screen.placed().number, 0u);
  }
  cursor.position = {100, 50};
  on_screen.pointer_moved();
  EXPECT_GT(on_screen.placed().number, second);
  cursor.shape = image::Cursor();
  on_screen.shape_changed();
  EXPECT_EQ(on_screen.placed().number, 0u);
}

TEST(CursorOnScreen, ComposesACopyAndLeavesTheScreenAlone) {
  const auto cursor = square(2, {4, 2});
  CursorOnScreen on_screen(cursor);
  image::Frame screen({8, 4}, 0x112233);
  on_screen.screen_resized(screen.size());
  const auto copy = on_screen.compose(screen.view(), {2, 1, 2, 2});
  EXPECT_EQ(copy.at(0, 0), 0x112233u);
  EXPECT_EQ(copy.at(1, 0), 0x0000ffu);
  EXPECT_EQ(screen, image::Frame({8, 4}, 0x112233));
}

TEST(DrawnCursor, MakesAViewerLackTheOldPlaceAndTheNew) {
  const screen::Screen screen({200, 100});
  const auto all = Rect::of(screen.size());
  screen::SentCells sent(screen.grid());
  DrawnCursor drawn;
  const auto shown = [&](const PlacedCursor& cursor) {
    drawn.show(cursor, all, sent);
    auto parts = sent.lacking(screen, image::Region(all));
    sent.mark_sent(screen, image::Region(all));
    return parts;
  };
  sent.mark_sent(screen, image::Region(all));
  EXPECT_TRUE(drawn.is_shown({}));
  EXPECT_EQ(shown({1, {10, 10, 5, 5}}), (std::vector<Rect>{{10, 10, 5, 5}}));
  EXPECT_TRUE(drawn.is_shown({1, {10, 10, 5, 5}}));
  EXPECT_FALSE(drawn.is_shown({}));
  EXPECT_EQ(shown({2, {50, 10, 5, 5}}), (std::vector<Rect>{{10, 10, 5, 5}, {50, 10, 5, 5}}));
  EXPECT_EQ(shown({}), (std::vector<Rect>{{50, 10, 5, 5}}));
}

TEST(DrawnCursor, ForgetsWhatASmallerScreenHasNoMore) {
  const screen::Screen small({30, 30}, 2);
  DrawnCursor drawn;
  screen::SentCells large(screen::Screen({200, 100}).grid());
  drawn.show({1, {25, 10, 40, 5}}, {0, 0, 200, 100}, large);
  screen::SentCells sent(small.grid());
  const auto all = Rect::of(small.size());
  sent.mark_sent(small, image::Region(all));
  drawn.show({}, all, sent);
  EXPECT_EQ(sent.lacking(small, image::Region(all)), (std::vector<Rect>{{25, 10, 5, 5}}));
}

}  // namespace
}  // namespace oriel::server
