#pragma once
// `oriel methods`, and what `oriel call TARGET METHOD --help` says (docs/conduit_command.md).

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/app/conduit/client.h"

namespace oriel::cli {

struct ParameterFacts {
  std::string name;
  std::string type;  // "integer", "array of text"; empty: not known
  std::optional<bool> is_required;
  std::optional<conduit::Value> fallback;
  std::string example;  // as `oriel call` takes it after the name

  friend bool operator==(const ParameterFacts&, const ParameterFacts&) = default;
};

struct MethodFacts {
  std::string name;
  std::string description;
  std::vector<ParameterFacts> parameters;
  std::string whole;  // the type of what it takes, when that has no named parameters
  std::string result;

  friend bool operator==(const MethodFacts&, const MethodFacts&) = default;
};

// Of what `describe` or `listall` tell of a method. What is not as expected is left out.
MethodFacts read_method_facts(const conduit::Value& told);

// One line for each method.
std::string methods_table(std::span<const MethodFacts> methods);
// An example line, and the parameters one under another.
std::string method_help(const MethodFacts& method, std::string_view target);

// Asks a server of ours for schemas, and any other for its list. A method that is not there:
// kMethodNotFound.
conduit::CallResult<MethodFacts> ask_for_method(conduit::Client& client, std::string_view method);

// `arguments` are those after "methods". Gives the exit code.
int run_methods(std::span<const char* const> arguments);

}  // namespace oriel::cli
