#include "oriel/io/programs/program.h"

#include <gtest/gtest.h>

namespace oriel::programs {
namespace {

using namespace std::chrono_literals;

TimePoint in(Duration duration) { return Clock::now() + duration; }

TEST(Program, IsAFilterForMoreThanAPipeHolds) {
  Bytes input(5'000'000);
  for (std::size_t i = 0; i < input.size(); ++i) input[i] = static_cast<std::uint8_t>(i * 7);
  const auto end = run_program({"cat"}, input, in(20s));
  ASSERT_TRUE(end) << end.error().message;
  EXPECT_EQ(end->output, input);
  EXPECT_EQ(end->exit_code, 0);
}

TEST(Program, GivesItsExitCodeAndWhatItComplainedOf) {
  const auto end = run_program({"sh", "-c", "echo oh >&2; exit 3"}, {}, in(20s));
  ASSERT_TRUE(end);
  EXPECT_EQ(end->exit_code, 3);
  EXPECT_EQ(end->complaint, "oh\n");
  EXPECT_EQ(run_program({"sh", "-c", "kill -9 $$"}, {}, in(20s))->exit_code, 137);
}

TEST(Program, IsKilledWhenItsTimeIsOver) {
  const auto begin = Clock::now();
  const auto end = run_program({"sleep", "30"}, {}, in(30ms));
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, ErrorCode::kTimeout);
  EXPECT_LT(Clock::now() - begin, 5s);
}

TEST(Program, MayEndBeforeItHasReadAll) {
  const auto end = run_program({"head", "-c", "3"}, Bytes(3'000'000, 'x'), in(20s));
  ASSERT_TRUE(end);
  EXPECT_EQ(as_text(end->output), "xxx");
}

TEST(Program, IsNotThere) {
  const auto end = run_program({"oriel-no-such-program"}, {}, in(1s));
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(end.error().message, "cannot run oriel-no-such-program: No such file or directory");
}

}  // namespace
}  // namespace oriel::programs
