#include "oriel/core/conduit/convert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "oriel/core/conduit/response.h"

namespace oriel::conduit {

enum class Colour { red, green = 7 };
BOOST_DESCRIBE_ENUM(Colour, red, green)

struct Address {
  std::string street;
  int zip = 0;
  friend bool operator==(const Address&, const Address&) = default;
};
BOOST_DESCRIBE_STRUCT(Address, (), (street, zip))

struct Named {
  std::string name;
  friend bool operator==(const Named&, const Named&) = default;
};
BOOST_DESCRIBE_STRUCT(Named, (), (name))

struct Person : Named {
  std::vector<Address> addresses;
  std::optional<Colour> colour;
  std::uint8_t limit = 10;
  static constexpr std::string_view kOptionalMembers[] = {"limit"};
  friend bool operator==(const Person&, const Person&) = default;
};
BOOST_DESCRIBE_STRUCT(Person, (Named), (addresses, colour, limit))

struct Tree {
  int value = 0;
  std::vector<Tree> branches;
  friend bool operator==(const Tree&, const Tree&) = default;
};
BOOST_DESCRIBE_STRUCT(Tree, (), (value, branches))

namespace {

using ::testing::ElementsAre;

template <typename T>
void expect_round_trip(const T& value, const Value& converted) {
  EXPECT_EQ(to_value(value), converted);
  EXPECT_EQ(to_value(T(value)), converted);
  const auto constant = from_value<T>(converted);
  ASSERT_TRUE(constant) << constant.error().front().message;
  EXPECT_EQ(*constant, value);
  EXPECT_EQ(from_value<T>(Value(converted)).value(), value);
}

template <typename T>
std::string refusal(const Value& value) {
  const auto read = from_value<T>(value);
  if (read) return "it was taken";
  EXPECT_EQ(read.error().size(), 1u);
  const auto& [field, message, type] = read.error().front();
  return type + ": " + message + (field.empty() ? "" : " in " + field);
}

TEST(Convert, TakesWhatValuesAreMadeOf) {
  expect_round_trip(true, true);
  expect_round_trip(std::string("text"), "text");
  expect_round_trip(Bytes{1, 2}, Bytes{1, 2});
  expect_round_trip(1.5, 1.5);
  expect_round_trip(1.5f, 1.5);
  expect_round_trip(Value(Array{1}), Array{1});
  expect_round_trip(Map{{"a", 1}}, Map{{"a", 1}});
  expect_round_trip(Array{1, "a"}, Array{1, "a"});
  expect_round_trip(Extension{1, {2}}, Extension{1, {2}});
  EXPECT_EQ(to_value("literal"), Value("literal"));
  EXPECT_EQ(to_value(std::string_view("view")), Value("view"));
}

TEST(Convert, TakesContainers) {
  expect_round_trip(std::vector<int>{1, 2}, Array{1, 2});
  expect_round_trip(std::vector<bool>{true, false}, Array{true, false});
  expect_round_trip(std::array<std::string, 2>{"a", "b"}, Array{"a", "b"});
  expect_round_trip(std::map<std::string, int>{{"a", 1}, {"b", 2}}, Map{{"a", 1}, {"b", 2}});
  expect_round_trip(std::unordered_map<std::string, Bytes>{{"a", {1}}}, Map{{"a", Bytes{1}}});
  expect_round_trip(std::optional<int>(3), 3);
  expect_round_trip(std::optional<int>(), nullptr);
  expect_round_trip(std::vector<std::optional<std::string>>{"a", {}}, Array{"a", nullptr});
}

TEST(Convert, TakesDescribedTypes) {
  expect_round_trip(Colour::green, "green");
  expect_round_trip(Address{"Main", 5}, Map{{"street", "Main"}, {"zip", 5}});
  expect_round_trip(Person{{"Ann"}, {{"Main", 5}}, Colour::red, 3},
                    Map{{"name", "Ann"},
                        {"addresses", Array{Map{{"street", "Main"}, {"zip", 5}}}},
                        {"colour", "red"},
                        {"limit", 3}});
  expect_round_trip(
      Tree{1, {{2, {}}}},
      Map{{"value", 1}, {"branches", Array{Map{{"value", 2}, {"branches", Array()}}}}});
  EXPECT_EQ(to_value(static_cast<Colour>(3)), Value(3));
}

TEST(Convert, MovesWhatIsGivenAway) {
  Person person{{std::string(100, 'n')}, {{std::string(100, 's'), 1}}, {}, 1};
  const auto* name = person.name.data();
  const auto* street = person.addresses[0].street.data();
  auto value = to_value(std::move(person));
  EXPECT_EQ(value.find("name")->if_text()->data(), name);
  const auto back = from_value<Person>(std::move(value)).value();
  EXPECT_EQ(back.name.data(), name);
  EXPECT_EQ(back.addresses[0].street.data(), street);
}

TEST(Convert, LeavesOutWhatMayBeMissing) {
  EXPECT_EQ(from_value<Person>(Map{{"name", "Ann"}, {"addresses", Array()}}),
            (Person{{"Ann"}, {}, {}, 10}));
  EXPECT_EQ(from_value<Person>(
                Map{{"name", "Ann"}, {"addresses", Array()}, {"colour", nullptr}, {"more", 1}}),
            (Person{{"Ann"}, {}, {}, 10}));
}

template <typename T>
class IntegerOf : public ::testing::Test {};
using Integers = ::testing::Types<std::int8_t, std::uint8_t, std::int16_t, std::uint16_t,
                                  std::int32_t, std::uint32_t, std::int64_t, std::uint64_t>;
TYPED_TEST_SUITE(IntegerOf, Integers);

TYPED_TEST(IntegerOf, HasARange) {
  using Limits = std::numeric_limits<TypeParam>;
  expect_round_trip(Limits::min(), Limits::min());
  expect_round_trip(Limits::max(), Limits::max());
  const auto range = "expected an integer from " + std::to_string(Limits::min()) + " to " +
                     std::to_string(Limits::max()) + ", got the number ";
  if constexpr (sizeof(TypeParam) < 8) {
    const auto below = std::int64_t{Limits::min()} - 1, above = std::int64_t{Limits::max()} + 1;
    EXPECT_EQ(refusal<TypeParam>(below), "range: " + range + std::to_string(below));
    EXPECT_EQ(refusal<TypeParam>(above), "range: " + range + std::to_string(above));
    EXPECT_EQ(refusal<TypeParam>(static_cast<double>(above)),
              "range: " + range + std::to_string(above));
  }
  EXPECT_EQ(refusal<TypeParam>(1.5), "type: " + range + "1.5");
}

TEST(Convert, TakesNumbersWithoutAFractionAsIntegers) {
  EXPECT_EQ(from_value<int>(3.0), 3);
  EXPECT_EQ(from_value<int>(-0.0), 0);
  EXPECT_EQ(from_value<std::int64_t>(-9223372036854775808.0),
            std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(from_value<std::uint64_t>(9223372036854775808.0), std::uint64_t{1} << 63);
  for (const double number : {1.5, 1e300, -1e300, HUGE_VAL, std::nan("")}) {
    EXPECT_FALSE(from_value<std::int64_t>(number)) << number;
    EXPECT_FALSE(from_value<std::uint64_t>(number)) << number;
  }
  EXPECT_FALSE(from_value<std::uint64_t>(18446744073709551616.0));
  EXPECT_FALSE(from_value<std::uint64_t>(-1.0));
  EXPECT_FALSE(from_value<std::int64_t>(9223372036854775808.0));
  EXPECT_FALSE(from_value<std::int64_t>(std::uint64_t{1} << 63));
}

TEST(Convert, TakesIntegersAsNumbers) {
  EXPECT_EQ(from_value<double>(3), 3.0);
  EXPECT_EQ(from_value<double>(std::uint64_t{1} << 63), 9223372036854775808.0);
}

TEST(Convert, GuessesNothing) {
  const auto int_range = "expected an integer from -2147483648 to 2147483647, got ";
  EXPECT_EQ(refusal<int>("7"), std::string("type: ") + int_range + "text");
  EXPECT_EQ(refusal<int>(true), std::string("type: ") + int_range + "true");
  EXPECT_EQ(refusal<int>(nullptr), std::string("type: ") + int_range + "null");
  EXPECT_EQ(refusal<double>("1.5"), "type: expected a number, got text");
  EXPECT_EQ(refusal<bool>(1), "type: expected true or false, got the number 1");
  EXPECT_EQ(refusal<std::string>(7), "type: expected text, got the number 7");
  EXPECT_EQ(refusal<std::string>(Bytes()), "type: expected text, got bytes");
  EXPECT_EQ(refusal<Bytes>("a"), "type: expected bytes, got text");
  EXPECT_EQ(refusal<Map>(Array()), "type: expected a map, got an array");
  EXPECT_EQ(refusal<Array>(Map()), "type: expected an array, got a map");
  EXPECT_EQ(refusal<std::vector<int>>(7), "type: expected an array, got the number 7");
  EXPECT_EQ((refusal<std::array<int, 2>>(Array{1})), "type: expected an array of 2, got an array");
  EXPECT_EQ((refusal<std::map<std::string, int>>(7)), "type: expected a map, got the number 7");
  EXPECT_EQ(refusal<Address>(7), "type: expected a map, got the number 7");
  EXPECT_EQ(refusal<Colour>(7), "type: expected one of red, green, got the number 7");
  EXPECT_EQ(refusal<Colour>("blue"), "enum: expected one of red, green, got \"blue\"");
  EXPECT_LT(refusal<Colour>(std::string(10'000, 'x')).size(), 200u);
  EXPECT_EQ(refusal<Extension>(7), "type: expected an extension, got the number 7");
}

TEST(Convert, NamesTheField) {
  EXPECT_EQ(refusal<std::vector<std::vector<bool>>>(Array{Array(), Array{true, 1}}),
            "type: expected true or false, got the number 1 in [1][1]");
  EXPECT_EQ((refusal<std::map<std::string, bool>>(Map{{"a", 1}})),
            "type: expected true or false, got the number 1 in a");
  EXPECT_EQ(refusal<Address>(Map{{"zip", 1}}), "missing: it is required, but missing in street");
  const auto errors = from_value<Person>(Map{{"addresses", Array{Map{{"street", "a"}, {"zip", 1}},
                                                                 Map{{"street", 5}, {"zip", 1e9}}}},
                                             {"limit", 256}})
                          .error();
  std::vector<std::string> fields;
  for (const auto& error : errors) fields.push_back(error.field);
  EXPECT_THAT(fields, ElementsAre("name", "addresses[1].street", "limit"));
}

TEST(Convert, StopsAfterEnoughErrors) {
  EXPECT_EQ(from_value<std::vector<int>>(Array(1'000'000)).error().size(), kFieldErrorsMax);
  Map map;
  for (int i = 0; i < 100; ++i) map.append(std::to_string(i), "x");
  EXPECT_EQ((from_value<std::map<std::string, int>>(Value(map)).error().size()), kFieldErrorsMax);
}

TEST(Convert, ShapesErrorsAsTheRealProgramsDo) {
  const auto error = validation_error("add", {{"a", "it is required, but missing", "missing"},
                                              {"b", "no", "type"},
                                              {"c", "no", "range"},
                                              {"d", "no", "unknown"}});
  EXPECT_EQ(error.code, CallCode::kValidation);
  EXPECT_EQ(error.message, "Validation error in add");
  const auto entry = [](const char* field, const char* message, const char* type) {
    return Map{{"field", field}, {"message", message}, {"type", type}};
  };
  EXPECT_EQ(error.details,
            Value(Map{{"errors",
                       Array{entry("a", "it is required, but missing", "MISSING_FIELD"),
                             entry("b", "no", "INVALID_TYPE"), entry("c", "no", "INVALID_VALUE"),
                             entry("d", "no", "INVALID_PARAMS")}}}));
}

TEST(TypeName, IsThatOfPython) {
  EXPECT_EQ(type_name<void>(), "None");
  EXPECT_EQ(type_name<Value>(), "Any");
  EXPECT_EQ(type_name<bool>(), "bool");
  EXPECT_EQ(type_name<std::uint16_t>(), "int");
  EXPECT_EQ(type_name<float>(), "float");
  EXPECT_EQ(type_name<std::string>(), "str");
  EXPECT_EQ(type_name<Bytes>(), "bytes");
  EXPECT_EQ(type_name<Map>(), "dict");
  EXPECT_EQ(type_name<Array>(), "list");
  EXPECT_EQ(type_name<std::vector<int>>(), "list[int]");
  EXPECT_EQ((type_name<std::array<Bytes, 3>>()), "list[bytes]");
  EXPECT_EQ((type_name<std::map<std::string, std::vector<bool>>>()), "dict[str, list[bool]]");
  EXPECT_EQ(type_name<std::optional<int>>(), "Optional[int]");
  EXPECT_EQ(type_name<Colour>(), "Colour");
  EXPECT_EQ(type_name<Person>(), "Person");
}

template <typename T>
void expect_schema(const char* text) {
  EXPECT_EQ(boost::json::value(schema_of<T>()), boost::json::parse(text));
}

TEST(Schema, SaysWhatIsRead) {
  expect_schema<void>(R"({"type":"null"})");
  expect_schema<Value>("{}");
  expect_schema<bool>(R"({"type":"boolean"})");
  expect_schema<std::uint8_t>(R"({"type":"integer","minimum":0,"maximum":255})");
  expect_schema<std::uint64_t>(R"({"type":"integer","minimum":0,"maximum":18446744073709551615})");
  expect_schema<double>(R"({"type":"number"})");
  expect_schema<std::string>(R"({"type":"string"})");
  expect_schema<Bytes>(R"({"type":"string","contentEncoding":"base64"})");
  expect_schema<Map>(R"({"type":"object"})");
  expect_schema<Array>(R"({"type":"array"})");
  expect_schema<std::optional<bool>>(R"({"anyOf":[{"type":"boolean"},{"type":"null"}]})");
  expect_schema<std::vector<bool>>(R"({"type":"array","items":{"type":"boolean"}})");
  expect_schema<std::array<bool, 3>>(
      R"({"type":"array","items":{"type":"boolean"},"minItems":3,"maxItems":3})");
  expect_schema<std::map<std::string, bool>>(
      R"({"type":"object","additionalProperties":{"type":"boolean"}})");
  expect_schema<Colour>(R"({"type":"string","enum":["red","green"]})");
}

TEST(Schema, SaysWhatAStructNeeds) {
  expect_schema<Person>(R"({
    "type": "object",
    "properties": {
      "name": {"type": "string"},
      "addresses": {"type": "array", "items": {
        "type": "object",
        "properties": {"street": {"type": "string"},
                       "zip": {"type": "integer", "minimum": -2147483648, "maximum": 2147483647}},
        "required": ["street", "zip"]}},
      "colour": {"anyOf": [{"type": "string", "enum": ["red", "green"]}, {"type": "null"}]},
      "limit": {"type": "integer", "minimum": 0, "maximum": 255, "default": 10}},
    "required": ["name", "addresses"]})");
}

TEST(Schema, OfAStructThatHoldsItselfEnds) {
  expect_schema<Tree>(R"({
    "type": "object",
    "properties": {
      "value": {"type": "integer", "minimum": -2147483648, "maximum": 2147483647},
      "branches": {"type": "array", "items": {"type": "object"}}},
    "required": ["value", "branches"]})");
}

}  // namespace
}  // namespace oriel::conduit
