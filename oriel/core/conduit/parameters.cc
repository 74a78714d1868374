#include "oriel/core/conduit/parameters.h"

#include <fmt/format.h>

#include <algorithm>

#include "oriel/base/check.h"

namespace oriel::conduit {

namespace detail {

void check_names(std::size_t arguments, bool takes_whole, std::span<const Parameter> names) {
  ORIEL_CHECK(takes_whole ? names.size() <= 1 : names.size() == arguments);
}

void name_whole(std::vector<FieldError>& errors) {
  for (auto& error : errors)
    if (error.field.empty()) error.field = "params";
}

namespace {

void check_members(const Map& params, std::span<const Parameter> names, Reading& reading) {
  for (const auto& member : params) {
    if (std::ranges::find(names, member.first, &Parameter::name) != names.end()) continue;
    const Reading::Inside inside(reading, member.first);
    reading.refuse("there is no such parameter", "unknown");
    if (reading.is_full()) return;
  }
}

void check_params(const Value& params, std::span<const Parameter> names, Reading& reading) {
  if (const auto* map = params.if_map()) return check_members(*map, names, reading);
  const Reading::Inside inside(reading, "params");
  const auto* array = params.if_array();
  if (array == nullptr && !params.is_null())
    reading.refuse_kind("a map or an array", params);
  else if (array != nullptr && array->size() > names.size())
    reading.refuse(
        fmt::format("expected at most {} arguments, got {}", names.size(), array->size()),
        "unknown");
}

}  // namespace

template <typename V>
ArgumentFinder<V>::ArgumentFinder(V& params, std::span<const Parameter> names, Reading& reading)
    : params_(params), names_(names) {
  check_params(params, names, reading);
}

template <typename V>
V* ArgumentFinder<V>::find(std::size_t i) const {
  if (auto* map = params_.if_map()) return map->find(names_[i].name);
  auto* array = params_.if_array();
  return array != nullptr && i < array->size() ? &(*array)[i] : nullptr;
}

template class ArgumentFinder<Value>;
template class ArgumentFinder<const Value>;

template <typename V>
V& whole_of(V& params, std::span<const Parameter> names,
            std::span<const std::string_view> members) {
  if (auto* array = params.if_array()) return array->size() == 1 ? array->front() : params;
  auto* map = params.if_map();
  if (map == nullptr || map->size() != 1) return params;
  const auto& key = map->begin()->first;
  if (!names.empty() && names.front().name != key) return params;
  if (std::ranges::find(members, key) != members.end()) return params;
  auto* wrapped = map->find(key);
  return wrapped->if_map() != nullptr ? *wrapped : params;
}

template Value& whole_of(Value&, std::span<const Parameter>, std::span<const std::string_view>);
template const Value& whole_of(const Value&, std::span<const Parameter>,
                               std::span<const std::string_view>);

boost::json::object params_schema(const std::vector<MemberDescription>& parameters) {
  auto schema = object_schema(parameters);
  schema["additionalProperties"] = false;
  return schema;
}

}  // namespace detail

Value MethodDescription::to_listall_value() const {
  Map types;
  for (const auto& parameter : parameters) types.append(parameter.name, parameter.type_name);
  return Map{{"name", name},
             {"description", description},
             {"parameters", std::move(types)},
             {"return_type", return_type},
             {"requires_auth", requires_auth}};
}

// Schemas of ours are not nested too deeply.
Value schema_value(const boost::json::object& schema) {
  auto value = from_json(schema);
  ORIEL_CHECK(value.has_value());
  return *std::move(value);
}

Value MethodDescription::to_schema_value() const {
  Map schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
             {"name", name},
             {"description", description},
             {"params", schema_value(params_schema)},
             {"result", schema_value(result_schema)},
             {"requires_auth", requires_auth}};
  if (!role.empty()) schema.append("role", role);
  return schema;
}

}  // namespace oriel::conduit
