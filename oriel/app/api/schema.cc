#include "oriel/app/api/schema.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <limits>
#include <string_view>

namespace oriel::api {
namespace {

namespace json = boost::json;

std::string_view view(json::string_view text) { return {text.data(), text.size()}; }

std::string_view type_of(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return "null";
    case json::kind::bool_:
      return "boolean";
    case json::kind::int64:
    case json::kind::uint64:
      return "integer";
    case json::kind::double_:
      return "number";
    case json::kind::string:
      return "string";
    case json::kind::array:
      return "array";
    case json::kind::object:
      return "object";
  }
  return "null";
}

std::string with_article(std::string_view type) {
  if (type == "null") return "null";
  const bool is_vowel = type == "integer" || type == "array" || type == "object";
  return fmt::format("{} {}", is_vowel ? "an" : "a", type);
}

std::unexpected<Error> wrong(const std::string& place, std::string_view what) {
  return fail(ErrorCode::kInvalid, fmt::format("{} {}", place, what));
}

std::string member_of(const std::string& place, std::string_view key) {
  return place == "the body" ? std::string(key) : fmt::format("{}.{}", place, key);
}

Status check_type(const json::value& value, std::string_view expected, const std::string& place) {
  const auto got = type_of(value);
  if (got == expected || (expected == "number" && got == "integer")) return {};
  return wrong(place,
               fmt::format("is {}, {} is expected", with_article(got), with_article(expected)));
}

Status check_bounds(double amount, const json::object& schema, const char* least, const char* most,
                    const std::string& place, std::string_view unit) {
  const auto bound = [&](const char* name, double otherwise) {
    const auto* value = schema.if_contains(name);
    return value == nullptr ? otherwise : value->to_number<double>();
  };
  constexpr auto kInfinity = std::numeric_limits<double>::infinity();
  const double low = bound(least, -kInfinity), high = bound(most, kInfinity);
  // Not a number is within no bounds.
  if (!(amount >= low))
    return wrong(place, fmt::format("is {}{}, at least {} is expected", amount, unit, low));
  if (!(amount <= high))
    return wrong(place, fmt::format("is {}{}, at most {} is expected", amount, unit, high));
  return {};
}

Status check_object(const json::object& object, const json::object& schema,
                    const std::string& place) {
  const auto* properties = schema.if_contains("properties");
  if (const auto* required = schema.if_contains("required"))
    for (const auto& key : required->as_array())
      if (!object.contains(key.as_string()))
        return wrong(place, fmt::format("lacks \"{}\"", view(key.as_string())));
  for (const auto& [key, member] : object) {
    const auto* of_member =
        properties != nullptr ? properties->as_object().if_contains(key) : nullptr;
    if (of_member == nullptr)
      return wrong(place, fmt::format("has an unknown member \"{}\"", view(key)));
    ORIEL_TRY_VOID(check_schema(member, *of_member, member_of(place, view(key))));
  }
  return {};
}

Status check_array(const json::array& array, const json::object& schema, const std::string& place) {
  ORIEL_TRY_VOID(check_bounds(static_cast<double>(array.size()), schema, "minItems", "maxItems",
                              place + "'s length", ""));
  if (const auto* items = schema.if_contains("items"))
    for (std::size_t i = 0; i < array.size(); ++i)
      ORIEL_TRY_VOID(check_schema(array[i], *items, fmt::format("{}[{}]", place, i)));
  return {};
}

// The one schema of `choices` whose "type" is that of the value.
Status check_choice(const json::value& value, const json::array& choices,
                    const std::string& place) {
  const auto* object = value.if_object();
  if (object == nullptr) return check_type(value, "object", place);
  const auto* type = object->if_contains("type");
  std::string names;
  for (const auto& choice : choices) {
    const auto& name = choice.at("properties").at("type").at("const");
    if (type != nullptr && *type == name) return check_schema(value, choice, place);
    names += fmt::format("{}{}", names.empty() ? "" : ", ", view(name.as_string()));
  }
  if (type == nullptr) return wrong(place, fmt::format("lacks \"type\": one of {}", names));
  return wrong(member_of(place, "type"),
               fmt::format("is {}, one of {} is expected", json::serialize(*type).c_str(), names));
}

}  // namespace

Status check_schema(const json::value& value, const json::value& schema, const std::string& place) {
  const auto& rules = schema.as_object();
  if (const auto* choices = rules.if_contains("oneOf"))
    return check_choice(value, choices->as_array(), place);
  if (const auto* type = rules.if_contains("type"))
    ORIEL_TRY_VOID(check_type(value, view(type->as_string()), place));
  if (const auto* allowed = rules.if_contains("enum")) {
    const auto& list = allowed->as_array();
    if (std::find(list.begin(), list.end(), value) == list.end())
      return wrong(place,
                   fmt::format("is {}, one of {} is expected", json::serialize(value).c_str(),
                               json::serialize(list).c_str()));
  }
  if (value.is_number())
    return check_bounds(value.to_number<double>(), rules, "minimum", "maximum", place, "");
  if (const auto* text = value.if_string())
    return check_bounds(static_cast<double>(text->size()), rules, "minLength", "maxLength",
                        place + "'s length", " bytes");
  if (const auto* array = value.if_array()) return check_array(*array, rules, place);
  if (const auto* object = value.if_object()) return check_object(*object, rules, place);
  return {};
}

}  // namespace oriel::api
