#include "oriel/core/conduit/parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <string>
#include <tuple>

namespace oriel::conduit {

struct Sum {
  int a = 0;
  std::optional<int> b;
  friend bool operator==(const Sum&, const Sum&) = default;
};
BOOST_DESCRIBE_STRUCT(Sum, (), (a, b))

namespace {

using ::testing::ElementsAre;

// "field: type" of each error.
template <typename T>
std::vector<std::string> faults(const CallResult<T>& result) {
  std::vector<std::string> all;
  if (result) return {"it was taken"};
  EXPECT_EQ(result.error().code, CallCode::kValidation);
  EXPECT_EQ(result.error().message, "Validation error in method");
  for (const auto& error : *result.error().details.find("errors")->if_array())
    all.push_back(*error.find("field")->if_text() + ": " + *error.find("type")->if_text());
  return all;
}

const Parameters kSearch("text", optional("limit", 10), "colour");

auto search(const Value& params) {
  return read_arguments<std::string, int, std::optional<bool>>("method", params, kSearch);
}

TEST(Parameters, AreReadByName) {
  EXPECT_EQ(search(Map{{"colour", true}, {"text", "a"}, {"limit", 3}}),
            (std::tuple<std::string, int, std::optional<bool>>("a", 3, true)));
  EXPECT_EQ(search(Map{{"text", "a"}}),
            (std::tuple<std::string, int, std::optional<bool>>("a", 10, std::nullopt)));
}

TEST(Parameters, AreReadByPosition) {
  EXPECT_EQ(search(Array{"a", 3, true}),
            (std::tuple<std::string, int, std::optional<bool>>("a", 3, true)));
  EXPECT_EQ(search(Array{"a"}),
            (std::tuple<std::string, int, std::optional<bool>>("a", 10, std::nullopt)));
}

TEST(Parameters, MayBeNone) {
  for (const auto& params : {Value(), Value(Map()), Value(Array())})
    EXPECT_EQ(read_arguments<>("method", params, Parameters()), std::tuple<>());
  EXPECT_THAT(faults(read_arguments<>("method", Map{{"a", 1}}, Parameters())),
              ElementsAre("a: INVALID_PARAMS"));
}

TEST(Parameters, NameEverythingThatIsWrong) {
  EXPECT_THAT(faults(search(nullptr)), ElementsAre("text: MISSING_FIELD"));
  EXPECT_THAT(faults(search(Array())), ElementsAre("text: MISSING_FIELD"));
  EXPECT_THAT(faults(search(Map{{"limit", "3"}, {"more", 1}, {"colour", 5}})),
              ElementsAre("more: INVALID_PARAMS", "text: MISSING_FIELD", "limit: INVALID_TYPE",
                          "colour: INVALID_TYPE"));
  EXPECT_THAT(faults(search(Map{{"text", "a"}, {"limit", 1LL << 40}})),
              ElementsAre("limit: INVALID_VALUE"));
  EXPECT_THAT(faults(search(Map{{"text", "a"}, {"limit", nullptr}})),
              ElementsAre("limit: INVALID_TYPE"));
  EXPECT_THAT(faults(search(Array{"a", 1, true, 4})), ElementsAre("params: INVALID_PARAMS"));
  EXPECT_THAT(faults(search("a")), ElementsAre("params: INVALID_TYPE", "text: MISSING_FIELD"));
}

TEST(Parameters, AreCountedInErrorsToo) {
  Map many;
  for (int i = 0; i < 100'000; ++i) many.append(std::to_string(i), i);
  EXPECT_EQ(faults(search(std::move(many))).size(), kFieldErrorsMax);
}

class SumParams : public ::testing::TestWithParam<Value> {};
INSTANTIATE_TEST_SUITE_P(All, SumParams,
                         ::testing::Values(Value(Map{{"a", 1}, {"b", 2}}),
                                           Value(Map{{"request", Map{{"a", 1}, {"b", 2}}}}),
                                           Value(Array{Map{{"a", 1}, {"b", 2}}}),
                                           Value(Map{{"a", 1}, {"b", 2}, {"ignored", 3}})));

TEST_P(SumParams, AreOneStruct) {
  for (const auto& names : {Parameters(), Parameters("request")}) {
    EXPECT_EQ(read_arguments<Sum>("method", GetParam(), names), std::tuple(Sum{1, 2}));
    EXPECT_EQ(read_arguments<Sum>("method", Value(GetParam()), names), std::tuple(Sum{1, 2}));
  }
}

TEST(Parameters, AreAWrappedStructUnderItsNameAlone) {
  const Value wrapped = Map{{"request", Map{{"a", 1}}}};
  EXPECT_THAT(faults(read_arguments<Sum>("method", wrapped, Parameters("other"))),
              ElementsAre("a: MISSING_FIELD"));
  EXPECT_THAT(faults(read_arguments<Sum>("method", Map{{"a", Map{{"a", 1}}}}, Parameters("a"))),
              ElementsAre("a: INVALID_TYPE"));
  EXPECT_THAT(faults(read_arguments<Sum>("method", Map{{"request", 1}}, Parameters("request"))),
              ElementsAre("a: MISSING_FIELD"));
  EXPECT_THAT(faults(read_arguments<Sum>("method", nullptr, Parameters())),
              ElementsAre("a: MISSING_FIELD"));
  EXPECT_THAT(faults(read_arguments<Sum>("method", "text", Parameters())),
              ElementsAre("params: INVALID_TYPE"));
  EXPECT_THAT(faults(read_arguments<Sum>("method", Array{1, 2}, Parameters())),
              ElementsAre("params: INVALID_TYPE"));
}

TEST(Parameters, AreTakenAsAWholeByOneWithoutAName) {
  const Value map = Map{{"a", 1}}, array = Array{7};
  EXPECT_EQ(read_arguments<Value>("method", map, Parameters()), std::tuple(map));
  EXPECT_EQ(read_arguments<Value>("method", array, Parameters()), std::tuple(array));
  EXPECT_EQ(read_arguments<Value>("method", nullptr, Parameters()), std::tuple(Value(Map())));
  EXPECT_EQ(read_arguments<Map>("method", map, Parameters()), std::tuple(*map.if_map()));
  EXPECT_EQ(read_arguments<std::vector<int>>("method", array, Parameters()),
            std::tuple(std::vector{7}));
  EXPECT_EQ(read_arguments<int>("method", array, Parameters()), std::tuple(7));
  EXPECT_EQ(read_arguments<int>("method", 7, Parameters()), std::tuple(7));
  EXPECT_EQ(read_arguments<Value>("method", Map{{"v", 7}}, Parameters("v")), std::tuple(Value(7)));
}

TEST(Parameters, AreMovedOutOfWhatIsGivenAway) {
  Value params = Map{{"text", std::string(100, 'x')}};
  const auto* characters = params.find("text")->if_text()->data();
  const auto arguments =
      read_arguments<std::string, int, std::optional<bool>>("method", std::move(params), kSearch);
  EXPECT_EQ(std::get<0>(arguments.value()).data(), characters);
}

TEST(ParametersDeathTest, MustFitTheFunction) {
  EXPECT_DEATH((describe_method<void, int, int>("m", "", Parameters("a"))), "check failed");
  EXPECT_DEATH((describe_method<void, int>("m", "", Parameters(optional("a", "text")))),
               "check failed");
  EXPECT_DEATH((void)(read_arguments<int, int>("m", Map(), Parameters())), "check failed");
}

TEST(MethodDescription, IsListedAsTheRealProgramsDo) {
  const auto method =
      describe_method<std::vector<std::string>, std::string, int, std::optional<bool>>(
          "search", "Finds text", kSearch);
  EXPECT_EQ(method.to_listall_value(),
            Value(Map{{"name", "search"},
                      {"description", "Finds text"},
                      {"parameters",
                       Map{{"text", "str"}, {"limit", "int"}, {"colour", "Optional[bool]"}}},
                      {"return_type", "list[str]"},
                      {"requires_auth", true}}));
  const auto sum = describe_method<int, Sum>("sum", "", Parameters("request"));
  EXPECT_EQ(*sum.to_listall_value().find("parameters"),
            Value(Map{{"a", "int"}, {"b", "Optional[int]"}}));
}

TEST(MethodDescription, KnowsWhatIsReturned) {
  const auto returned = [](const MethodDescription& method) { return method.return_type; };
  EXPECT_EQ(returned(describe_method<void>("m", "", Parameters())), "None");
  EXPECT_EQ(returned(describe_method<Response>("m", "", Parameters())), "Any");
  EXPECT_EQ(returned(describe_method<Answer>("m", "", Parameters())), "Any");
  EXPECT_EQ(returned(describe_method<CallResult<Sum>>("m", "", Parameters())), "Sum");
  EXPECT_EQ(returned(describe_method<CallResult<ResponseOf<Sum>>>("m", "", Parameters())), "Sum");
  EXPECT_EQ(returned(describe_method<CallResult<void>>("m", "", Parameters())), "None");
}

void expect_schema(const MethodDescription& method, const char* text) {
  EXPECT_EQ(to_json(method.to_schema_value()), boost::json::parse(text));
}

TEST(MethodDescription, HasASchema) {
  expect_schema(describe_method<bool, std::string, double>(
                    "m", "What it does", Parameters("text", optional("weight", 0.5))),
                R"({"$schema": "https://json-schema.org/draft/2020-12/schema",
                    "name": "m",
                    "description": "What it does",
                    "params": {"type": "object",
                               "properties": {"text": {"type": "string"},
                                              "weight": {"type": "number", "default": 0.5}},
                               "required": ["text"],
                               "additionalProperties": false},
                    "result": {"type": "boolean"},
                    "requires_auth": true})");
}

TEST(MethodDescription, HasTheSchemaOfItsStructOrItsWhole) {
  const auto sum = describe_method<void, Sum>("m", "", Parameters());
  EXPECT_EQ(sum.params_schema, schema_of<Sum>());
  EXPECT_EQ(
      (describe_method<void, std::map<std::string, int>>("m", "", Parameters()).params_schema),
      (schema_of<std::map<std::string, int>>()));
  EXPECT_EQ(
      describe_method<void>("m", "", Parameters()).params_schema,
      boost::json::parse(R"({"type":"object","properties":{},"additionalProperties":false})"));
}

}  // namespace
}  // namespace oriel::conduit
