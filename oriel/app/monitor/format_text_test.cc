#include "oriel/app/monitor/format_text.h"

#include <gtest/gtest.h>

namespace oriel::monitor {
namespace {

constexpr double kGibibyte = 1073741824.0;

std::size_t full_cells(double percent) {
  const auto cells = bar(percent);
  std::size_t count = 0;
  for (std::size_t at = 0; (at = cells.find("█", at)) != cells.npos; ++at) ++count;
  return count;
}

TEST(Bar, HasTwentyCells) {
  EXPECT_EQ(bar(45.2), "█████████▒▒▒▒▒▒▒▒▒▒▒");
  EXPECT_EQ(full_cells(0), 0u);
  EXPECT_EQ(full_cells(2.4), 0u);
  EXPECT_EQ(full_cells(2.5), 1u);
  EXPECT_EQ(full_cells(100), 20u);
  EXPECT_EQ(full_cells(700), 20u);
  EXPECT_EQ(bar(std::nullopt), bar(0));
}

TEST(Percent, RoundsHalvesUpInTheShortForm) {
  EXPECT_EQ(whole_percent_text(28.5), "29%");
  EXPECT_EQ(whole_percent_text(2.4), " 2%");
  EXPECT_EQ(whole_percent_text(std::nullopt), "n/a");
}

TEST(Percent, KeepsItsWidthBelowTen) {
  EXPECT_EQ(percent_text(45.2), "45.2%");
  EXPECT_EQ(percent_text(5.24), " 5.2%");
  EXPECT_EQ(percent_text(100), "100.0%");
}

TEST(Sizes, ComeInTheUnitThatSuitsTheTotal) {
  const auto sizes = [](double used, double total) {
    const Reading::Space space{
        .percent = {}, .used_bytes = used, .total_bytes = total, .free_bytes = {}};
    return sizes_text(space) + " | " + short_sizes_text(space);
  };
  EXPECT_EQ(sizes(8.2 * kGibibyte, 13.1 * kGibibyte), "8.2/13.1 GB | 8.2/13G");
  EXPECT_EQ(sizes(142.5 * kGibibyte, 500 * kGibibyte), "142.5/500 GB | 142.5/500G");
  EXPECT_EQ(sizes(kGibibyte / 4, kGibibyte / 2), "256/512 MB | 256.0/512M");
  EXPECT_EQ(sizes(5 * 1024 * kGibibyte, 20 * 1024 * kGibibyte), "5/20 TB | 5.0/20T");
}

TEST(Sizes, AreEmptyWhenOneIsMissing) {
  Reading::Space space;
  space.used_bytes = 1;
  EXPECT_EQ(sizes_text(space), "");
  EXPECT_EQ(short_sizes_text(space), "");
}

TEST(Duration, NamesTheLargestUnitFirst) {
  EXPECT_EQ(duration_text(std::chrono::seconds(2)), "2s");
  EXPECT_EQ(duration_text(std::chrono::seconds(65)), "1m 05s");
  EXPECT_EQ(duration_text(std::chrono::seconds(3 * 3600 + 7)), "3h 00m 07s");
}

TEST(Traffic, CountsInSteps) {
  EXPECT_EQ(traffic_text(0), "0.0 B");
  EXPECT_EQ(traffic_text(2253), "2.2 KB");
  EXPECT_EQ(traffic_text(5ull << 40), "5.0 TB");
}

}  // namespace
}  // namespace oriel::monitor
