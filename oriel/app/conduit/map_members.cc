#include "oriel/app/conduit/map_members.h"

#include <utility>

namespace oriel::conduit {

std::string text_in(const Value& map, std::string_view key) {
  const auto* value = map.find(key);
  const auto* text = value != nullptr ? value->if_text() : nullptr;
  return text != nullptr ? *text : std::string();
}

std::optional<std::uint64_t> count_in(const Value& map, std::string_view key) {
  const auto* value = map.find(key);
  const auto* number = value != nullptr ? value->if_integer() : nullptr;
  if (number == nullptr || *number < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

std::uint64_t number_in(const Value& map, std::string_view key, std::uint64_t otherwise) {
  return count_in(map, key).value_or(otherwise);
}

Value one_member(std::string_view key, Value value) {
  Map map;
  map.set(key, std::move(value));
  return map;
}

}  // namespace oriel::conduit
