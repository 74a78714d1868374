#pragma once
// C++ types as Values, both ways, with their names and JSON Schemas: bool, integers, floating
// point, std::string, Bytes, Value itself, std::optional, std::vector, std::array, std::map and
// std::unordered_map with text keys, Boost.Describe enums (as their names) and structs (as maps).
// Reading is strict: nothing is rounded, cut or guessed, and an error names the field. A number
// without a fraction is an integer and an integer is a number, because Python and JavaScript do not
// care; text never becomes one. Members that a struct does not have are ignored.
//
// A struct names its members that may be left out, besides std::optional ones, in
//   static constexpr std::string_view kOptionalMembers[] = {"limit", "offset"};
// They have the values of a default-constructed struct then.
//
// A type of an application's own has a specialisation of Conversion, as below.

#include <algorithm>
#include <array>
#include <boost/describe.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/mp11/algorithm.hpp>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <unordered_map>
#include <utility>
#include <vector>

#include "oriel/core/conduit/json.h"
#include "oriel/core/conduit/limits.h"
#include "oriel/core/conduit/value.h"

namespace oriel::conduit {

// One thing that is wrong with a value, and where: "address.zip", "items[3]".
struct FieldError {
  std::string field;
  std::string message;  // "expected an integer from 0 to 255, got text"
  std::string type;     // "missing", "type", "range", "enum", "unknown"

  friend bool operator==(const FieldError&, const FieldError&) = default;
};

// More than so many are not looked for.
inline constexpr std::size_t kFieldErrorsMax = 20;

// Where a reading is, and what was wrong so far. A reading goes on after an error, to find others.
class Reading {
 public:
  // While one lives, the reading is inside that member, or in the element `index`.
  class Inside {
   public:
    Inside(Reading& reading, std::string_view member);
    explicit Inside(Reading& reading);
    ~Inside();
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

    void at(std::size_t index);

   private:
    Reading& reading_;
  };

  Reading() {}  // leaves the path as it is

  // All return false.
  bool refuse(std::string message, std::string_view type);
  bool refuse_kind(std::string_view expected, const Value& got);
  bool refuse_missing(std::string_view member);

  bool is_full() const { return errors_.size() >= kFieldErrorsMax; }
  std::vector<FieldError>& errors() { return errors_; }

 private:
  static constexpr std::size_t kIsMember = std::numeric_limits<std::size_t>::max();

  struct Segment {
    std::string_view member;  // of a map, lent
    std::size_t index;        // of an array, else kIsMember
  };

  std::string field() const;

  void enter(Segment segment);

  // No room is taken from the heap for what most readings need not say. Deeper ones say less.
  std::array<Segment, kDepthMax + 1> path_;
  std::size_t depth_ = 0;
  std::vector<FieldError> errors_;
};

// Types whose schemas are being made, outermost first: one that is inside itself has no schema of
// its own there.
class SchemaNesting {
 public:
  bool enter(const std::type_info& type);
  void leave() { types_.pop_back(); }

 private:
  std::vector<const std::type_info*> types_;
};

// How one type is converted:
//   static Value write(const T&);                              or of a forwarded T
//   static bool read(V& value, T& out, Reading&);              V: Value, may be moved from, or
//   const static std::string name();                                 as Python names the type
//   static boost::json::object schema(SchemaNesting&);         JSON Schema 2020-12
template <typename T>
struct Conversion;

template <typename T>
concept Convertible = requires { Conversion<T>::name(); };

template <typename T>
concept DescribedStruct = std::is_class_v<T> && boost::describe::has_describe_members<T>::value;

template <typename T>
concept DescribedEnum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;

template <typename T>
Value to_value(const T& value) {
  return Conversion<T>::write(value);
}
template <typename T>
  requires(!std::is_lvalue_reference_v<T> && !std::is_const_v<T>)
Value to_value(T&& value) {
  return Conversion<T>::write(std::move(value));
}

// T must have a default constructor. Text and bytes are moved out of a Value that is given away.
template <typename T, typename V>
std::expected<T, std::vector<FieldError>> from_value_of(V& value) {
  Reading reading;
  T out{};
  if (Conversion<T>::read(value, out, reading)) return out;
  return std::unexpected(std::move(reading.errors()));
}
template <typename T>
std::expected<T, std::vector<FieldError>> from_value(const Value& value) {
  return from_value_of<T>(value);
}
template <typename T>
std::expected<T, std::vector<FieldError>> from_value(Value&& value) {
  return from_value_of<T>(value);
}

// The name of the type in Python: "int", "list[str]", "Optional[int]", "Any"; a struct's own.
// Of void: "None".
template <typename T>
std::string type_name() {
  return Conversion<T>::name();
}

template <typename T>
boost::json::object schema_of() {
  SchemaNesting nesting;
  return Conversion<T>::schema(nesting);
}

// The name of a C++ type without namespaces.
std::string unqualified_name(const std::type_info& type);

// Each reads one kind; the numbers within a range.
bool read_bool(const Value& value, bool& out, Reading& reading);
bool read_signed(const Value& value, std::int64_t min, std::int64_t max, std::int64_t& out,
                 Reading& reading);
bool read_unsigned(const Value& value, std::uint64_t max, std::uint64_t& out, Reading& reading);
bool read_double(const Value& value, double& out, Reading& reading);
// Which of `names` the value is.
bool read_name(const Value& value, std::span<const std::string_view> names, std::size_t& out,
               Reading& reading);

namespace detail {

// Moves out of what may be changed, copies what is constant.
template <typename T>
T&& taken(T& held) {
  return std::move(held);
}
template <typename T>
const T& taken(const T& held) {
  return held;
}

template <typename From, typename T>
bool take_if(From* from, T& out, std::string_view expected, const Value& value, Reading& reading) {
  if (from == nullptr) return reading.refuse_kind(expected, value);
  out = taken(*from);
  return true;
}

}  // namespace detail

template <>
struct Conversion<void> {
  static std::string name() { return "None"; }
  static boost::json::object schema(SchemaNesting&) { return {{"type", "null"}}; }
};

template <>
struct Conversion<Value> {
  static Value write(Value value) { return value; }
  template <typename V>
  static bool read(V& value, Value& out, Reading&) {
    out = detail::taken(value);
    return true;
  }
  static std::string name() { return "Any"; }
  static boost::json::object schema(SchemaNesting&) { return {}; }
};

template <>
struct Conversion<bool> {
  static Value write(bool truth) { return truth; }
  static bool read(const Value& value, bool& out, Reading& reading) {
    return read_bool(value, out, reading);
  }
  static std::string name() { return "bool"; }
  static boost::json::object schema(SchemaNesting&) { return {{"type", "boolean"}}; }
};

// Not char: is it a number or text?
template <typename T>
concept Integer = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> &&
                  !std::same_as<T, wchar_t> && !std::same_as<T, char8_t> &&
                  !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

template <Integer T>
struct Conversion<T> {
  static constexpr auto kMin = std::numeric_limits<T>::min();
  static constexpr auto kMax = std::numeric_limits<T>::max();

  static Value write(T number) { return number; }
  static bool read(const Value& value, T& out, Reading& reading) {
    if constexpr (std::is_signed_v<T>) {
      std::int64_t number = 0;
      if (!read_signed(value, kMin, kMax, number, reading)) return false;
      out = static_cast<T>(number);
    } else {
      std::uint64_t number = 0;
      if (!read_unsigned(value, kMax, number, reading)) return false;
      out = static_cast<T>(number);
    }
    return true;
  }
  static std::string name() { return "int"; }
  static boost::json::object schema(SchemaNesting&) {
    return {{"type", "integer"}, {"minimum", kMin}, {"maximum", kMax}};
  }
};

// What does not fit a float becomes infinity, as in C++.
template <std::floating_point T>
struct Conversion<T> {
  static Value write(T number) { return number; }
  static bool read(const Value& value, T& out, Reading& reading) {
    double number = 0;
    if (!read_double(value, number, reading)) return false;
    out = static_cast<T>(number);
    return true;
  }
  static std::string name() { return "float"; }
  static boost::json::object schema(SchemaNesting&) { return {{"type", "number"}}; }
};

template <>
struct Conversion<std::string> {
  static Value write(std::string text) { return text; }
  template <typename V>
  static bool read(V& value, std::string& out, Reading& reading) {
    return detail::take_if(value.if_text(), out, "text", value, reading);
  }
  static std::string name() { return "str"; }
  static boost::json::object schema(SchemaNesting&) { return {{"type", "string"}}; }
};

// Written only.
template <>
struct Conversion<std::string_view> : Conversion<std::string> {
  static Value write(std::string_view text) { return text; }
};
template <>
struct Conversion<const char*> : Conversion<std::string> {
  static Value write(const char* text) { return text; }
};
template <std::size_t N>
struct Conversion<char[N]> : Conversion<std::string> {
  static Value write(const char* text) { return text; }
};

template <>
struct Conversion<Bytes> {
  static Value write(Bytes bytes) { return bytes; }
  template <typename V>
  static bool read(V& value, Bytes& out, Reading& reading) {
    return detail::take_if(value.if_bytes(), out, "bytes", value, reading);
  }
  static std::string name() { return "bytes"; }
  static boost::json::object schema(SchemaNesting&) {
    return {{"type", "string"}, {"contentEncoding", "base64"}};
  }
};

template <>
struct Conversion<Map> {
  static Value write(Map map) { return map; }
  template <typename V>
  static bool read(V& value, Map& out, Reading& reading) {
    return detail::take_if(value.if_map(), out, "a map", value, reading);
  }
  static std::string name() { return "dict"; }
  static boost::json::object schema(SchemaNesting&) { return {{"type", "object"}}; }
};

template <>
struct Conversion<Array> {
  static Value write(Array array) { return array; }
  template <typename V>
  static bool read(V& value, Array& out, Reading& reading) {
    return detail::take_if(value.if_array(), out, "an array", value, reading);
  }
  static std::string name() { return "list"; }
  static boost::json::object schema(SchemaNesting&) { return {{"type", "array"}}; }
};

template <>
struct Conversion<Extension> {
  static Value write(Extension extension) { return extension; }
  static bool read(const Value& value, Extension& out, Reading& reading) {
    return detail::take_if(value.if_extension(), out, "an extension", value, reading);
  }
  static std::string name() { return "ExtType"; }
  static boost::json::object schema(SchemaNesting&) { return {}; }
};

template <typename T>
struct Conversion<std::optional<T>> {
  template <typename U>
  static Value write(U&& value) {
    return value ? to_value(*std::forward<U>(value)) : Value();
  }
  template <typename V>
  static bool read(V& value, std::optional<T>& out, Reading& reading) {
    out.reset();
    return value.is_null() || Conversion<T>::read(value, out.emplace(), reading);
  }
  static std::string name() { return "Optional[" + Conversion<T>::name() + "]"; }
  static boost::json::object schema(SchemaNesting& nesting) {
    return {{"anyOf", boost::json::array{Conversion<T>::schema(nesting),
                                         boost::json::object{{"type", "null"}}}}};
  }
};

namespace detail {

template <typename T, typename V, typename Elements>
bool read_elements(V& array, Elements&& put, Reading& reading) {
  bool is_right = true;
  Reading::Inside inside(reading);
  for (std::size_t i = 0; i < array.size() && !reading.is_full(); ++i) {
    inside.at(i);
    T element{};
    if (Conversion<T>::read(array[i], element, reading))
      put(i, std::move(element));
    else
      is_right = false;
  }
  return is_right;
}

template <typename T, typename Elements>
Value write_elements(Elements&& elements) {
  Array array;
  array.reserve(elements.size());
  for (auto&& element : elements) {
    if constexpr (std::same_as<T, bool>)
      array.emplace_back(static_cast<bool>(element));  // of a vector<bool> it is none
    else if constexpr (std::is_lvalue_reference_v<Elements>)
      array.push_back(to_value(std::as_const(element)));
    else
      array.push_back(to_value(std::move(element)));
  }
  return array;
}

}  // namespace detail

template <typename T>
struct Conversion<std::vector<T>> {
  template <typename U>
  static Value write(U&& elements) {
    return detail::write_elements<T>(std::forward<U>(elements));
  }
  template <typename V>
  static bool read(V& value, std::vector<T>& out, Reading& reading) {
    auto* array = value.if_array();
    if (array == nullptr) return reading.refuse_kind("an array", value);
    out.clear();
    out.reserve(array->size());
    return detail::read_elements<T>(
        *array, [&](std::size_t, T&& element) { out.push_back(std::move(element)); }, reading);
  }
  static std::string name() { return "list[" + Conversion<T>::name() + "]"; }
  static boost::json::object schema(SchemaNesting& nesting) {
    return {{"type", "array"}, {"items", Conversion<T>::schema(nesting)}};
  }
};

template <typename T, std::size_t N>
struct Conversion<std::array<T, N>> {
  template <typename U>
  static Value write(U&& elements) {
    return detail::write_elements<T>(std::forward<U>(elements));
  }
  template <typename V>
  static bool read(V& value, std::array<T, N>& out, Reading& reading) {
    auto* array = value.if_array();
    if (array == nullptr || array->size() != N)
      return reading.refuse_kind("an array of " + std::to_string(N), value);
    return detail::read_elements<T>(
        *array, [&](std::size_t i, T&& element) { out[i] = std::move(element); }, reading);
  }
  static std::string name() { return "list[" + Conversion<T>::name() + "]"; }
  static boost::json::object schema(SchemaNesting& nesting) {
    return {{"type", "array"},
            {"items", Conversion<T>::schema(nesting)},
            {"minItems", N},
            {"maxItems", N}};
  }
};

namespace detail {

template <typename M>
struct MapConversion {
  using T = typename M::mapped_type;

  static Value write(const M& members) {
    Map map;
    map.reserve(members.size());
    for (const auto& [key, member] : members) map.append(key, to_value(member));
    return map;
  }
  static bool read(const Value& value, M& out, Reading& reading) {
    const auto* map = value.if_map();
    if (map == nullptr) return reading.refuse_kind("a map", value);
    out.clear();
    bool is_right = true;
    for (const auto& [key, member] : *map) {
      if (reading.is_full()) return false;
      const Reading::Inside inside(reading, key);
      is_right = Conversion<T>::read(member, out[key], reading) && is_right;
    }
    return is_right;
  }
  static std::string name() { return "dict[str, " + Conversion<T>::name() + "]"; }
  static boost::json::object schema(SchemaNesting& nesting) {
    return {{"type", "object"}, {"additionalProperties", Conversion<T>::schema(nesting)}};
  }
};

}  // namespace detail

template <typename T, typename Compare>
struct Conversion<std::map<std::string, T, Compare>>
    : detail::MapConversion<std::map<std::string, T, Compare>> {};
template <typename T, typename Hash, typename Equal>
struct Conversion<std::unordered_map<std::string, T, Hash, Equal>>
    : detail::MapConversion<std::unordered_map<std::string, T, Hash, Equal>> {};

template <DescribedEnum T>
struct Conversion<T> {
  using Enumerators = boost::describe::describe_enumerators<T>;
  static constexpr std::size_t kCount = boost::mp11::mp_size<Enumerators>::value;

  // The number of one that has no name.
  static Value write(T value) {
    for (std::size_t i = 0; i < kCount; ++i)
      if (values()[i] == value) return names()[i];
    return static_cast<std::underlying_type_t<T>>(value);
  }
  static bool read(const Value& value, T& out, Reading& reading) {
    std::size_t i = 0;
    if (!read_name(value, names(), i, reading)) return false;
    out = values()[i];
    return true;
  }
  static std::string name() { return unqualified_name(typeid(T)); }
  static boost::json::object schema(SchemaNesting&) {
    boost::json::array all;
    for (const auto& one : names()) all.emplace_back(std::string(one));
    return {{"type", "string"}, {"enum", std::move(all)}};
  }

 private:
  static const std::array<std::string_view, kCount>& names() {
    static constexpr auto kNames = []<typename... D>(boost::mp11::mp_list<D...>) {
      return std::array<std::string_view, kCount>{D::name...};
    }(boost::mp11::mp_rename<Enumerators, boost::mp11::mp_list>());
    return kNames;
  }
  static const std::array<T, kCount>& values() {
    static constexpr auto kValues = []<typename... D>(boost::mp11::mp_list<D...>) {
      return std::array<T, kCount>{D::value...};
    }(boost::mp11::mp_rename<Enumerators, boost::mp11::mp_list>());
    return kValues;
  }
};

namespace detail {

template <typename T>
constexpr bool is_optional = false;
template <typename T>
constexpr bool is_optional<std::optional<T>> = true;

template <typename T>
constexpr bool is_named_optional(std::string_view member) {
  if constexpr (requires { T::kOptionalMembers; })
    return std::ranges::find(T::kOptionalMembers, member) != std::end(T::kOptionalMembers);
  else
    return false;
}

template <typename T, typename D>
using MemberType = std::remove_cvref_t<decltype(std::declval<T&>().*D::pointer)>;

}  // namespace detail

// The public members of T and of its described bases.
template <typename T>
using DescribedMembers = boost::describe::describe_members<T, boost::describe::mod_public |
                                                                  boost::describe::mod_inherited>;

// Of one member: what read_arguments and describe_method need to know besides its Conversion.
struct MemberDescription {
  std::string name;
  std::string type_name;
  boost::json::object schema;  // with "default" when it may be left out and is not std::optional
  bool is_required = true;
};

template <DescribedStruct T>
std::vector<MemberDescription> describe_members_of(SchemaNesting& nesting) {
  std::vector<MemberDescription> members;
  boost::mp11::mp_for_each<DescribedMembers<T>>([&](auto d) {
    using Member = detail::MemberType<T, decltype(d)>;
    auto& member = members.emplace_back(d.name, Conversion<Member>::name(),
                                        Conversion<Member>::schema(nesting));
    const bool may_be_left_out = detail::is_named_optional<T>(d.name);
    if (may_be_left_out) member.schema["default"] = to_json(to_value(T{}.*d.pointer));
    member.is_required = !may_be_left_out && !detail::is_optional<Member>;
  });
  return members;
}

// "type", "properties" and "required".
boost::json::object object_schema(const std::vector<MemberDescription>& members);

template <DescribedStruct T>
struct Conversion<T> {
  template <typename U>
  static Value write(U&& value) {
    Map map;
    map.reserve(boost::mp11::mp_size<DescribedMembers<T>>::value);
    boost::mp11::mp_for_each<DescribedMembers<T>>(
        [&](auto d) { map.append(d.name, to_value(std::forward<U>(value).*d.pointer)); });
    return map;
  }
  template <typename V>
  static bool read(V& value, T& out, Reading& reading) {
    auto* map = value.if_map();
    if (map == nullptr) return reading.refuse_kind("a map", value);
    bool is_right = true;
    boost::mp11::mp_for_each<DescribedMembers<T>>([&](auto d) {
      using Member = detail::MemberType<T, decltype(d)>;
      if (auto* member = map->find(d.name)) {
        const Reading::Inside inside(reading, d.name);
        is_right = Conversion<Member>::read(*member, out.*d.pointer, reading) && is_right;
      } else if (!detail::is_optional<Member> && !detail::is_named_optional<T>(d.name)) {
        is_right = reading.refuse_missing(d.name);
      }
    });
    return is_right;
  }
  static std::string name() { return unqualified_name(typeid(T)); }
  static boost::json::object schema(SchemaNesting& nesting) {
    if (!nesting.enter(typeid(T))) return {{"type", "object"}};
    auto schema = object_schema(describe_members_of<T>(nesting));
    nesting.leave();
    return schema;
  }
};

}  // namespace oriel::conduit
