#include "oriel/core/image/cursor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "oriel/core/image/frame.h"

namespace oriel::image {
namespace {

using ::testing::ElementsAre;

Cursor numbered(Size size, Point hotspot) {
  Cursor cursor{size, hotspot, {}};
  for (int i = 0; i < size.area(); ++i)
    cursor.pixels.push_back(0xff000000u + static_cast<std::uint32_t>(i));
  return cursor;
}

TEST(Cursor, StaysAsItIsWhenItIsSmallEnough) {
  const auto cursor = numbered({5, 3}, {4, 2});
  EXPECT_EQ(normalized(cursor, 5), cursor);
}

TEST(Cursor, IsCutAroundItsHotspot) {
  const auto left = normalized(numbered({10, 2}, {1, 1}), 4);
  EXPECT_EQ(left.size, (Size{4, 2}));
  EXPECT_EQ(left.hotspot, (Point{1, 1}));
  EXPECT_EQ(left.pixels[4], 0xff00000au);
  const auto middle = normalized(numbered({10, 1}, {5, 0}), 4);
  EXPECT_EQ(middle.hotspot, (Point{2, 0}));
  EXPECT_THAT(middle.pixels, ElementsAre(0xff000003u, 0xff000004u, 0xff000005u, 0xff000006u));
  const auto right = normalized(numbered({10, 1}, {9, 0}), 4);
  EXPECT_EQ(right.hotspot, (Point{3, 0}));
  EXPECT_EQ(right.pixels.back(), 0xff000009u);
}

TEST(Cursor, HasItsHotspotInside) {
  EXPECT_EQ(normalized(numbered({3, 3}, {-1, 7}), 8).hotspot, (Point{0, 2}));
}

TEST(Cursor, IsEmptyWhenNothingOfItIsToBeSeen) {
  EXPECT_EQ(normalized({{1, 1}, {0, 0}, {0x00ffffff}}, 8), Cursor{});
  EXPECT_EQ(normalized({{0, 4}, {0, 0}, {}}, 8), Cursor{});
}

TEST(Cursor, HasNoColourAboveItsAlpha) {
  EXPECT_THAT(normalized({{1, 1}, {0, 0}, {0x40ff2080}}, 8).pixels, ElementsAre(0x40402040u));
}

TEST(Cursor, GoesFromPremultipliedToStraightAndBack) {
  EXPECT_EQ(straight_alpha(0x80804000), 0x80ff8000u);
  EXPECT_EQ(straight_alpha(0x00000000), 0u);
  for (std::uint32_t alpha = 0; alpha < 256; ++alpha)
    for (std::uint32_t channel = 0; channel <= alpha; ++channel) {
      const auto pixel = alpha << 24 | channel << 8;
      ASSERT_EQ(premultiplied_alpha(straight_alpha(pixel)), pixel);
    }
}

TEST(DrawnCursor, CoversBlendsAndSpares) {
  Frame frame({3, 1}, 0xff6480c8);
  draw({{3, 1}, {0, 0}, {0xff010203, 0x80400080, 0}}, {0, 0}, frame.mutable_view());
  EXPECT_EQ(frame.at(0, 0), 0x010203u);
  // 64 + 100 * 127 / 255 = 113.8; 0 + 128 * 127 / 255 = 63.7; 128 + 200 * 127 / 255 = 227.6
  EXPECT_EQ(frame.at(1, 0), 0x7240e4u);
  EXPECT_EQ(frame.at(2, 0), 0x6480c8u);
}

TEST(DrawnCursor, KeepsWhiteUnderEveryWhiteAlpha) {
  for (std::uint32_t alpha = 0; alpha < 256; ++alpha) {
    Frame frame({1, 1}, 0xffffff);
    draw({{1, 1}, {0, 0}, {alpha * 0x01010101}}, {0, 0}, frame.mutable_view());
    EXPECT_EQ(frame.at(0, 0), 0xffffffu) << alpha;
  }
}

TEST(DrawnCursor, LosesWhatLiesOutsideOfTheFrame) {
  const Cursor cursor{{2, 2}, {0, 0}, {0xff000001, 0xff000002, 0xff000003, 0xff000004}};
  const auto drawn_at = [&](Point origin) {
    Frame frame({2, 2}, 0xaaaaaa);
    draw(cursor, origin, frame.mutable_view());
    return std::array{frame.at(0, 0), frame.at(1, 0), frame.at(0, 1), frame.at(1, 1)};
  };
  EXPECT_THAT(drawn_at({-1, -1}), ElementsAre(4u, 0xaaaaaau, 0xaaaaaau, 0xaaaaaau));
  EXPECT_THAT(drawn_at({0, -1}), ElementsAre(3u, 4u, 0xaaaaaau, 0xaaaaaau));
  EXPECT_THAT(drawn_at({1, 1}), ElementsAre(0xaaaaaau, 0xaaaaaau, 0xaaaaaau, 1u));
  Frame frame({2, 2}, 0xaaaaaa);
  for (const Point origin : {Point{-2, 0}, {0, -2}, {2, 0}, {0, 2}, {-900, 900}})
    draw(cursor, origin, frame.mutable_view());
  EXPECT_EQ(frame, Frame({2, 2}, 0xaaaaaa));
}

TEST(MaskedCursor, LosesASoftShadowAndKeepsTheEdge) {
  const auto cursor = masked({{4, 1}, {0, 0}, {0xffffffff, 0x80800000, 0x7f000000, 0}});
  EXPECT_THAT(cursor.is_there, ElementsAre(true, true, false, false));
  EXPECT_THAT(cursor.pixels, ElementsAre(0xffffffu, 0xff0000u, 0u, 0u));
}

TEST(MaskedCursor, StaysWhenAllOfItIsTranslucent) {
  const auto cursor = masked({{3, 1}, {0, 0}, {0x40404040, 0x20000020, 0x10000000}});
  EXPECT_THAT(cursor.is_there, ElementsAre(true, true, false));
}

TEST(TwoColourCursor, IsExactWithTwoColours) {
  const auto two = two_coloured({{0x112233, 0x445566, 0x112233, 0}, {true, true, true, false}});
  EXPECT_EQ(two.primary, 0x112233u);
  EXPECT_EQ(two.secondary, 0x445566u);
  EXPECT_EQ(std::vector<bool>(two.is_primary.begin(), two.is_primary.begin() + 3),
            (std::vector<bool>{true, false, true}));
}

TEST(TwoColourCursor, IsExactWithOneColour) {
  const auto two = two_coloured({{0x112233, 0}, {true, false}});
  EXPECT_EQ(two.primary, 0x112233u);
  EXPECT_TRUE(two.is_primary[0]);
}

TEST(TwoColourCursor, TakesTheMiddleOfWhatIsAlike) {
  const auto two =
      two_coloured({{0x000000, 0x020202, 0xfdfdfd, 0xffffff}, {true, true, true, true}});
  EXPECT_EQ(two.primary, 0x010101u);
  EXPECT_EQ(two.secondary, 0xfefefeu);
  EXPECT_THAT(two.is_primary, ElementsAre(true, true, false, false));
}

TEST(TwoColourCursor, OfNothingHasNoPixels) {
  EXPECT_THAT(two_coloured({{0, 0}, {false, false}}).is_primary, ElementsAre(false, false));
}

}  // namespace
}  // namespace oriel::image
