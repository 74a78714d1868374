#include "oriel/app/web/monitor_sample.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <set>
#include <string>

#include "oriel/core/conduit/convert.h"
#include "oriel/core/conduit/json.h"
#include "oriel/testing/golden.h"

namespace oriel::web {
namespace {

using conduit::Map;
using conduit::Value;

using ::testing::IsEmpty;
using Paths = std::set<std::string>;

// Where the value and what is in it stand in its type: elements of a list are all at "[]", those of
// a map of anything at "*".
void add_paths(const Value& value, const Value& schema, const std::string& at, Paths& paths) {
  paths.insert(at);
  const auto* choices = schema.find("anyOf");
  const auto& kind = choices != nullptr ? choices->if_array()->front() : schema;
  if (const auto* list = value.if_array())
    for (const auto& element : *list) add_paths(element, *kind.find("items"), at + "[]", paths);
  if (value.if_map() == nullptr) return;
  const auto* others = kind.find("additionalProperties");
  const auto* known = kind.find("properties");
  for (const auto& [name, member] : *value.if_map()) {
    const auto* of_member = known != nullptr ? known->find(name) : nullptr;
    if (others != nullptr)
      add_paths(member, *others, at + ".*", paths);
    else if (of_member != nullptr)
      add_paths(member, *of_member, at + "." + name, paths);
    else
      paths.insert(at + "." + name);
  }
}

// The same of all that the type can have.
void add_schema_paths(const Value& schema, const std::string& at, Paths& paths) {
  paths.insert(at);
  const auto* choices = schema.find("anyOf");
  const auto& kind = choices != nullptr ? choices->if_array()->front() : schema;
  if (const auto* items = kind.find("items")) add_schema_paths(*items, at + "[]", paths);
  if (const auto* others = kind.find("additionalProperties"))
    add_schema_paths(*others, at + ".*", paths);
  if (const auto* known = kind.find("properties"))
    for (const auto& [name, member] : *known->if_map())
      add_schema_paths(member, at + "." + name, paths);
}

Paths without(Paths all, const Paths& others) {
  std::erase_if(all, [&](const std::string& path) { return others.contains(path); });
  return all;
}

// A document of a host that has one of everything, without the processes.
Value full_document() {
  auto document =
      conduit::parse_json(testing::repository_text("tests/golden/monitoring_data.json"));
  EXPECT_TRUE(document);
  Map data;
  for (const auto& [name, section] : *document->if_map()) {
    if (name == "processes") continue;
    Map fields;
    if (name == "system") {
      for (const auto& [field, value] : *section.if_map())
        if (field != "processes") fields.set(field, value);
    }
    data.set(name, name == "system" ? Value(std::move(fields)) : section);
  }
  return data;
}

TEST(MonitorSample, HasExactlyTheFieldsOfADocument) {
  const auto schema =
      conduit::parse_json(boost::json::serialize(conduit::schema_of<MonitorSample>()));
  ASSERT_TRUE(schema);
  Paths in_document, in_type;
  add_paths(full_document(), *schema, "data", in_document);
  add_schema_paths(*schema, "data", in_type);
  EXPECT_GT(in_type.size(), 150u);
  EXPECT_THAT(without(in_document, in_type), IsEmpty()) << "the type does not have them";
  EXPECT_THAT(without(in_type, in_document), IsEmpty()) << "no document has them";
}

TEST(MonitorSample, IsReadFromADocument) {
  const auto sample = conduit::from_value<MonitorSample>(full_document());
  ASSERT_TRUE(sample) << sample.error().front().field << ": " << sample.error().front().message;
  EXPECT_EQ(sample->gpus->size(), 2u);
  EXPECT_EQ(sample->gpus->front().memory_total, std::nullopt);
  EXPECT_EQ(sample->host->memory->total, sample->memory->total);
}

}  // namespace
}  // namespace oriel::web
