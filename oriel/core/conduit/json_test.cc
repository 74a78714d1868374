#include "oriel/core/conduit/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "oriel/core/conduit/limits.h"

namespace oriel::conduit {
namespace {

using ::testing::HasSubstr;

struct Pair {
  Value value;
  const char* text;
};

class JsonOf : public ::testing::TestWithParam<Pair> {};
INSTANTIATE_TEST_SUITE_P(
    Kinds, JsonOf,
    ::testing::Values(Pair{nullptr, "null"}, Pair{true, "true"}, Pair{-7, "-7"},
                      Pair{std::numeric_limits<std::int64_t>::min(), "-9223372036854775808"},
                      Pair{std::numeric_limits<std::uint64_t>::max(), "18446744073709551615"},
                      Pair{1.5, "1.5"}, Pair{3.0, "3.0"}, Pair{"a\"\xC3\xA9", "\"a\\\"\xC3\xA9\""},
                      Pair{Array(), "[]"}, Pair{Array{1, Array{}}, "[1,[]]"}, Pair{Map(), "{}"},
                      Pair{Map{{"b", 1}, {"a", nullptr}}, "{\"b\":1,\"a\":null}"},
                      Pair{Bytes(), "{\"$bytes\":\"\"}"},
                      Pair{Bytes{1, 2}, "{\"$bytes\":\"AQI=\"}"},
                      Pair{Extension{-3, {0}}, "{\"$extension\":{\"type\":-3,\"bytes\":\"AA==\"}}"},
                      // Not what the forms above look like.
                      Pair{Map{{"$bytes", 5}}, "{\"$bytes\":5}"},
                      Pair{Map{{"$extension", 5}}, "{\"$extension\":5}"},
                      Pair{Map{{"$bytes", "!"}, {"more", 1}}, "{\"$bytes\":\"!\",\"more\":1}"}));

TEST_P(JsonOf, IsReadAndWritten) {
  EXPECT_EQ(to_json_text(GetParam().value), GetParam().text);
  EXPECT_EQ(parse_json(GetParam().text), GetParam().value);
}

TEST(Json, HasNoNumbersThatAreNone) {
  EXPECT_EQ(to_json_text(Array{std::nan(""), HUGE_VAL, -HUGE_VAL}), "[null,null,null]");
}

TEST(Json, IsWrittenAsValidUtf8) {
  EXPECT_EQ(to_json_text(Map{{"a\xff", "\xfe"}}), "{\"a\xEF\xBF\xBD\":\"\xEF\xBF\xBD\"}");
}

TEST(Json, TakesTheLastOfAKeyThatComesAgain) {
  EXPECT_EQ(parse_json(R"({"a":1,"b":2,"a":3})").value(), Value(Map{{"a", 3}, {"b", 2}}));
}

TEST(Json, RefusesWhatIsMalformed) {
  const auto message = [](std::string_view text) {
    const auto value = parse_json(text);
    return value ? "it was taken" : value.error().message;
  };
  for (const auto* text : {"", "{", "[1,]", "nul", "1 2", "\"\xff\"", "{'a':1}", "NaN"})
    EXPECT_THAT(message(text), HasSubstr("this is not JSON")) << text;
  EXPECT_EQ(message("[1e400]"), "JSON: a number is too large");
  EXPECT_THAT(message(R"({"$bytes":"A"})"), HasSubstr("$bytes must be bytes in base64"));
  EXPECT_THAT(message(R"({"$extension":{}})"), HasSubstr("a type from -128 to 127"));
  EXPECT_THAT(message(R"({"$extension":{"type":128,"bytes":""}})"), HasSubstr("a type from"));
  EXPECT_THAT(message(R"({"$extension":{"type":1,"bytes":5}})"), HasSubstr("it is no text"));
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(Json, IsNestedToTheLimit) {
  EXPECT_TRUE(parse_json(nested(kDepthMax - 1)));
  EXPECT_TRUE(parse_json(nested(kDepthMax)));
  for (const auto depth : {kDepthMax + 1, kDepthMax + 2, std::size_t{100'000}})
    EXPECT_EQ(parse_json(nested(depth)).error(),
              (Error{ErrorCode::kTooLarge, "JSON is nested deeper than 64"}));
  Value deep = Array{Bytes{1}, Extension{1, {2}}};
  for (std::size_t i = 1; i < kDepthMax; ++i) deep = Array{deep};
  EXPECT_EQ(parse_json(to_json_text(deep)), deep);
}

TEST(ConduitJson, WritesNumbersAsPeopleDo) {
  EXPECT_EQ(to_json_text(Array{26.7, 100.0, 1e300, -0.5, 7, Map{{"a", 0.1}}, Array{}, Map{}}),
            R"([26.7,100.0,1e+300,-0.5,7,{"a":0.1},[],{}])");
}

}  // namespace
}  // namespace oriel::conduit
