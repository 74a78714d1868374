#pragma once
// What a message carries: one MessagePack value. Text and bytes are distinct; integers keep their
// sign and all 64 bits; members of a map keep their order, and their keys are text.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "oriel/base/bytes.h"

namespace oriel::conduit {

class Value;

// An application's own type (MessagePack "ext"), passed on as it is.
struct Extension {
  std::int8_t type = 0;
  Bytes bytes;

  friend bool operator==(const Extension&, const Extension&) = default;
};

using Array = std::vector<Value>;

// Members in their order; a key that comes again replaces the value and keeps the place. Lookups
// are linear: messages have few members.
class Map {
 public:
  using Member = std::pair<std::string, Value>;

  Map();
  Map(std::initializer_list<Member> members);
  // Of members whose keys are known to be distinct.
  static Map of_distinct(std::vector<Member> members);
  Map(const Map&);
  Map(Map&&) noexcept;
  Map& operator=(const Map&);
  Map& operator=(Map&&) noexcept;
  ~Map();

  // Null when there is no such member; valid until the map changes.
  const Value* find(std::string_view key) const;
  Value* find(std::string_view key);
  void set(std::string_view key, Value value);
  // Adds at the end a key that is known to be new.
  void append(std::string key, Value value);
  bool contains(std::string_view key) const { return find(key) != nullptr; }

  void reserve(std::size_t members);
  std::size_t size() const;
  bool empty() const { return size() == 0; }
  const Member* begin() const;
  const Member* end() const;

  friend bool operator==(const Map&, const Map&);

 private:
  std::vector<Member> members_;
};

class Value {
 public:
  // kUnsigned only where the number is above the signed range.
  enum class Kind {
    kNull,
    kBool,
    kInteger,
    kUnsigned,
    kDouble,
    kText,
    kBytes,
    kArray,
    kMap,
    kExtension
  };

  Value() = default;
  Value(std::nullptr_t) {}
  Value(std::same_as<bool> auto truth) : held_(truth) {}
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  Value(T number) : held_(integer(number)) {}
  Value(std::floating_point auto number) : held_(static_cast<double>(number)) {}
  Value(std::string text) : held_(std::move(text)) {}
  Value(std::string_view text) : held_(std::string(text)) {}
  Value(const char* text) : held_(std::string(text)) {}
  Value(Bytes bytes) : held_(std::move(bytes)) {}
  Value(Array array) : held_(std::move(array)) {}
  Value(Map map) : held_(std::move(map)) {}
  Value(Extension extension) : held_(std::move(extension)) {}

  Kind kind() const { return static_cast<Kind>(held_.index()); }
  bool is_null() const { return kind() == Kind::kNull; }

  // Null when the value is of another kind; valid until it changes.
  const bool* if_bool() const { return std::get_if<bool>(&held_); }
  const std::int64_t* if_integer() const { return std::get_if<std::int64_t>(&held_); }
  const std::uint64_t* if_unsigned() const { return std::get_if<std::uint64_t>(&held_); }
  const double* if_double() const { return std::get_if<double>(&held_); }
  const std::string* if_text() const { return std::get_if<std::string>(&held_); }
  const Bytes* if_bytes() const { return std::get_if<Bytes>(&held_); }
  const Array* if_array() const { return std::get_if<Array>(&held_); }
  const Map* if_map() const { return std::get_if<Map>(&held_); }
  const Extension* if_extension() const { return std::get_if<Extension>(&held_); }
  std::string* if_text() { return std::get_if<std::string>(&held_); }
  Bytes* if_bytes() { return std::get_if<Bytes>(&held_); }
  Array* if_array() { return std::get_if<Array>(&held_); }
  Map* if_map() { return std::get_if<Map>(&held_); }

  // Becomes empty text, to be filled.
  std::string& emplace_text() { return held_.emplace<std::string>(); }

  // A member of a map; null when this is no map or has no such member.
  const Value* find(std::string_view key) const;

  friend bool operator==(const Value&, const Value&) = default;

 private:
  using Held = std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string,
                            Bytes, Array, Map, Extension>;

  template <std::integral T>
  static Held integer(T number) {
    if (std::in_range<std::int64_t>(number)) return static_cast<std::int64_t>(number);
    return static_cast<std::uint64_t>(number);
  }

  Held held_ = nullptr;
};

// For error messages: "text", "a map", "the number 7", "null".
std::string describe(const Value& value);

}  // namespace oriel::conduit
