#include "oriel/core/clipboard/history.h"

#include <gtest/gtest.h>

namespace oriel::clipboard {
namespace {

std::vector<std::string> texts(const std::vector<ClipboardHistory::Entry>& entries) {
  std::vector<std::string> texts;
  for (const auto& entry : entries) texts.push_back(entry.text);
  return texts;
}

TEST(ClipboardHistory, GivesTheNewestFirst) {
  ClipboardHistory history;
  for (const char* text : {"a", "b", "c"}) history.add(text, TimePoint{});
  EXPECT_EQ(texts(history.recent()), (std::vector<std::string>{"c", "b", "a"}));
  EXPECT_EQ(texts(history.recent(2)), (std::vector<std::string>{"c", "b"}));
  EXPECT_TRUE(history.recent(0).empty());
}

TEST(ClipboardHistory, DropsTheOldestWhenItIsFull) {
  ClipboardHistory history(2);
  for (const char* text : {"long ago", "bb", "cccc"}) history.add(text, TimePoint{});
  EXPECT_EQ(texts(history.recent()), (std::vector<std::string>{"cccc", "bb"}));
  EXPECT_EQ(history.stats(), (ClipboardHistory::Stats{2, 2, 6, 3}));
  history.clear();
  EXPECT_EQ(history.stats(), (ClipboardHistory::Stats{0, 2, 0, 0}));
}

TEST(ClipboardHistory, KeepsAHundredByDefaultAndNothingAtZero) {
  ClipboardHistory history, none(0);
  for (int i = 0; i < 101; ++i) history.add(std::to_string(i), TimePoint{});
  EXPECT_EQ(history.stats().entries, 100u);
  EXPECT_EQ(history.recent(1000).back().text, "1");
  none.add("x", TimePoint{});
  EXPECT_EQ(none.stats().entries, 0u);
}

}  // namespace
}  // namespace oriel::clipboard
