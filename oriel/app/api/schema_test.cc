#include "oriel/app/api/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace oriel::api {
namespace {

using boost::json::parse;

const auto kSchema = parse(R"({
  "type": "object", "required": ["width"],
  "properties": {
    "width": {"type": "integer", "minimum": 1, "maximum": 100},
    "scale": {"type": "number"},
    "word": {"type": "string", "maxLength": 4},
    "side": {"enum": ["left", "right"]},
    "steps": {"type": "array", "maxItems": 2, "items": {"oneOf": [
      {"type": "object", "required": ["type", "x"], "properties": {"type": {"const": "move"}, "x": {"type": "integer"}}},
      {"type": "object", "properties": {"type": {"const": "rest"}}}]}}
  }})");

std::string complaint(const char* text) {
  const auto status = check_schema(parse(text), kSchema);
  return status ? "" : status.error().message;
}

TEST(Schema, AcceptsWhatItDescribes) {
  EXPECT_EQ(complaint(R"({"width": 1})"), "");
  EXPECT_EQ(complaint(R"({"width": 100, "scale": 2, "word": "abcd", "side": "left"})"), "");
  EXPECT_EQ(
      complaint(
          R"({"width": 5, "scale": 0.5, "steps": [{"type": "move", "x": 1}, {"type": "rest"}]})"),
      "");
}

TEST(Schema, NamesThePlaceAndWhatIsExpectedThere) {
  EXPECT_EQ(complaint("[]"), "the body is an array, an object is expected");
  EXPECT_EQ(complaint("{}"), "the body lacks \"width\"");
  EXPECT_EQ(complaint(R"({"width": "5"})"), "width is a string, an integer is expected");
  EXPECT_EQ(complaint(R"({"width": 1.5})"), "width is a number, an integer is expected");
  EXPECT_EQ(complaint(R"({"width": 0})"), "width is 0, at least 1 is expected");
  EXPECT_EQ(complaint(R"({"width": 101})"), "width is 101, at most 100 is expected");
  EXPECT_EQ(complaint(R"({"width": 1, "word": "abcde"})"),
            "word's length is 5 bytes, at most 4 is expected");
  EXPECT_EQ(complaint(R"({"width": 1, "side": "up"})"),
            R"(side is "up", one of ["left","right"] is expected)");
  EXPECT_EQ(complaint(R"({"width": 1, "other": 2})"), "the body has an unknown member \"other\"");
}

TEST(Schema, TellsChoicesApartByTheirType) {
  EXPECT_EQ(complaint(R"({"width": 1, "steps": [{"type": "rest"}, {"type": "move"}]})"),
            "steps[1] lacks \"x\"");
  EXPECT_EQ(complaint(R"({"width": 1, "steps": [{"type": "jump"}]})"),
            R"(steps[0].type is "jump", one of move, rest is expected)");
  EXPECT_EQ(complaint(R"({"width": 1, "steps": [{}]})"),
            "steps[0] lacks \"type\": one of move, rest");
  EXPECT_EQ(complaint(R"({"width": 1, "steps": [1]})"),
            "steps[0] is an integer, an object is expected");
  EXPECT_EQ(
      complaint(R"({"width": 1, "steps": [{"type": "rest"}, {"type": "rest"}, {"type": "rest"}]})"),
      "steps's length is 3, at most 2 is expected");
}

}  // namespace
}  // namespace oriel::api
