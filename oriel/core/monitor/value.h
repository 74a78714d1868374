#pragma once
// A JSON value of a monitoring document: built once for each sample and selection, compared with
// the one before for deltas, and written as Python's json.dumps writes it, which is what the seed's
// programs send.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "oriel/base/result.h"

namespace oriel::monitor {

class Value;
using Array = std::vector<Value>;
using Member = std::pair<std::string, Value>;
// Keeps the order of its members. Keys are unique; a search is linear, so objects stay small or are
// walked in step.
using Object = std::vector<Member>;

class Value {
 public:
  using Kinds = std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string,
                             Array, Object>;

  Value() = default;  // null
  Value(std::nullptr_t) {}
  Value(bool value) : kind_(value) {}
  Value(int value) : kind_(std::int64_t{value}) {}
  Value(std::int64_t value) : kind_(value) {}
  Value(std::uint64_t value) : kind_(value) {}
  Value(double value) : kind_(value) {}
  Value(const char* value) : kind_(std::string(value)) {}
  Value(std::string_view value) : kind_(std::string(value)) {}
  Value(std::string value) : kind_(std::move(value)) {}
  Value(Array value) : kind_(std::move(value)) {}
  Value(Object value) : kind_(std::move(value)) {}

  const Kinds& kind() const { return kind_; }
  bool is_null() const { return std::holds_alternative<std::nullptr_t>(kind_); }
  const Object* object() const { return std::get_if<Object>(&kind_); }
  Object* object() { return std::get_if<Object>(&kind_); }
  const Array* array() const { return std::get_if<Array>(&kind_); }
  const std::string* string() const { return std::get_if<std::string>(&kind_); }
  const bool* boolean() const { return std::get_if<bool>(&kind_); }

  const Value* find(std::string_view key) const;  // of an object; nullptr when there is none
  // A number of any kind; `otherwise` for other kinds.
  double number_or(double otherwise) const;
  bool is_number() const;

  friend bool operator==(const Value&, const Value&) = default;

 private:
  Kinds kind_;
};

// ", " and ": " between, escapes for all but ASCII, floats with the fewest digits that give them
// back and always with a point or exponent. Not a number and infinity become null; bytes that are
// no UTF-8 become U+FFFD.
void append_json(const Value& value, std::string& out);
std::string to_json(const Value& value);

// Whole text as one value. Errors: kInvalid where it is none, kTooLarge beyond
// kDocumentDepthMax or `bytes_max`. A key that comes twice keeps its last value.
Result<Value> parse_json(std::string_view text, std::size_t bytes_max);

// The merge patch (RFC 7396) that makes `after` of `before`: members that changed, null for those
// that are gone. Arrays are replaced whole. An empty object when nothing changed.
Value merge_patch(const Value& before, const Value& after);

// Applies a merge patch: a null in it removes the member.
Value patched(Value before, const Value& patch);

}  // namespace oriel::monitor
