#include "oriel/app/cli/method_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "oriel/app/observe/escape.h"
#include "oriel/core/conduit/json.h"

namespace oriel::cli {
namespace {

using conduit::Array;
using conduit::Map;
using conduit::Value;

constexpr std::size_t kColumnMax = 40;
// Of an array that has a size of its own, in examples.
constexpr std::uint64_t kExampleElementsMax = 8;

std::string text_in(const Value& map, std::string_view key) {
  const auto* value = map.find(key);
  const auto* text = value != nullptr ? value->if_text() : nullptr;
  return text != nullptr ? observe::text_line(*text) : "";
}

const Array* array_in(const Value& map, std::string_view key) {
  const auto* value = map.find(key);
  return value != nullptr ? value->if_array() : nullptr;
}

std::string shown(const Value& value) { return observe::json_line(conduit::to_json_text(value)); }

std::string join(std::string before, std::string_view separator, std::string_view next) {
  if (!before.empty()) before += separator;
  return before += next;
}

// ---- schemas

// The kinds that a value may be of, or null.
const Array* choices_of(const Value& schema) {
  const auto* any = array_in(schema, "anyOf");
  return any != nullptr ? any : array_in(schema, "oneOf");
}

bool is_null_type(const Value& schema) { return text_in(schema, "type") == "null"; }

// Of a choice between one kind and null that one kind, else the schema itself.
const Value& without_null(const Value& schema) {
  const auto* choices = choices_of(schema);
  if (choices == nullptr || std::ranges::count_if(*choices, is_null_type) != 1) return schema;
  if (choices->size() != 2) return schema;
  return is_null_type(choices->front()) ? choices->back() : choices->front();
}

std::string type_of(const Value& schema) {
  std::string text;
  if (const auto* choice = array_in(schema, "enum")) {
    for (const auto& value : *choice) text = join(std::move(text), " | ", shown(value));
    return text;
  }
  if (const auto* choices = choices_of(schema)) {
    for (const auto& one : *choices) text = join(std::move(text), " | ", type_of(one));
    return text;
  }
  const auto* type = schema.find("type");
  if (type == nullptr) return "any";
  if (const auto* types = type->if_array()) {
    for (const auto& one : *types)
      if (const auto* name = one.if_text()) text = join(std::move(text), " | ", *name);
    return observe::text_line(text);
  }
  text = text_in(schema, "type");
  if (text == "string" && !text_in(schema, "contentEncoding").empty()) return "bytes";
  const auto* items = schema.find("items");
  if (text == "array" && items != nullptr && items->if_map()) text += " of " + type_of(*items);
  // Members of any name.
  const auto* others = schema.find("additionalProperties");
  if (text == "object" && others != nullptr && others->if_map()) text += " of " + type_of(*others);
  return text;
}

// A bound that is not that of all 64-bit integers.
std::string bound_in(const Value& schema, std::string_view key) {
  const auto* bound = schema.find(key);
  if (bound == nullptr) return "";
  using Limits = std::numeric_limits<std::int64_t>;
  const auto* integer = bound->if_integer();
  if (integer != nullptr) {
    const bool is_any = *integer == Limits::min() || *integer == Limits::max();
    return is_any ? "" : std::to_string(*integer);
  }
  return bound->if_double() != nullptr ? shown(*bound) : "";
}

std::string range_of(const Value& schema) {
  const auto least = bound_in(schema, "minimum"), most = bound_in(schema, "maximum");
  if (!least.empty() && !most.empty()) return least + " to " + most;
  if (!least.empty()) return least + " or more";
  return most.empty() ? "" : most + " or less";
}

std::int64_t integer_in_range(const Value& schema) {
  std::int64_t number = 1;
  const auto* least = schema.find("minimum");
  const auto* most = schema.find("maximum");
  if (least != nullptr && least->if_integer()) number = std::max(number, *least->if_integer());
  if (most != nullptr && most->if_integer()) number = std::min(number, *most->if_integer());
  return number;
}

bool is_in(const Array* names, std::string_view name) {
  return names != nullptr && std::ranges::any_of(*names, [&](const Value& one) {
           return one.if_text() != nullptr && *one.if_text() == name;
         });
}

Value example_of(const Value& schema);

Value example_array(const Value& schema) {
  const auto* items = schema.find("items");
  if (items == nullptr || items->if_map() == nullptr) return Array();
  auto element = example_of(*items);
  const auto* count = schema.find("minItems");
  const auto* number = count != nullptr ? count->if_integer() : nullptr;
  const bool is_scalar = element.if_array() == nullptr && element.if_map() == nullptr;
  const bool has_size = number != nullptr && *number > 1 && is_scalar;
  const auto size = has_size ? static_cast<std::uint64_t>(*number) : 1;
  return Array(std::min(size, kExampleElementsMax), element);
}

// What must be there of an object.
Value example_object(const Value& schema) {
  Map map;
  const auto* properties = schema.find("properties");
  const auto* members = properties != nullptr ? properties->if_map() : nullptr;
  if (members == nullptr) return map;
  for (const auto& [name, member] : *members)
    if (is_in(array_in(schema, "required"), name)) map.set(name, example_of(member));
  return map;
}

Value example_of(const Value& schema) {
  if (const auto* fallback = schema.find("default"); fallback != nullptr && !fallback->is_null())
    return *fallback;
  if (const auto* choice = array_in(schema, "enum"); choice != nullptr && !choice->empty())
    return choice->front();
  if (const auto* choices = choices_of(schema); choices != nullptr && !choices->empty())
    return example_of(is_null_type(choices->front()) ? choices->back() : choices->front());
  const auto type = type_of(schema);
  const auto first = type.substr(0, type.find(" | "));
  if (first == "integer") return integer_in_range(schema);
  if (first == "number") return 1.5;
  if (first == "string") return "text";
  if (first == "bytes") return Map{{"$bytes", "AAAA"}};
  if (first == "boolean") return true;
  if (first == "null") return nullptr;
  if (first.starts_with("array")) return example_array(schema);
  if (first.starts_with("object")) return example_object(schema);
  return "VALUE";
}

// As `oriel call` takes a value after "KEY=".
std::string word_of(const Value& value) {
  const auto* text = value.if_text();
  const bool is_plain =
      text != nullptr && !conduit::parse_json(*text) &&
      (text->empty() || std::string_view("{[\"@").find(text->front()) == std::string_view::npos);
  return is_plain ? observe::text_line(*text) : shown(value);
}

std::vector<ParameterFacts> read_members(const Value& schema);

ParameterFacts read_parameter(std::string name, const Value& told, bool is_required) {
  // That what may be left out may also be null goes without saying.
  const auto& schema = is_required ? told : without_null(told);
  ParameterFacts parameter{.name = std::move(name),
                           .type = type_of(schema),
                           .range = range_of(schema),
                           .is_required = is_required,
                           .example = word_of(example_of(told)),
                           .members = read_members(without_null(told))};
  const auto* fallback = told.find("default");
  if (fallback != nullptr && !fallback->is_null()) parameter.fallback = *fallback;
  return parameter;
}

std::vector<ParameterFacts> read_members(const Value& schema) {
  std::vector<ParameterFacts> facts;
  if (const auto* items = schema.find("items")) return read_members(without_null(*items));
  if (const auto* others = schema.find("additionalProperties"); others && others->if_map())
    return read_members(without_null(*others));
  const auto* properties = schema.find("properties");
  const auto* members = properties != nullptr ? properties->if_map() : nullptr;
  if (members == nullptr) return facts;
  for (const auto& [name, member] : *members)
    facts.push_back(read_parameter(observe::text_line(name), member,
                                   is_in(array_in(schema, "required"), name)));
  return facts;
}

void read_schema(const Value& schema, MethodFacts& facts) {
  const auto* properties = schema.find("properties");
  if (properties != nullptr && properties->if_map() != nullptr) {
    facts.parameters = read_members(schema);
    return;
  }
  if (schema.if_map() == nullptr || schema.if_map()->empty()) return;
  facts.whole = type_of(schema);
  facts.whole_example = shown(example_of(schema));
  if (facts.whole.starts_with("object")) facts.whole.clear();
}

// The names that Python has for types, of servers without schemas.
std::string example_of_name(std::string_view type) {
  constexpr std::pair<std::string_view, std::string_view> kExamples[] = {
      {"int", "1"}, {"float", "1.5"}, {"str", "text"}, {"bool", "true"}, {"dict", "{}"}};
  if (type.starts_with("list")) return "[]";
  for (const auto& [name, example] : kExamples)
    if (type == name) return std::string(example);
  return "VALUE";
}

// ---- texts

// A word that the shell leaves as it is.
std::string for_shell(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%_+=:,./-";
  if (!word.empty() && word.find_first_not_of(kPlain) == word.npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string parameter_text(const ParameterFacts& parameter) {
  auto text = parameter.name;
  if (parameter.is_required == false && !parameter.fallback) text += "?";
  if (!parameter.type.empty()) text += ": " + parameter.type;
  if (parameter.fallback) text += " = " + shown(*parameter.fallback);
  return text;
}

// In lines of kColumnMax bytes, where one parameter is not longer.
std::vector<std::string> parameter_lines(const MethodFacts& method) {
  std::vector<std::string> lines{method.whole};
  for (const auto& parameter : method.parameters) {
    const auto next = parameter_text(parameter);
    auto& line = lines.back();
    if (line.empty()) {
      line = next;
    } else if (line.size() + 2 + next.size() < kColumnMax) {
      line += ", " + next;
    } else {
      line += ",";
      lines.push_back(next);
    }
  }
  return lines;
}

std::string state_of(const ParameterFacts& parameter) {
  if (parameter.fallback) return "default " + shown(*parameter.fallback);
  if (!parameter.is_required) return "";
  return *parameter.is_required ? "required" : "optional";
}

std::string without_end_blanks(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

using Row = std::array<std::string, 4>;

std::size_t widest(std::span<const Row> rows, std::size_t column) {
  std::size_t width = 0;
  for (const auto& row : rows)
    if (row[column].size() <= kColumnMax) width = std::max(width, row[column].size());
  return width;
}

// What is longer than its column has the rest of the line for itself.
std::string in_columns(std::span<const Row> rows) {
  std::array<std::size_t, 4> widths{};
  for (std::size_t column = 0; column < widths.size(); ++column)
    widths[column] = widest(rows, column);
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t column = 0; column < row.size(); ++column) {
      if (widths[column] == 0 && row[column].empty()) continue;
      line += fmt::format("{:<{}}  ", row[column], widths[column]);
    }
    text += without_end_blanks(std::move(line));
  }
  return text;
}

enum class Direction { kIn, kOut };

void append_rows(const std::vector<ParameterFacts>& parameters, Direction direction,
                 std::size_t depth, std::vector<Row>& rows) {
  for (const auto& parameter : parameters) {
    auto type = parameter.type;
    if (!parameter.range.empty()) type += ", " + parameter.range;
    // Of a result it is worth a word that something may be missing.
    const bool is_plain = direction == Direction::kOut && parameter.is_required.value_or(true);
    rows.push_back({std::string(2 * depth, ' ') + parameter.name, std::move(type),
                    is_plain ? "" : state_of(parameter), ""});
    append_rows(parameter.members, direction, depth + 1, rows);
  }
}

std::string parameter_rows(const std::vector<ParameterFacts>& parameters, Direction direction) {
  std::vector<Row> rows;
  append_rows(parameters, direction, 1, rows);
  return in_columns(rows);
}

}  // namespace

MethodFacts read_method_facts(const Value& told) {
  MethodFacts facts{.name = text_in(told, "name"),
                    .description = text_in(told, "description"),
                    .role = text_in(told, "role")};
  if (const auto* schema = told.find("params")) {
    read_schema(*schema, facts);
    if (const auto* result = told.find("result")) {
      facts.result = type_of(*result);
      facts.result_members = read_members(without_null(*result));
    }
    return facts;
  }
  facts.result = text_in(told, "return_type");
  const auto* parameters = told.find("parameters");
  if (parameters == nullptr || parameters->if_map() == nullptr) return facts;
  for (const auto& [name, type] : *parameters->if_map()) {
    ParameterFacts parameter{.name = observe::text_line(name)};
    if (const auto* text = type.if_text()) parameter.type = observe::text_line(*text);
    parameter.example = example_of_name(parameter.type);
    facts.parameters.push_back(std::move(parameter));
  }
  return facts;
}

StreamFacts read_stream_facts(const Value& told) {
  StreamFacts facts{.name = text_in(told, "name"),
                    .direction = text_in(told, "direction"),
                    .role = text_in(told, "role")};
  const auto* element = told.find("element");
  if (element == nullptr || element->if_map() == nullptr) return facts;
  facts.element = type_of(*element);
  facts.members = read_members(without_null(*element));
  return facts;
}

std::string streams_table(std::span<const StreamFacts> streams) {
  if (streams.empty()) return "";
  const bool has_roles =
      std::ranges::any_of(streams, [](const auto& stream) { return !stream.role.empty(); });
  std::vector<Row> rows{{"STREAM", "VALUES", "DIRECTION", has_roles ? "ROLE" : ""}};
  for (const auto& stream : streams) {
    rows.push_back({stream.name, stream.element, stream.direction, stream.role});
    append_rows(stream.members, Direction::kOut, 1, rows);
  }
  return in_columns(rows);
}

std::string methods_table(std::span<const MethodFacts> methods) {
  const bool has_roles =
      std::ranges::any_of(methods, [](const auto& method) { return !method.role.empty(); });
  std::vector<Row> rows{{"METHOD", "PARAMETERS", has_roles ? "ROLE" : "", "DESCRIPTION"}};
  for (const auto& method : methods) {
    const auto lines = parameter_lines(method);
    rows.push_back({method.name, lines.front(), method.role, method.description});
    // One parameter alone that is longer than the column: the rest goes beneath.
    if (lines.front().size() > kColumnMax) {
      rows.back()[2].clear();
      rows.back()[3].clear();
      rows.push_back({"", "", method.role, method.description});
      if (lines.size() > 1) rows.back()[1] = lines[1];
    }
    for (std::size_t i = lines.front().size() > kColumnMax ? 2 : 1; i < lines.size(); ++i)
      rows.push_back({"", lines[i], "", ""});
  }
  return in_columns(rows);
}

std::string method_help(const MethodFacts& method, std::string_view target) {
  auto text = fmt::format("Example: oriel call {} {}", for_shell(std::string(target)),
                          for_shell(method.name));
  for (const auto& parameter : method.parameters)
    if (parameter.is_required.value_or(true))
      text += " " + for_shell(parameter.name + "=" + parameter.example);
  if (!method.whole.empty()) text += " " + for_shell(method.whole_example);
  text += "\n\n" + method.name;
  if (!method.description.empty()) text += ": " + method.description;
  text += "\n\n";
  if (!method.role.empty()) text += fmt::format("Role: {}\n", method.role);
  if (!method.whole.empty()) text += fmt::format("Takes: {}\n", method.whole);
  if (!method.parameters.empty())
    text += "Parameters:\n" + parameter_rows(method.parameters, Direction::kIn);
  else if (method.whole.empty())
    text += "No parameters\n";
  if (!method.result.empty()) text += fmt::format("Result: {}\n", method.result);
  return text + parameter_rows(method.result_members, Direction::kOut);
}

}  // namespace oriel::cli
