#include "oriel/app/config/json_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oriel::config {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(JsonLines, FindsMembersOfNestedObjects) {
  auto found = find_json_lines("{\n\"a\": 1,\n \"b\": {\"c\": \"x\",\n\"d\": {}},\n\n\"e\": true}");
  EXPECT_THAT(found.line_of, ElementsAre(Pair("a", 2), Pair("b", 3), Pair("b.c", 3), Pair("b.d", 4),
                                         Pair("e", 6)));
  EXPECT_THAT(found.repeated, IsEmpty());
}

TEST(JsonLines, IsNotFooledByCommentsStringsAndArrays) {
  auto found = find_json_lines(
      "// \"no\": 1\n{ /* {\n \"no\": */ \"a\": \"{\\\"no\\\": 1}\\\\\",\n"
      "\"b\": [{\"no\": 1}, \"no\", [\n]], // }\n\"c\": 1}");
  EXPECT_THAT(found.line_of, ElementsAre(Pair("a", 3), Pair("b", 4), Pair("c", 6)));
}

TEST(JsonLines, DecodesEscapesInKeys) {
  EXPECT_THAT(find_json_lines(R"({"\u0061\"": 1})").line_of, ElementsAre(Pair("a\"", 1)));
}

TEST(JsonLines, TellsKeysThatStandThereTwice) {
  auto found = find_json_lines("{\"a\": 1,\n\"b\": {\"a\": 2},\n\"a\": 3, \"b\": {\"a\": 4}}");
  EXPECT_THAT(found.repeated, ElementsAre("a", "b", "b.a"));
  EXPECT_EQ(found.line_of.at("a"), 1);
}

TEST(JsonLines, StaysInsideATextThatIsCutAnywhere) {
  const std::string text = "{\"a\": \"\\\"\", /* x */ \"b\": [1, {\"c\": 2}] // y\n}";
  for (std::size_t length = 0; length <= text.size(); ++length) {
    auto found = find_json_lines(std::string_view(std::string(text, 0, length)));
    EXPECT_LE(found.line_of.size(), 2U);
  }
}

}  // namespace
}  // namespace oriel::config
