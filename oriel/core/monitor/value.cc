#include "oriel/core/monitor/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <iterator>

namespace oriel::monitor {
namespace {

struct CodePoint {
  char32_t value = 0xfffd;
  std::size_t bytes = 1;
};

// The code point at the start of `text`, which is not empty. Malformed forms, surrogates and
// overlong ones are U+FFFD of one byte.
CodePoint first_code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xc2 ? 0
                             : lead < 0xe0 ? 2
                             : lead < 0xf0 ? 3
                             : lead < 0xf5 ? 4
                                           : 0;
  if (length == 1) return {lead, 1};
  if (length == 0 || text.size() < length) return {};
  char32_t value = lead & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    value = value << 6 | (byte(i) & 0x3f);
  }
  constexpr std::array<char32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  if (value < kLeast[length] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return {};
  return {value, length};
}

void append_escape(char32_t unit, std::string& out) {
  fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(unit));
}

void append_character(char32_t c, std::string& out) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    default:
      break;
  }
  if (c >= 0x10000) {
    append_escape(0xd800 + ((c - 0x10000) >> 10), out);
    append_escape(0xdc00 + ((c - 0x10000) & 0x3ff), out);
  } else if (c < 0x20 || c > 0x7e) {
    append_escape(c, out);
  } else {
    out += static_cast<char>(c);
  }
}

void append_string(std::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    const auto [c, bytes] = first_code_point(text);
    append_character(c, out);
    text.remove_prefix(bytes);
  }
  out += '"';
}

void append_double(double value, std::string& out) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  std::array<char, 40> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  const std::string_view text(digits.data(), static_cast<std::size_t>(end - digits.data()));
  out += text;
  if (text.find_first_of(".e") == std::string_view::npos) out += ".0";
}

template <typename Whole>
void append_whole(Whole value, std::string& out) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

struct Writer {
  std::string& out;

  void operator()(std::nullptr_t) const { out += "null"; }
  void operator()(bool value) const { out += value ? "true" : "false"; }
  void operator()(std::int64_t value) const { append_whole(value, out); }
  void operator()(std::uint64_t value) const { append_whole(value, out); }
  void operator()(double value) const { append_double(value, out); }
  void operator()(const std::string& value) const { append_string(value, out); }
  void operator()(const Array& array) const {
    out += '[';
    for (std::size_t i = 0; i < array.size(); ++i) {
      if (i > 0) out += ", ";
      append_json(array[i], out);
    }
    out += ']';
  }
  void operator()(const Object& object) const {
    out += '{';
    for (std::size_t i = 0; i < object.size(); ++i) {
      if (i > 0) out += ", ";
      append_string(object[i].first, out);
      out += ": ";
      append_json(object[i].second, out);
    }
    out += '}';
  }
};

const Value* find_in(const Object& object, std::string_view key, std::size_t likely) {
  if (likely < object.size() && object[likely].first == key) return &object[likely].second;
  const auto member = std::ranges::find(object, key, &Member::first);
  return member == object.end() ? nullptr : &member->second;
}

}  // namespace

const Value* Value::find(std::string_view key) const {
  const auto* members = object();
  return members == nullptr ? nullptr : find_in(*members, key, 0);
}

bool Value::is_number() const { return kind_.index() >= 2 && kind_.index() <= 4; }

double Value::number_or(double otherwise) const {
  if (const auto* value = std::get_if<double>(&kind_)) return *value;
  if (const auto* value = std::get_if<std::int64_t>(&kind_)) return static_cast<double>(*value);
  if (const auto* value = std::get_if<std::uint64_t>(&kind_)) return static_cast<double>(*value);
  return otherwise;
}

void append_json(const Value& value, std::string& out) { std::visit(Writer{out}, value.kind()); }

std::string to_json(const Value& value) {
  std::string out;
  append_json(value, out);
  return out;
}

Value merge_patch(const Value& before, const Value& after) {
  const auto* old_members = before.object();
  const auto* new_members = after.object();
  if (old_members == nullptr || new_members == nullptr) return after;
  Object patch;
  for (std::size_t i = 0; i < new_members->size(); ++i) {
    const auto& [key, value] = (*new_members)[i];
    const auto* old_value = find_in(*old_members, key, i);
    if (old_value != nullptr && *old_value == value) continue;
    if (old_value == nullptr) {
      if (!value.is_null()) patch.emplace_back(key, value);
    } else {
      patch.emplace_back(key, merge_patch(*old_value, value));
    }
  }
  for (std::size_t i = 0; i < old_members->size(); ++i) {
    const auto& [key, value] = (*old_members)[i];
    if (!value.is_null() && find_in(*new_members, key, i) == nullptr)
      patch.emplace_back(key, Value{});
  }
  return patch;
}

Value patched(Value before, const Value& patch) {
  const auto* changes = patch.object();
  if (changes == nullptr) return patch;
  Object result;
  if (auto* members = before.object()) result = std::move(*members);
  for (const auto& [key, change] : *changes) {
    const auto member = std::ranges::find(result, key, &Member::first);
    if (change.is_null()) {
      if (member != result.end()) result.erase(member);
    } else if (member == result.end()) {
      result.emplace_back(key, patched({}, change));
    } else {
      member->second = patched(std::move(member->second), change);
    }
  }
  return result;
}

}  // namespace oriel::monitor
