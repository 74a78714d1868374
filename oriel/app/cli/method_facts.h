#pragma once
// What a server tells of a method (`describe`, `listall`), for people: a table of methods, and the
// help on one. Pure.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/core/conduit/value.h"

namespace oriel::cli {

struct ParameterFacts {
  std::string name;
  std::string type;   // "integer", "array of text"; empty: not known
  std::string range;  // "0 to 255"; empty: all that the type has
  std::optional<bool> is_required;
  std::optional<conduit::Value> fallback;
  std::string example;                  // as `oriel call` takes it after the name
  std::vector<ParameterFacts> members;  // of an object, or of the objects in an array

  friend bool operator==(const ParameterFacts&, const ParameterFacts&) = default;
};

struct MethodFacts {
  std::string name;
  std::string description;
  std::string role;  // that callers need; empty: none, or not told
  std::vector<ParameterFacts> parameters;
  std::string whole;  // the type of what it takes, when that has no named parameters
  std::string whole_example;
  std::string result;
  std::vector<ParameterFacts> result_members;

  friend bool operator==(const MethodFacts&, const MethodFacts&) = default;
};

struct StreamFacts {
  std::string name;
  std::string direction;  // "out": it can be subscribed to, "in": the server takes it
  std::string role;
  std::string element;  // the type of its values; empty: not told
  std::vector<ParameterFacts> members;

  friend bool operator==(const StreamFacts&, const StreamFacts&) = default;
};

// Of what `describe` or `listall` tell of a method. What is not as expected is left out.
MethodFacts read_method_facts(const conduit::Value& told);
StreamFacts read_stream_facts(const conduit::Value& told);

// A row for each method; long lists of parameters have several lines.
std::string methods_table(std::span<const MethodFacts> methods);
// A row for each stream, with what is in its values beneath; empty when there is none.
std::string streams_table(std::span<const StreamFacts> streams);
// An example line, and the parameters one under another.
std::string method_help(const MethodFacts& method, std::string_view target);

}  // namespace oriel::cli
