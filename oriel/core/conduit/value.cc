#include "oriel/core/conduit/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace oriel::conduit {

Map::Map() = default;
Map::Map(const Map&) = default;
Map::Map(Map&&) noexcept = default;
Map& Map::operator=(const Map&) = default;
Map& Map::operator=(Map&&) noexcept = default;
Map::~Map() = default;

Map::Map(std::initializer_list<Member> members) {
  members_.reserve(members.size());
  for (const auto& [key, value] : members) set(key, value);
}

Map Map::of_distinct(std::vector<Member> members) {
  Map map;
  map.members_ = std::move(members);
  return map;
}

const Value* Map::find(std::string_view key) const {
  for (const auto& member : members_)
    if (member.first == key) return &member.second;
  return nullptr;
}

Value* Map::find(std::string_view key) {
  return const_cast<Value*>(std::as_const(*this).find(key));
}

void Map::set(std::string_view key, Value value) {
  if (auto* old = find(key)) {
    *old = std::move(value);
    return;
  }
  append(std::string(key), std::move(value));
}

void Map::append(std::string key, Value value) {
  members_.emplace_back(std::move(key), std::move(value));
}

void Map::reserve(std::size_t members) { members_.reserve(members); }
std::size_t Map::size() const { return members_.size(); }
const Map::Member* Map::begin() const { return members_.data(); }
const Map::Member* Map::end() const { return members_.data() + members_.size(); }

bool operator==(const Map& a, const Map& b) { return a.members_ == b.members_; }

const Value* Value::find(std::string_view key) const {
  const auto* map = if_map();
  return map != nullptr ? map->find(key) : nullptr;
}

std::string describe(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kNull:
      return "null";
    case Value::Kind::kBool:
      return *value.if_bool() ? "true" : "false";
    case Value::Kind::kInteger:
      return fmt::format("the number {}", *value.if_integer());
    case Value::Kind::kUnsigned:
      return fmt::format("the number {}", *value.if_unsigned());
    case Value::Kind::kDouble:
      return fmt::format("the number {}", *value.if_double());
    case Value::Kind::kText:
      return "text";
    case Value::Kind::kBytes:
      return "bytes";
    case Value::Kind::kArray:
      return "an array";
    case Value::Kind::kMap:
      return "a map";
    case Value::Kind::kExtension:
      return "an extension";
  }
  return "nothing";
}

}  // namespace oriel::conduit
