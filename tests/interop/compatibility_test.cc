// One cell of the compatibility table for each viewer; the whole table is in the full tier.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "tests/interop/compatibility.h"

namespace oriel::interop {
namespace {

std::vector<Cell> quick_cells() {
  std::vector<Cell> cells = compatibility_cells();
  std::erase_if(cells, [](const Cell& cell) { return !cell.is_quick; });
  return cells;
}

class Viewer : public ::testing::TestWithParam<Cell> {};

TEST_P(Viewer, ShowsTheDesktopPixelByPixelInTheEncodingThatItAsksFor) {
  const std::string missing = what_is_missing(GetParam());
  if (!missing.empty() && std::getenv("CI") == nullptr) GTEST_SKIP() << missing;
  ASSERT_EQ(missing, "");
  CardServer server(GetParam().password);
  EXPECT_EQ(check(GetParam(), server), "") << server.output();
}

INSTANTIATE_TEST_SUITE_P(Cells, Viewer, ::testing::ValuesIn(quick_cells()), [](const auto& row) {
  std::string name = row.param.viewer + "_" + row.param.encoding;
  std::ranges::replace_if(
      name, [](unsigned char letter) { return std::isalnum(letter) == 0; }, '_');
  return name;
});

}  // namespace
}  // namespace oriel::interop
