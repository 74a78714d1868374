#include "oriel/core/conduit/error_code.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "oriel/testing/golden.h"

namespace oriel::conduit {
namespace {

TEST(CallCode, HasARowOfItsOwn) {
  for (std::size_t i = 0; i < call_code_table().size(); ++i) {
    const auto& row = call_code_table()[i];
    EXPECT_EQ(row.code, static_cast<CallCode>(i)) << row.name;
    EXPECT_EQ(row_of(row.code).name, row.name);
  }
  EXPECT_EQ(call_code_table().back().code, CallCode::kUsage);
}

TEST(CallCode, HasANameAndAMeaningOfItsOwn) {
  std::set<std::string_view> names, meanings;
  for (const auto& row : call_code_table()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_TRUE(meanings.insert(row.meaning).second) << row.name;
    EXPECT_FALSE(row.meaning.empty()) << row.name;
  }
}

class CallCodeNumbers : public ::testing::TestWithParam<ErrorNumbers> {};
INSTANTIATE_TEST_SUITE_P(Both, CallCodeNumbers,
                         ::testing::Values(ErrorNumbers::kPrograms, ErrorNumbers::kSeed));

TEST_P(CallCodeNumbers, AreUniqueAndReadBack) {
  for (const auto& row : call_code_table())
    EXPECT_EQ(code_of(number_of(row.code, GetParam()), GetParam()), row.code) << row.name;
  EXPECT_EQ(code_of(0, GetParam()), std::nullopt);
  EXPECT_EQ(code_of(7000, GetParam()), std::nullopt);
}

TEST(CallCode, HasTheNumbersOfTheProgramsOrOfTheSeed) {
  const auto numbers = [](CallCode code) {
    return std::pair(number_of(code, ErrorNumbers::kPrograms),
                     number_of(code, ErrorNumbers::kSeed));
  };
  EXPECT_EQ(numbers(CallCode::kTimeout), std::pair(1002, 5001));
  EXPECT_EQ(numbers(CallCode::kPermissionDenied), std::pair(3003, 3002));
  EXPECT_EQ(numbers(CallCode::kAuthExpired), std::pair(3002, 9002));
  EXPECT_EQ(numbers(CallCode::kDisconnected), std::pair(5001, 9003));
  EXPECT_EQ(numbers(CallCode::kValidation), std::pair(2000, 2000));
  EXPECT_EQ(numbers(CallCode::kCancelled), std::pair(1003, 1003));
  EXPECT_EQ(numbers(CallCode::kUnknownOutcome), std::pair(9001, 9001));
}

std::string documented_table() {
  std::string table =
      "| name | number | in the seed's | try again | meaning |\n|---|---|---|---|---|\n";
  for (const auto& row : call_code_table())
    table += fmt::format("| {} | {} | {} | {} | {} |\n", row.name, row.number,
                         number_of(row.code, ErrorNumbers::kSeed), row.is_retryable ? "yes" : "",
                         row.meaning);
  return table;
}

TEST(CallCode, IsDocumented) {
  constexpr std::string_view kPath = "docs/conduit_errors.md";
  auto page = oriel::testing::repository_text(kPath);
  const auto start = page.find("| name |");
  ASSERT_NE(start, page.npos);
  page.replace(start, page.find("\n\n", start) + 1 - start, documented_table());
  EXPECT_EQ(oriel::testing::golden_text(kPath, page), page);
}

}  // namespace
}  // namespace oriel::conduit
