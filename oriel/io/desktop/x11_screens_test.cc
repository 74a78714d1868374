#include "oriel/io/desktop/x11_screens.h"

#include <gtest/gtest.h>

#include "oriel/io/desktop/limits.h"

namespace oriel::desktop {
namespace {

using image::Rect;

TEST(SeveralScreens, AreNoneForOneMonitorWhateverItCovers) {
  EXPECT_TRUE(several_screens({{7, {0, 0, 800, 600}}}, {800, 600}).empty());
  EXPECT_TRUE(several_screens({{7, {0, 0, 400, 600}}}, {800, 600}).empty());
  EXPECT_TRUE(several_screens({}, {800, 600}).empty());
}

TEST(SeveralScreens, AreCutToTheDesktop) {
  const auto screens =
      several_screens({{1, {0, 0, 800, 600}}, {2, {800, 0, 800, 600}}}, {1000, 600});
  EXPECT_EQ(screens, (std::vector<ScreenPart>{{1, {0, 0, 800, 600}}, {2, {800, 0, 200, 600}}}));
}

TEST(SeveralScreens, LeaveOutWhatLiesOutside) {
  EXPECT_TRUE(
      several_screens({{1, {0, 0, 800, 600}}, {2, {800, 0, 800, 600}}}, {800, 600}).empty());
}

TEST(SeveralScreens, CountMonitorsThatShowTheSameAsOne) {
  EXPECT_TRUE(several_screens({{1, {0, 0, 800, 600}}, {2, {0, 0, 800, 600}}}, {800, 600}).empty());
}

TEST(SeveralScreens, AreNoMoreThanAViewerCanBeTold) {
  std::vector<ScreenPart> monitors;
  for (int i = 0; i < 20; ++i)
    monitors.push_back({static_cast<std::uint32_t>(i), Rect{i * 10, 0, 10, 10}});
  EXPECT_EQ(several_screens(monitors, {200, 10}).size(), kMaxScreens);
}

}  // namespace
}  // namespace oriel::desktop
