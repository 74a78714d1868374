#include "oriel/app/cli/conduit_methods.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oriel/core/conduit/json.h"

namespace oriel::cli {
namespace {

conduit::Value json(std::string_view text) { return conduit::parse_json(text).value(); }

const auto kDescribed = R"({"name": "find", "description": "Finds people.",
  "params": {"type": "object", "required": ["name"], "properties": {
    "name": {"type": "string"}, "limit": {"type": "integer", "default": 10},
    "tags": {"type": "array", "items": {"type": "string"}}}},
  "result": {"type": "array", "items": {"type": "object"}}})";

TEST(ConduitMethods, AreShownFromTheirSchemas) {
  const auto facts = read_method_facts(json(kDescribed));
  EXPECT_EQ(method_help(facts, "host:9000"),
            "Example: oriel call host:9000 find name=text\n\n"
            "find: Finds people.\n\n"
            "Parameters:\n"
            "  name   string           required\n"
            "  limit  integer          default 10\n"
            "  tags   array of string  optional\n"
            "Result: array of object\n");
  EXPECT_EQ(methods_table({&facts, 1}),
            "METHOD  PARAMETERS  DESCRIPTION\n"
            "find    name: string, limit: integer = 10, tags: array of string?  Finds people.\n");
}

TEST(ConduitMethods, AreShownAsFarAsTheListOfAnOldServerTells) {
  const auto facts = read_method_facts(json(
      R"({"name": "add", "description": "", "parameters": {"a": "int", "b": "dict"},
          "return_type": "int", "requires_auth": true})"));
  EXPECT_EQ(method_help(facts, "h"),
            "Example: oriel call h add a=1 'b={}'\n\nadd\n\nParameters:\n  a  int\n  b  dict\n"
            "Result: int\n");
}

TEST(ConduitMethods, CannotDriveTheTerminal) {
  const auto facts = read_method_facts(json(R"({"name": "x\u001b[2J", "parameters": 5})"));
  EXPECT_EQ(facts.name, "x\\x1b[2J");
  EXPECT_EQ(read_method_facts(json("[1]")), MethodFacts());
}

}  // namespace
}  // namespace oriel::cli
