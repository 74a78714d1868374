#include "oriel/core/conduit/convert.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/core/demangle.hpp>
#include <cmath>

#include "oriel/core/conduit/utf8.h"

namespace oriel::conduit {
namespace {

// Of a word that a peer sent, in what is said about it.
constexpr std::size_t kShownBytesMax = 80;

}  // namespace

void Reading::enter(Segment segment) {
  if (depth_ < path_.size()) path_[depth_] = segment;
  ++depth_;
}

Reading::Inside::Inside(Reading& reading, std::string_view member) : reading_(reading) {
  reading_.enter({.member = member, .index = kIsMember});
}

Reading::Inside::Inside(Reading& reading) : reading_(reading) {
  reading_.enter({.member = {}, .index = 0});
}

Reading::Inside::~Inside() { --reading_.depth_; }

void Reading::Inside::at(std::size_t index) {
  if (reading_.depth_ <= reading_.path_.size()) reading_.path_[reading_.depth_ - 1].index = index;
}

std::string Reading::field() const {
  std::string field;
  for (const auto& [member, index] : std::span(path_).first(std::min(depth_, path_.size())))
    if (index != kIsMember)
      field += fmt::format("[{}]", index);
    else if (field.empty())
      field = member;
    else
      field += fmt::format(".{}", member);
  return field;
}

bool Reading::refuse(std::string message, std::string_view type) {
  if (!is_full()) errors_.push_back({field(), std::move(message), std::string(type)});
  return false;
}

bool Reading::refuse_kind(std::string_view expected, const Value& got) {
  return refuse(fmt::format("expected {}, got {}", expected, describe(got)), "type");
}

bool Reading::refuse_missing(std::string_view member) {
  const Inside inside(*this, member);
  return refuse("it is required, but missing", "missing");
}

bool SchemaNesting::enter(const std::type_info& type) {
  for (const auto* other : types_)
    if (*other == type) return false;
  types_.push_back(&type);
  return true;
}

std::string unqualified_name(const std::type_info& type) {
  const auto name = boost::core::demangle(type.name());
  // Not inside the arguments of a template.
  const auto end = name.find('<');
  const auto colon = name.rfind("::", end);
  return colon == name.npos ? name : name.substr(colon + 2);
}

bool read_bool(const Value& value, bool& out, Reading& reading) {
  const auto* truth = value.if_bool();
  if (truth == nullptr) return reading.refuse_kind("true or false", value);
  out = *truth;
  return true;
}

namespace {

constexpr double kTwoTo63 = 9223372036854775808.0;

// A double without a fraction as an integer; null for all else.
Value whole_number(const Value& value) {
  const auto* number = value.if_double();
  if (number == nullptr || std::trunc(*number) != *number) return nullptr;
  if (*number >= -kTwoTo63 && *number < kTwoTo63) return static_cast<std::int64_t>(*number);
  if (*number >= 0 && *number < 2 * kTwoTo63) return static_cast<std::uint64_t>(*number);
  return nullptr;
}

template <typename T>
bool read_integer(const Value& value, T min, T max, T& out, Reading& reading) {
  const auto whole = whole_number(value);
  const auto& number = whole.is_null() ? value : whole;
  const auto is_in_range = [&](auto got) {
    if (std::cmp_less(got, min) || std::cmp_greater(got, max)) return false;
    out = static_cast<T>(got);
    return true;
  };
  const auto* integer = number.if_integer();
  const auto* large = number.if_unsigned();
  if (integer != nullptr ? is_in_range(*integer) : large != nullptr && is_in_range(*large))
    return true;
  const bool is_number = integer != nullptr || large != nullptr;
  return reading.refuse(
      fmt::format("expected an integer from {} to {}, got {}", min, max, describe(value)),
      is_number ? "range" : "type");
}

}  // namespace

bool read_signed(const Value& value, std::int64_t min, std::int64_t max, std::int64_t& out,
                 Reading& reading) {
  return read_integer(value, min, max, out, reading);
}

bool read_unsigned(const Value& value, std::uint64_t max, std::uint64_t& out, Reading& reading) {
  return read_integer(value, std::uint64_t{0}, max, out, reading);
}

bool read_double(const Value& value, double& out, Reading& reading) {
  if (const auto* number = value.if_double())
    out = *number;
  else if (const auto* integer = value.if_integer())
    out = static_cast<double>(*integer);
  else if (const auto* large = value.if_unsigned())
    out = static_cast<double>(*large);
  else
    return reading.refuse_kind("a number", value);
  return true;
}

bool read_name(const Value& value, std::span<const std::string_view> names, std::size_t& out,
               Reading& reading) {
  const auto expected = [&] { return fmt::format("one of {}", fmt::join(names, ", ")); };
  const auto* text = value.if_text();
  if (text == nullptr) return reading.refuse_kind(expected(), value);
  const auto found = std::ranges::find(names, *text);
  if (found == names.end())
    return reading.refuse(
        fmt::format("expected {}, got \"{}\"", expected(), cut_utf8(*text, kShownBytesMax)),
        "enum");
  out = static_cast<std::size_t>(found - names.begin());
  return true;
}

boost::json::object object_schema(const std::vector<MemberDescription>& members) {
  boost::json::object properties;
  boost::json::array required;
  for (const auto& member : members) {
    properties[member.name] = member.schema;
    if (member.is_required) required.emplace_back(member.name);
  }
  boost::json::object schema{{"type", "object"}, {"properties", std::move(properties)}};
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

}  // namespace oriel::conduit
