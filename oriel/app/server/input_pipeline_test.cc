#include "oriel/app/server/input_pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oriel/testing/fake_desktop.h"

namespace oriel::server {
namespace {

using ::testing::ElementsAre;
using testing::FakeDesktop;

TEST(InputPipeline, PassesKeysAndPointerInOrder) {
  FakeDesktop desktop({100, 100});
  InputPipeline input(desktop);
  input.key(1, 'a', true);
  input.pointer(1, {3, 4}, 1);
  input.key(1, 'a', false);
  input.flush();
  EXPECT_THAT(desktop.input_log, ElementsAre("down 97", "pointer 3,4 1", "up 97", "flush"));
}

TEST(InputPipeline, ReleasesWhatAViewerHeldWhenItGoes) {
  FakeDesktop desktop({100, 100});
  InputPipeline input(desktop);
  input.key(1, 'a', true);
  input.pointer(1, {3, 4}, 5);
  input.key(2, 'a', true);
  desktop.input_log.clear();
  input.forget(1);  // the other one still holds the key
  EXPECT_THAT(desktop.input_log, ElementsAre("pointer 3,4 0", "flush"));
  desktop.input_log.clear();
  input.forget(2);
  EXPECT_THAT(desktop.input_log, ElementsAre("up 97", "flush"));
  input.forget(2);
  EXPECT_EQ(desktop.input_log.size(), 2u);
}

constexpr std::uint32_t kShift = 0xffe1, kControl = 0xffe3, kRightControl = 0xffe4, kAlt = 0xffe9;

TEST(InputPipeline, PressesAKeyUnderTheModifiersOfItsViewerAlone) {
  FakeDesktop desktop({100, 100});
  InputPipeline input(desktop);
  input.key(1, kControl, true);
  input.key(2, kAlt, true);
  desktop.input_log.clear();
  input.key(2, 'c', true);
  input.key(2, 'c', false);
  EXPECT_THAT(desktop.input_log, ElementsAre("up 65507", "down 99", "down 65507", "up 99"));
  desktop.input_log.clear();
  input.key(1, 'x', true);
  EXPECT_THAT(desktop.input_log, ElementsAre("up 65513", "down 120", "down 65513"));
}

TEST(InputPipeline, LeavesAModifierThatTheViewerHoldsItselfWhicheverKeyItIs) {
  FakeDesktop desktop({100, 100});
  InputPipeline input(desktop);
  input.key(1, kControl, true);
  input.key(2, kRightControl, true);
  input.key(1, kShift, true);
  desktop.input_log.clear();
  input.key(2, 'c', true);
  EXPECT_THAT(desktop.input_log, ElementsAre("up 65505", "down 99", "down 65505"));
}

TEST(InputPipeline, ClicksUnderTheModifiersOfItsViewerAlone) {
  FakeDesktop desktop({100, 100});
  InputPipeline input(desktop);
  input.key(1, kControl, true);
  desktop.input_log.clear();
  input.pointer(2, {5, 5}, 1);
  input.pointer(2, {6, 6}, 0);
  EXPECT_THAT(desktop.input_log,
              ElementsAre("up 65507", "pointer 5,5 1", "down 65507", "pointer 6,6 0"));
}

TEST(InputPipeline, KeepsADragFromTheMovesAndTheWheelOfOthers) {
  FakeDesktop desktop({100, 100});
  InputPipeline input(desktop);
  input.pointer(1, {5, 5}, 1);
  input.pointer(2, {50, 50}, 0);
  input.pointer(2, {50, 50}, 8);  // the wheel
  input.pointer(2, {50, 50}, 0);
  input.pointer(1, {7, 7}, 1);
  input.pointer(1, {7, 7}, 0);
  input.pointer(2, {60, 60}, 0);
  input.flush();
  EXPECT_THAT(desktop.input_log, ElementsAre("pointer 5,5 1", "pointer 7,7 1", "pointer 7,7 0",
                                             "pointer 60,60 0", "flush"));
}

TEST(InputPipeline, LetsGoOfWhatAViewerDragsWhenAnotherPresses) {
  FakeDesktop desktop({100, 100});
  InputPipeline input(desktop);
  input.pointer(1, {5, 5}, 1);
  input.pointer(2, {50, 50}, 4);
  input.pointer(1, {8, 8}, 1);  // still held, but it counts no longer
  input.pointer(2, {50, 50}, 0);
  input.pointer(1, {8, 8}, 0);
  input.pointer(1, {8, 8}, 1);
  EXPECT_THAT(desktop.input_log, ElementsAre("pointer 5,5 1", "pointer 5,5 0", "pointer 50,50 4",
                                             "pointer 50,50 0", "pointer 8,8 0", "pointer 8,8 1"));
}

TEST(InputPipeline, TakesABoundedNumberOfHeldKeys) {
  FakeDesktop desktop({100, 100});
  InputPipeline input(desktop);
  for (std::uint32_t keysym = 0; keysym < 1000; ++keysym) input.key(1, keysym, true);
  EXPECT_EQ(desktop.input_log.size(), 256u);
  input.key(1, 0, false);
  input.key(1, 2000, true);
  EXPECT_EQ(desktop.input_log.back(), "down 2000");
}

TEST(InputPipeline, ReachesEveryEdgeAndNothingOutside) {
  FakeDesktop desktop({100, 50});
  InputPipeline input(desktop);
  for (const auto& position : {image::Point{0, 0}, image::Point{99, 49}, {65535, 65535}}) {
    input.pointer(1, position, 0);
    input.flush();
  }
  EXPECT_THAT(desktop.input_log, ElementsAre("pointer 0,0 0", "flush", "pointer 99,49 0", "flush",
                                             "pointer 99,49 0", "flush"));
}

TEST(InputPipeline, KeepsOnlyTheLastOfManyMovesInABatch) {
  FakeDesktop desktop({100, 100});
  InputPipeline input(desktop);
  for (int x = 0; x < 50; ++x) input.pointer(1, {x, 7}, 0);
  input.flush();
  input.flush();
  EXPECT_THAT(desktop.input_log, ElementsAre("pointer 49,7 0", "flush", "flush"));
}

TEST(InputPipeline, LosesNoClickAndNoPlaceOfAClickAmongMoves) {
  FakeDesktop desktop({100, 100});
  InputPipeline input(desktop);
  input.pointer(1, {1, 1}, 0);
  input.pointer(1, {2, 2}, 0);
  input.pointer(1, {3, 3}, 1);  // pressed here
  input.pointer(1, {4, 4}, 1);
  input.pointer(1, {5, 5}, 1);
  input.pointer(1, {5, 5}, 0);  // released here
  input.pointer(1, {6, 6}, 8);  // the wheel
  input.pointer(1, {6, 6}, 0);
  input.pointer(1, {7, 7}, 0);
  input.flush();
  EXPECT_THAT(desktop.input_log,
              ElementsAre("pointer 2,2 0", "pointer 3,3 1", "pointer 5,5 1", "pointer 5,5 0",
                          "pointer 6,6 8", "pointer 6,6 0", "pointer 7,7 0", "flush"));
}

TEST(InputPipeline, MovesBeforeAKeyThatCameAfterTheMove) {
  FakeDesktop desktop({100, 100});
  InputPipeline input(desktop);
  input.pointer(1, {1, 1}, 0);
  input.key(1, 'a', true);
  input.pointer(1, {2, 2}, 0);
  input.key(1, 'a', false);
  input.flush();
  EXPECT_THAT(desktop.input_log,
              ElementsAre("pointer 1,1 0", "down 97", "pointer 2,2 0", "up 97", "flush"));
}

TEST(InputPipeline, ClicksWhereTheClickerIsAfterAnotherViewerMoved) {
  FakeDesktop desktop({100, 100});
  InputPipeline input(desktop);
  input.pointer(2, {40, 40}, 0);
  input.flush();
  input.pointer(1, {10, 10}, 0);
  input.flush();
  desktop.input_log.clear();
  input.pointer(2, {40, 40}, 1);
  input.pointer(2, {40, 40}, 0);
  input.flush();
  EXPECT_THAT(desktop.input_log, ElementsAre("pointer 40,40 1", "pointer 40,40 0", "flush"));
}

}  // namespace
}  // namespace oriel::server
