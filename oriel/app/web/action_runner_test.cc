#include "oriel/app/web/action_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <optional>

#include "oriel/app/web/limits.h"
#include "oriel/testing/fake_desktop.h"

namespace oriel::web {
namespace {

using ::testing::ElementsAre;
using testing::FakeDesktop;
using namespace std::chrono_literals;

struct Stage {
  std::shared_ptr<ActionRunner> runner(std::vector<agent::Action> actions) {
    return std::make_shared<ActionRunner>(
        io.get_executor(), ActionRunner::Site{pipeline, 7, [this] { return may_act; }},
        std::move(actions), [this](Status status) { outcome = std::move(status); });
  }
  Status perform(std::vector<agent::Action> actions) {
    outcome.reset();
    runner(std::move(actions))->start();
    io.restart();
    io.run_for(20s);
    return outcome.value_or(fail(ErrorCode::kTimeout, "it has not ended"));
  }

  // What the desktop got, without the flushes.
  std::vector<std::string> input() const {
    auto log = desktop.input_log;
    std::erase(log, "flush");
    return log;
  }

  boost::asio::io_context io{1};
  FakeDesktop desktop{{200, 100}};
  server::InputPipeline pipeline{desktop};
  bool may_act = true;
  std::optional<Status> outcome;
};

TEST(ActionRunner, PressesACombinationAndLetsGoInTheOtherOrder) {
  Stage stage;
  ASSERT_TRUE(stage.perform({agent::PressKeys{{'q', 'c'}}}));
  EXPECT_THAT(stage.input(), ElementsAre("down 113", "down 99", "up 99", "up 113"));
}

TEST(ActionRunner, PressesShiftForCapitalsWhereTheDesktopWantsIt) {
  Stage stage;
  ASSERT_TRUE(stage.perform({agent::TypeText{{'a', 'B'}}}));
  EXPECT_THAT(stage.input(), ElementsAre("down 97", "up 97", "down 66", "up 66"));
  stage.desktop.has_levels = false;
  stage.desktop.input_log.clear();
  ASSERT_TRUE(stage.perform({agent::TypeText{{'a', 'B'}}}));
  EXPECT_THAT(stage.input(),
              ElementsAre("down 97", "up 97", "down 65505", "down 66", "up 66", "up 65505"));
  stage.desktop.input_log.clear();
  ASSERT_TRUE(stage.perform({agent::PressKeys{{'!'}}, agent::PressKeys{{0xffe3, 'B'}}}));
  EXPECT_THAT(stage.input(), ElementsAre("down 65505", "down 33", "up 33", "up 65505", "down 65507",
                                         "down 66", "up 66", "up 65507"));
}

TEST(ActionRunner, TypesALongTextWhole) {
  Stage stage;
  const std::vector<std::uint32_t> text(3 * kKeysAtOnce, 'x');
  ASSERT_TRUE(stage.perform({agent::TypeText{text}}));
  const auto downs = std::ranges::count(stage.desktop.input_log, "down 120");
  EXPECT_EQ(downs, 3 * kKeysAtOnce);
}

TEST(ActionRunner, ClicksWhereItIsTold) {
  Stage stage;
  ASSERT_TRUE(stage.perform({agent::Click{{5, 6}, agent::Button::kRight, 2}}));
  EXPECT_THAT(stage.input(), ElementsAre("pointer 5,6 0", "pointer 5,6 4", "pointer 5,6 0",
                                         "pointer 5,6 4", "pointer 5,6 0"));
}

TEST(ActionRunner, DragsAlongItsPath) {
  Stage stage;
  ASSERT_TRUE(stage.perform({agent::Drag{{{1, 1}, {50, 60}}, agent::Button::kLeft}}));
  EXPECT_THAT(stage.input(),
              ElementsAre("pointer 1,1 0", "pointer 1,1 1", "pointer 50,60 1", "pointer 50,60 0"));
}

TEST(ActionRunner, ScrollsBySteps) {
  Stage stage;
  ASSERT_TRUE(stage.perform({agent::Scroll{{9, 9}, 1, -2}}));
  EXPECT_THAT(stage.input(),
              ElementsAre("pointer 9,9 0", "pointer 9,9 8", "pointer 9,9 0", "pointer 9,9 8",
                          "pointer 9,9 0", "pointer 9,9 64", "pointer 9,9 0"));
}

TEST(ActionRunner, StopsWhenAnotherHasControl) {
  Stage stage;
  stage.may_act = false;
  const auto status = stage.perform({agent::PressKeys{{'a'}}});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kRefused);
  EXPECT_THAT(stage.input(), ::testing::IsEmpty());
}

TEST(ActionRunner, StopsInTheMiddleOfAnActionWhenAnotherTakesControl) {
  Stage stage;
  auto runner = stage.runner({agent::TypeText{std::vector<std::uint32_t>(100'000, 'a')}});
  runner->start();  // until its first rest
  const auto before = stage.input().size();
  ASSERT_GT(before, 0u);
  stage.may_act = false;
  stage.pipeline.forget(7);
  stage.io.run_for(1s);
  ASSERT_TRUE(stage.outcome && !*stage.outcome);
  EXPECT_EQ(stage.outcome->error().code, ErrorCode::kRefused);
  EXPECT_EQ(std::ranges::count(stage.input(), "down 97"),
            std::ranges::count(stage.input(), "up 97"));
  EXPECT_LE(stage.input().size(), before + 1);
}

TEST(ActionRunner, SaysNothingWhenItIsCancelled) {
  Stage stage;
  auto runner = stage.runner({agent::Pause{10s}, agent::PressKeys{{'a'}}});
  runner->start();
  runner->cancel();
  stage.io.run_for(1s);
  EXPECT_FALSE(stage.outcome);
  EXPECT_EQ(std::ranges::count(stage.desktop.input_log, "down 97"), 0);
}

}  // namespace
}  // namespace oriel::web
