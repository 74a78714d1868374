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
  input.pointer(2, {9, 9}, 1);
  desktop.input_log.clear();
  input.forget(1);  // the other one still holds the key and a button
  EXPECT_THAT(desktop.input_log, ElementsAre("pointer 9,9 1", "flush"));
  desktop.input_log.clear();
  input.forget(2);
  EXPECT_THAT(desktop.input_log, ElementsAre("up 97", "pointer 9,9 0", "flush"));
  input.forget(2);
  EXPECT_EQ(desktop.input_log.size(), 3u);
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
