#include "oriel/core/screen/screen.h"

#include <gtest/gtest.h>

#include <vector>

#include "oriel/testing/random_picture.h"

namespace oriel::screen {
namespace {

using image::Frame;
using image::Rect;
using image::Size;

CommitResult commit_all(Screen& screen, const Frame& frame) {
  Patch patch{Rect::of(frame.size()), frame.view()};
  return screen.commit({&patch, 1});
}

TEST(Screen, StartsBlackAtGenerationOne) {
  Screen screen({100, 70});
  EXPECT_EQ(screen.generation(), 1u);
  EXPECT_EQ(screen.history(0, 0).count, 0);
  EXPECT_EQ(*reinterpret_cast<const std::uint32_t*>(screen.view().row(69)), 0u);
}

TEST(Screen, AnUnchangedCommitIsNoGeneration) {
  auto picture = testing::make_picture(testing::PictureKind::kText, {200, 130}, 1);
  Screen screen({200, 130});
  commit_all(screen, picture);
  auto again = commit_all(screen, picture);
  EXPECT_EQ(again.changed_px, 0);
  EXPECT_EQ(again.generation, screen.generation());
  EXPECT_EQ(screen.generation(), 2u);
}

TEST(Screen, MarksExactlyThePixelsThatDiffer) {
  Frame frame({200, 130});
  Screen screen(frame.size());
  frame.at(63, 10) = 0xff;
  frame.at(64, 12) = 0xff;
  auto result = commit_all(screen, frame);
  EXPECT_EQ(result.changed_px, 2);
  EXPECT_EQ(screen.history(0, 0).changes[0].rect, (Rect{63, 10, 1, 1}));
  EXPECT_EQ(screen.history(1, 0).changes[0].rect, (Rect{64, 12, 1, 1}));
  EXPECT_EQ(screen.history(2, 0).count, 0);
}

TEST(Screen, IgnoresThePadByte) {
  Frame frame({70, 70}, 0xab000000);
  Screen screen(frame.size());
  EXPECT_EQ(commit_all(screen, frame).changed_px, 0);
  frame.at(3, 3) = 0xcd123456;
  EXPECT_EQ(commit_all(screen, frame).changed_px, 1);
  EXPECT_EQ(*reinterpret_cast<const std::uint32_t*>(screen.view().crop({3, 3, 1, 1}).data),
            0x123456u);
}

TEST(Screen, TwoPatchesOfOneCommitAreOneChangeOfACell) {
  Frame red({4, 4}, 0xff0000);
  Screen screen({64, 64});
  Patch patches[] = {{{0, 0, 4, 4}, red.view()}, {{20, 30, 4, 4}, red.view()}};
  screen.commit(patches);
  EXPECT_EQ(screen.history(0, 0).count, 1);
  EXPECT_EQ(screen.history(0, 0).changes[0].rect, Rect::between(0, 0, 24, 34));
}

TEST(Screen, ContentGenerationFollowsTheCellsOfARectangle) {
  Frame frame({200, 130});
  Screen screen(frame.size());
  frame.at(0, 0) = 1;
  commit_all(screen, frame);
  frame.at(199, 129) = 1;
  commit_all(screen, frame);
  EXPECT_EQ(screen.content_generation({0, 0, 64, 64}), 2u);
  EXPECT_EQ(screen.content_generation({0, 0, 200, 130}), 3u);
  EXPECT_EQ(screen.content_generation({64, 0, 64, 64}), 0u);
}

}  // namespace
}  // namespace oriel::screen
