#include "oriel/app/observe/log_tail.h"

#include <gtest/gtest.h>

namespace oriel::observe {
namespace {

TEST(LogTail, KeepsTheLastLinesAndPassesAllOn) {
  int passed = 0;
  const auto tail = std::make_shared<LogTail>(
      make_callback_sink(LogLevel::kInfo, LogFormat::kText, [&](const std::string&) { ++passed; }));
  const Logger logger(tail);
  const int lines = static_cast<int>(kTailLines) + 5;
  for (int i = 0; i < lines; ++i) logger.info(std::to_string(i));
  logger.debug("not on");
  EXPECT_EQ(passed, lines);
  EXPECT_EQ(tail->count(), static_cast<std::uint64_t>(lines));
  EXPECT_EQ(tail->since(0).size(), kTailLines);
  EXPECT_EQ(tail->since(0).front().message, "5");
  const auto last = tail->since(static_cast<std::uint64_t>(lines) - 2);
  ASSERT_EQ(last.size(), 2u);
  EXPECT_EQ(last[1].message, std::to_string(lines - 1));
  EXPECT_TRUE(tail->since(static_cast<std::uint64_t>(lines)).empty());
  EXPECT_TRUE(tail->since(static_cast<std::uint64_t>(lines) + 9).empty());
}

}  // namespace
}  // namespace oriel::observe
