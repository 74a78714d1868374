#include "oriel/app/cli/method_facts.h"

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
            "METHOD  PARAMETERS                          DESCRIPTION\n"
            "find    name: string, limit: integer = 10,  Finds people.\n"
            "        tags?: array of string\n");
}

// A struct in a list in a struct, a choice, bytes, and what may be left out.
const auto kNested = R"({"name": "plan", "role": "control", "description": "",
  "params": {"type": "object", "required": ["who", "kind", "stops", "place"], "properties": {
    "who": {"type": "string", "default": "@all"},
    "kind": {"type": "string", "enum": ["slow", "fast"]},
    "stops": {"type": "array", "items": {"type": "object", "required": ["at"], "properties": {
      "at": {"type": "integer", "minimum": 5, "maximum": 255},
      "note": {"anyOf": [{"type": "string"}, {"type": "null"}]}}}},
    "place": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
    "picture": {"anyOf": [{"type": "string", "contentEncoding": "base64"}, {"type": "null"}],
                "default": null},
    "count": {"type": "integer", "minimum": 0, "maximum": 18446744073709551615, "default": 7}}},
  "result": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}})";

TEST(ConduitMethods, ShowWhatIsInsideOfStructs) {
  const auto facts = read_method_facts(json(kNested));
  EXPECT_EQ(method_help(facts, "h"),
            "Example: oriel call h plan 'who=\"@all\"' kind=slow 'stops=[{\"at\":5}]' "
            "'place=[1.5,1.5]'\n\n"
            "plan\n\n"
            "Role: control\n"
            "Parameters:\n"
            "  who      string              default \"@all\"\n"
            "  kind     \"slow\" | \"fast\"     required\n"
            "  stops    array of object     required\n"
            "    at     integer, 5 to 255   required\n"
            "    note   string              optional\n"
            "  place    array of number     required\n"
            "  picture  bytes               optional\n"
            "  count    integer, 0 or more  default 7\n"
            "Result: object\n"
            "  id  string\n");
  EXPECT_EQ(methods_table({&facts, 1}),
            "METHOD  PARAMETERS                                ROLE     DESCRIPTION\n"
            "plan    who: string = \"@all\",                     control\n"
            "        kind: \"slow\" | \"fast\",\n"
            "        stops: array of object,\n"
            "        place: array of number, picture?: bytes,\n"
            "        count: integer = 7\n");
}

TEST(ConduitMethods, GiveAnExampleOfWhatIsTakenAsAWhole) {
  const auto facts = read_method_facts(
      json(R"({"name": "sum", "params": {"type": "array", "items": {"type": "integer"}}})"));
  EXPECT_THAT(method_help(facts, "h"), ::testing::StartsWith("Example: oriel call h sum '[1]'\n"));
}

TEST(ConduitMethods, KeepTheirColumnsBesideALongParameter) {
  const std::string name(50, 'x');
  const auto facts =
      read_method_facts(json(R"({"name": "m", "description": "Does.", "parameters": {")" + name +
                             R"(": "int", "b": "int"}})"));
  EXPECT_EQ(methods_table({&facts, 1}), "METHOD  PARAMETERS  DESCRIPTION\nm       " + name +
                                            ": int,\n        b: int      Does.\n");
}

TEST(ConduitMethods, AreShownAsFarAsTheListOfAnOldServerTells) {
  const auto facts = read_method_facts(json(
      R"({"name": "add", "description": "", "parameters": {"a": "int", "b": "dict"},
          "return_type": "int", "requires_auth": true})"));
  EXPECT_EQ(method_help(facts, "h"),
            "Example: oriel call h add a=1 'b={}'\n\nadd\n\nParameters:\n  a  int\n  b  dict\n"
            "Result: int\n");
}

TEST(ConduitMethods, ShowWhatIsInMembersOfAnyName) {
  const auto facts = read_method_facts(
      json(R"({"name": "disks", "params": {"type": "object", "properties": {}}, "result": {
          "type": "object", "required": ["devices"], "properties": {"devices": {"type": "object",
            "additionalProperties": {"type": "object", "required": ["free"], "properties": {
              "free": {"type": "integer", "minimum": 0}}}}}}})"));
  EXPECT_EQ(method_help(facts, "h"),
            "Example: oriel call h disks\n\ndisks\n\nNo parameters\nResult: object\n"
            "  devices  object of object\n"
            "    free   integer, 0 or more\n");
}

TEST(ConduitMethods, AreFollowedByTheStreams) {
  const std::vector streams{
      read_stream_facts(json(R"({"name": "sensors", "direction": "out", "role": "monitor",
          "element": {"type": "object", "required": ["degrees"],
                      "properties": {"degrees": {"type": "number"}}}})")),
      read_stream_facts(json(R"({"name": "frames", "direction": "in", "element": {}})"))};
  EXPECT_EQ(streams_table(streams),
            "STREAM     VALUES  DIRECTION  ROLE\n"
            "sensors    object  out        monitor\n"
            "  degrees  number\n"
            "frames     any     in\n");
  EXPECT_EQ(streams_table({}), "");
}

TEST(ConduitMethods, CannotDriveTheTerminal) {
  const auto facts = read_method_facts(json(R"({"name": "x\u001b[2J", "parameters": 5})"));
  EXPECT_EQ(facts.name, "x\\x1b[2J");
  EXPECT_EQ(read_method_facts(json("[1]")), MethodFacts());
}

}  // namespace
}  // namespace oriel::cli
