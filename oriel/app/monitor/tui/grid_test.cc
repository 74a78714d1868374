#include "oriel/app/monitor/tui/grid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "oriel/app/monitor/tui/cell_text.h"
#include "oriel/app/monitor/tui/figure_text.h"
#include "oriel/app/monitor/tui/graph.h"
#include "oriel/app/monitor/tui/limits.h"
#include "oriel/app/monitor/tui/series.h"

namespace oriel::monitor::tui {
namespace {

constexpr float kGap = std::numeric_limits<float>::quiet_NaN();

TEST(CellText, ReplacesControlBytesAndWhatIsNoUtf8) {
  EXPECT_EQ(safe_text("a\x1b[31m\n\t\x7f", 20), U"a?[31m???");
  EXPECT_EQ(safe_text("\xc2\x9b", 20), U"?") << "a control character of the second set";
  EXPECT_EQ(safe_text("\xff\xc3", 20), U"??");
  EXPECT_EQ(safe_text("\xc0\xaf", 20), U"??") << "an overlong slash";
  EXPECT_EQ(safe_text("\xed\xa0\x80", 20), U"?") << "half a surrogate pair";
}

TEST(CellText, LeavesOutWhatTakesNoCell) {
  EXPECT_EQ(safe_text("e\u0301\u200b\u202egpj", 20), U"egpj");
}

TEST(CellText, CountsWideCharactersAsTwoCells) {
  EXPECT_EQ(cells_of(U"日本x"), 5);
  EXPECT_EQ(safe_text("日本語", 5), U"日本…");
  EXPECT_EQ(safe_text("日本語", 4), U"日…");
  EXPECT_EQ(safe_text("日本語", 6), U"日本語");
  EXPECT_EQ(safe_text("abc", 2), U"a…");
  EXPECT_EQ(safe_text("abc", 0), U"");
}

TEST(Canvas, CutsWhatLiesOutsideItsArea) {
  Grid grid(6, 3);
  Canvas canvas(grid, {2, 1, 3, 1});
  canvas.put(0, 0, "abcdef");
  canvas.put(-1, 0, "-");
  canvas.put(0, 1, "below");
  canvas.set(3, 0, U'x');
  EXPECT_EQ(grid_text(grid), "\n  ab…\n\n");
}

TEST(Canvas, NeverSplitsAWideCharacter) {
  Grid grid(4, 1);
  Canvas canvas(grid);
  canvas.put(0, 0, "日本");
  EXPECT_EQ(grid_text(grid), "日本\n");
  canvas.set(1, 0, U'x');
  EXPECT_EQ(grid_text(grid), " x本\n");
  canvas.set(2, 0, U'y');
  EXPECT_EQ(grid_text(grid), " xy\n");
  canvas.set(3, 0, U'本');
  EXPECT_EQ(grid_text(grid), " xy\n") << "no room for its right half";
}

TEST(Grid, BecomesAsciiCellByCell) {
  Grid grid(8, 1);
  Canvas(grid).put(0, 0, "╭─日°↓█é");
  make_ascii(grid);
  EXPECT_EQ(grid_text(grid), "+-?  v#?\n");
}

std::string graph(std::vector<float> values, int width, int height, GraphLook look) {
  Grid grid(width, height);
  draw_graph(Canvas(grid), values, 100, look);
  return grid_text(grid);
}

TEST(Graph, HasTwoValuesInEachCellOfDots) {
  EXPECT_EQ(graph({0, 50, 100, 100}, 2, 1, {Glyphs::kBraille}), "⣠⣿\n");
  EXPECT_EQ(graph({100, 100}, 1, 2, {Glyphs::kBraille}), "⣿\n⣿\n");
}

TEST(Graph, KeepsTheLatestAtTheRight) {
  EXPECT_EQ(graph({100, 100, 0, 0}, 1, 1, {Glyphs::kBraille}), "⣀\n");
  EXPECT_EQ(graph({100}, 3, 1, {Glyphs::kBlocks}), "  █\n");
}

TEST(Graph, LeavesAGapWhereNothingIsKnown) {
  EXPECT_EQ(graph({100, kGap, 100}, 3, 1, {Glyphs::kBlocks}), "█ █\n");
}

TEST(Graph, HangsFromTheTop) {
  EXPECT_EQ(graph({25, 100}, 1, 2, {Glyphs::kBraille, Colour::kUpload, true}), "⢻\n⢸\n");
}

TEST(Graph, IsPlainInAscii) {
  EXPECT_EQ(graph({0, 40, 100}, 3, 2, {Glyphs::kAscii}), "  #\n###\n");
}

TEST(FigureText, IsShort) {
  EXPECT_EQ(size_text(0), "0B");
  EXPECT_EQ(size_text(1023), "1.0K");
  EXPECT_EQ(size_text(999), "999B");
  EXPECT_EQ(size_text(8.24 * 1024 * 1024 * 1024), "8.2G");
  EXPECT_EQ(size_text(252.0 * 1024 * 1024 * 1024), "252G");
  EXPECT_EQ(duration_text(90061), "1d 1h");
  EXPECT_EQ(duration_text(59.9), "59s");
  EXPECT_EQ(rate_text({}), "-");
}

TEST(FigureText, RoundsScalesUp) {
  EXPECT_EQ(scale_for(3, 1), 5);
  EXPECT_EQ(scale_for(0, 1000), 1024);
  EXPECT_EQ(scale_for(600, 0), 1024);
  EXPECT_EQ(scale_for(300, 0), 512);
}

TEST(Series, LeavesAGapForDocumentsWithoutTheFigure) {
  Series series;
  series.add(1, 5);
  series.add(4, 7);
  ASSERT_EQ(series.values().size(), 4u);
  EXPECT_TRUE(std::isnan(series.values()[1]));
  EXPECT_EQ(series.values()[3], 7);
}

TEST(Series, KeepsTheLastOnes) {
  Series series;
  for (std::uint64_t i = 1; i <= 3 * kSeriesSamples; ++i) series.add(i, static_cast<double>(i));
  EXPECT_EQ(series.values().size(), kSeriesSamples);
  EXPECT_EQ(series.values().back(), static_cast<float>(3 * kSeriesSamples));
  series.add(std::uint64_t{1} << 60, 1);
  EXPECT_EQ(series.values().size(), kSeriesSamples);
}

}  // namespace
}  // namespace oriel::monitor::tui
