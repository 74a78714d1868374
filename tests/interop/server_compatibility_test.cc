// One cell of the table of servers for each server; the whole table is in the full tier.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "tests/interop/vnc_servers.h"

namespace oriel::interop {
namespace {

std::vector<ServerRow> quick_rows() {
  auto rows = server_rows();
  std::erase_if(rows, [](const ServerRow& row) { return row.quick.empty(); });
  return rows;
}

class Server : public ::testing::TestWithParam<ServerRow> {};

TEST_P(Server, IsShownPixelByPixelAndTypedInto) {
  const auto& row = GetParam();
  const auto missing = what_is_missing(row);
  if (!missing.empty() && std::getenv("CI") == nullptr) GTEST_SKIP() << missing;
  ASSERT_EQ(missing, "");
  const auto showing = row.start();
  ASSERT_EQ(wait_for_card(*showing), "") << showing->last_words();
  EXPECT_EQ(check_encoding(*showing, row.quick), "") << showing->last_words();
  EXPECT_EQ(check_typing(*showing), "") << showing->last_words();
}

INSTANTIATE_TEST_SUITE_P(Cells, Server, ::testing::ValuesIn(quick_rows()), [](const auto& row) {
  std::string name = row.param.name;
  std::ranges::replace_if(
      name, [](unsigned char letter) { return std::isalnum(letter) == 0; }, '_');
  return name;
});

}  // namespace
}  // namespace oriel::interop
