#include "oriel/app/cli/conduit_methods.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "oriel/app/cli/command_table.h"
#include "oriel/app/cli/conduit_login.h"
#include "oriel/app/cli/conduit_options.h"
#include "oriel/app/cli/conduit_report.h"
#include "oriel/app/config/suggestion.h"
#include "oriel/app/observe/escape.h"
#include "oriel/core/conduit/json.h"

namespace oriel::cli {
namespace {

using conduit::Array;
using conduit::CallCode;
using conduit::CallError;
using conduit::CallResult;
using conduit::Map;
using conduit::Value;

constexpr std::size_t kColumnMax = 40;

std::string text_in(const Value& map, std::string_view key) {
  const auto* value = map.find(key);
  const auto* text = value != nullptr ? value->if_text() : nullptr;
  return text != nullptr ? observe::text_line(*text) : "";
}

std::string shown(const Value& value) { return observe::json_line(conduit::to_json_text(value)); }

std::string join(std::string before, std::string_view separator, std::string_view next) {
  if (!before.empty()) before += separator;
  return before += next;
}

std::string type_of(const Value& schema) {
  if (const auto* choice = schema.find("enum"); choice != nullptr && choice->if_array()) {
    std::string text;
    for (const auto& value : *choice->if_array()) text = join(std::move(text), " | ", shown(value));
    return text;
  }
  for (const auto* key : {"anyOf", "oneOf"}) {
    const auto* choice = schema.find(key);
    if (choice == nullptr || !choice->if_array()) continue;
    std::string text;
    for (const auto& one : *choice->if_array()) text = join(std::move(text), " | ", type_of(one));
    return text;
  }
  const auto* type = schema.find("type");
  if (type == nullptr) return "any";
  if (const auto* types = type->if_array()) {
    std::string text;
    for (const auto& one : *types)
      if (const auto* name = one.if_text()) text = join(std::move(text), " | ", *name);
    return observe::text_line(text);
  }
  auto text = text_in(schema, "type");
  const auto* items = schema.find("items");
  if (text == "array" && items != nullptr && items->if_map()) text += " of " + type_of(*items);
  return text;
}

// As `oriel call` takes it.
std::string example_of(std::string_view type) {
  const auto first = type.substr(0, type.find(" | "));
  if (first.starts_with('"') && first.size() > 2)
    return std::string(first.substr(1, first.size() - 2));
  if (first.starts_with("array") || first == "list") return "[]";
  constexpr std::pair<std::string_view, std::string_view> kExamples[] = {
      {"integer", "1"},   {"int", "1"},    {"number", "1.5"},   {"float", "1.5"},
      {"string", "text"}, {"str", "text"}, {"boolean", "true"}, {"bool", "true"},
      {"object", "{}"},   {"dict", "{}"},  {"null", "null"}};
  for (const auto& [name, example] : kExamples)
    if (first == name) return std::string(example);
  return "VALUE";
}

std::string example_of(const Value& schema, std::string_view type) {
  if (const auto* fallback = schema.find("default")) {
    const auto* text = fallback->if_text();
    return text != nullptr ? observe::text_line(*text) : shown(*fallback);
  }
  return example_of(type);
}

bool is_in(const Value* names, std::string_view name) {
  const auto* array = names != nullptr ? names->if_array() : nullptr;
  return array != nullptr && std::ranges::any_of(*array, [&](const Value& one) {
           return one.if_text() != nullptr && *one.if_text() == name;
         });
}

void read_schema(const Value& schema, MethodFacts& facts) {
  const auto* properties = schema.find("properties");
  const auto* members = properties != nullptr ? properties->if_map() : nullptr;
  if (members == nullptr) {
    if (schema.if_map() != nullptr && !schema.if_map()->empty()) facts.whole = type_of(schema);
    if (facts.whole == "object") facts.whole.clear();
    return;
  }
  for (const auto& [name, member] : *members) {
    ParameterFacts parameter{.name = observe::text_line(name), .type = type_of(member)};
    parameter.is_required = is_in(schema.find("required"), name);
    if (const auto* fallback = member.find("default")) parameter.fallback = *fallback;
    parameter.example = example_of(member, parameter.type);
    facts.parameters.push_back(std::move(parameter));
  }
}

// A word that the shell leaves as it is.
std::string for_shell(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%_+=:,./-";
  if (!word.empty() && word.find_first_not_of(kPlain) == word.npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string parameter_list(const MethodFacts& method) {
  std::string text = method.whole;
  for (const auto& parameter : method.parameters) {
    auto one = parameter.type.empty() ? parameter.name : parameter.name + ": " + parameter.type;
    if (parameter.fallback)
      one += " = " + shown(*parameter.fallback);
    else if (parameter.is_required == false)
      one += "?";
    text = join(std::move(text), ", ", one);
  }
  return text;
}

std::string state_of(const ParameterFacts& parameter) {
  if (parameter.fallback) return "default " + shown(*parameter.fallback);
  if (!parameter.is_required) return "";
  return *parameter.is_required ? "required" : "optional";
}

std::size_t widest(std::span<const std::string> cells) {
  std::size_t width = 0;
  for (const auto& cell : cells)
    if (cell.size() <= kColumnMax) width = std::max(width, cell.size());
  return width;
}

std::string without_end_blanks(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

// ---- asking

CallResult<Value> data_of(conduit::Answer answer) {
  if (!answer) return std::unexpected(std::move(answer.error()));
  return answer->data ? *std::move(answer->data) : Value();
}

CallResult<Array> described_methods(conduit::Client& client) {
  auto told = data_of(client.request("describe", Map()));
  if (!told) return std::unexpected(std::move(told.error()));
  const auto* methods = told->find("methods");
  if (methods == nullptr || methods->if_array() == nullptr)
    return std::unexpected(CallError{.code = CallCode::kInvalidType,
                                     .message = "the answer of describe has no list of methods"});
  return *methods->if_array();
}

bool is_not_there(const CallError& error) { return error.code == CallCode::kMethodNotFound; }

CallResult<std::vector<MethodFacts>> ask_for_methods(conduit::Client& client) {
  auto rows = described_methods(client);
  if (!rows && is_not_there(rows.error())) rows = client.discover();
  if (!rows) return std::unexpected(std::move(rows.error()));
  std::vector<MethodFacts> methods;
  for (const auto& row : *rows) methods.push_back(read_method_facts(row));
  return methods;
}

int print_methods(conduit::Client& client, const ConduitOptions& options) {
  if (options.shows_schemas || options.is_json) {
    auto rows = options.shows_schemas ? described_methods(client) : client.discover();
    if (!rows) return report_call(options.shows_schemas ? "describe" : "listall", rows.error());
    return print_json(Value(*std::move(rows)), options.is_json);
  }
  const auto methods = ask_for_methods(client);
  if (!methods) return report_call("listall", methods.error());
  return print_text(methods_table(*methods));
}

}  // namespace

MethodFacts read_method_facts(const Value& told) {
  MethodFacts facts{.name = text_in(told, "name"), .description = text_in(told, "description")};
  if (const auto* schema = told.find("params")) {
    read_schema(*schema, facts);
    if (const auto* result = told.find("result")) facts.result = type_of(*result);
    return facts;
  }
  facts.result = text_in(told, "return_type");
  const auto* parameters = told.find("parameters");
  if (parameters == nullptr || parameters->if_map() == nullptr) return facts;
  for (const auto& [name, type] : *parameters->if_map()) {
    ParameterFacts parameter{.name = observe::text_line(name)};
    if (const auto* text = type.if_text()) parameter.type = observe::text_line(*text);
    parameter.example = example_of(parameter.type);
    facts.parameters.push_back(std::move(parameter));
  }
  return facts;
}

std::string methods_table(std::span<const MethodFacts> methods) {
  std::vector<std::string> names{"METHOD"}, parameters{"PARAMETERS"}, descriptions{"DESCRIPTION"};
  for (const auto& method : methods) {
    names.push_back(method.name);
    parameters.push_back(parameter_list(method));
    descriptions.push_back(method.description);
  }
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i)
    text += without_end_blanks(fmt::format("{:<{}}  {:<{}}  {}", names[i], widest(names),
                                           parameters[i], widest(parameters), descriptions[i]));
  return text;
}

std::string method_help(const MethodFacts& method, std::string_view target) {
  auto text = fmt::format("Example: oriel call {} {}", for_shell(std::string(target)),
                          for_shell(method.name));
  for (const auto& parameter : method.parameters)
    if (parameter.is_required.value_or(true))
      text += " " + for_shell(parameter.name + "=" + parameter.example);
  if (!method.whole.empty()) text += " " + for_shell(example_of(method.whole));
  text += "\n\n" + method.name;
  if (!method.description.empty()) text += ": " + method.description;
  text += "\n\n";
  if (!method.whole.empty()) text += fmt::format("Takes: {}\n", method.whole);
  std::vector<std::string> names, types;
  for (const auto& parameter : method.parameters) {
    names.push_back(parameter.name);
    types.push_back(parameter.type);
  }
  if (!names.empty()) text += "Parameters:\n";
  if (names.empty() && method.whole.empty()) text += "No parameters\n";
  for (std::size_t i = 0; i < names.size(); ++i)
    text +=
        without_end_blanks(fmt::format("  {:<{}}  {:<{}}  {}", names[i], widest(names), types[i],
                                       widest(types), state_of(method.parameters[i])));
  if (!method.result.empty()) text += fmt::format("Result: {}\n", method.result);
  return text;
}

CallResult<MethodFacts> ask_for_method(conduit::Client& client, std::string_view method) {
  const auto told = client.describe(method);
  if (told) return read_method_facts(*told);
  if (!is_not_there(told.error())) return std::unexpected(told.error());
  // A server without `describe` says the same as one without the method.
  const auto rows = client.discover();
  if (!rows) return std::unexpected(rows.error());
  std::vector<std::string> known;
  for (const auto& row : *rows) {
    auto facts = read_method_facts(row);
    if (facts.name == method) return facts;
    known.push_back(std::move(facts.name));
  }
  auto error = told.error();
  error.message = fmt::format("the server has no such method, {}", config::suggest(method, known));
  error.details = {};
  return std::unexpected(std::move(error));
}

int run_methods(std::span<const char* const> arguments) {
  ignore_broken_pipes();
  const auto options = parse_conduit_arguments(ConduitCommand::kMethods, arguments);
  if (!options) return report_usage(options.error().message);
  if (options->wants_help) return print_text(conduit_help(ConduitCommand::kMethods));
  auto made = make_client_options(*options);
  if (!made) return report_usage(made.error().message);
  if (options->timeout) made->rpc_timeout = *options->timeout;
  const auto client = connect_conduit(*std::move(made));
  if (!client) return client.error();
  return print_methods(**client, *options);
}

}  // namespace oriel::cli
