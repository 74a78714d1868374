#include "oriel/core/conduit/json.h"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <optional>
#include <utility>

#include "oriel/core/conduit/limits.h"
#include "oriel/core/conduit/utf8.h"
#include "oriel/core/crypto/base64.h"

namespace oriel::conduit {

namespace json = boost::json;

namespace {

constexpr json::string_view kBytesKey = "$bytes";
constexpr json::string_view kExtensionKey = "$extension";

// How many levels deeper a form is than what it stands for.
constexpr std::size_t kFormDepth = 2;

json::string json_text(std::string_view text) {
  return is_utf8(text) ? json::string(text) : json::string(with_valid_utf8(text));
}

json::string json_bytes(ByteSpan bytes) { return json::string(crypto::base64(bytes)); }

}  // namespace

json::value to_json(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kNull:
      return nullptr;
    case Value::Kind::kBool:
      return *value.if_bool();
    case Value::Kind::kInteger:
      return *value.if_integer();
    case Value::Kind::kUnsigned:
      return *value.if_unsigned();
    case Value::Kind::kDouble:
      if (!std::isfinite(*value.if_double())) return nullptr;
      return *value.if_double();
    case Value::Kind::kText:
      return json_text(*value.if_text());
    case Value::Kind::kBytes:
      return json::object{{kBytesKey, json_bytes(*value.if_bytes())}};
    case Value::Kind::kArray: {
      json::array array;
      array.reserve(value.if_array()->size());
      for (const auto& element : *value.if_array()) array.push_back(to_json(element));
      return array;
    }
    case Value::Kind::kMap: {
      json::object object;
      object.reserve(value.if_map()->size());
      for (const auto& [key, member] : *value.if_map()) object[json_text(key)] = to_json(member);
      return object;
    }
    case Value::Kind::kExtension: {
      const auto& [type, bytes] = *value.if_extension();
      return json::object{
          {kExtensionKey, json::object{{"type", type}, {"bytes", json_bytes(bytes)}}}};
    }
  }
  return nullptr;
}

namespace {

Result<Bytes> read_base64(const json::value& json, json::string_view where) {
  const auto* text = json.if_string();
  auto bytes = text != nullptr ? crypto::from_base64({text->data(), text->size()})
                               : fail(ErrorCode::kInvalid, "it is no text");
  if (!bytes)
    return fail(ErrorCode::kInvalid, fmt::format("JSON: {} must be bytes in base64: {}",
                                                 std::string_view(where), bytes.error().message));
  return *std::move(bytes);
}

Result<Value> read_extension(const json::object& object) {
  const auto* type = object.if_contains("type");
  const auto* bytes = object.if_contains("bytes");
  const auto* number = type != nullptr ? type->if_int64() : nullptr;
  if (number == nullptr || !std::in_range<std::int8_t>(*number) || bytes == nullptr)
    return fail(ErrorCode::kInvalid,
                fmt::format("JSON: {} must have a type from -128 to 127 and bytes",
                            std::string_view(kExtensionKey)));
  ORIEL_TRY(auto content, read_base64(*bytes, kExtensionKey));
  return Extension{static_cast<std::int8_t>(*number), std::move(content)};
}

Result<Value> read(const json::value& json, std::size_t depth_left);

Result<Value> read_array(const json::array& json, std::size_t depth_left) {
  Array array;
  array.reserve(json.size());
  for (const auto& element : json) {
    ORIEL_TRY(auto value, read(element, depth_left));
    array.push_back(std::move(value));
  }
  return array;
}

// Of the forms for what JSON lacks; nothing when it is none.
std::optional<Result<Value>> read_form(const json::object& json) {
  if (json.size() != 1) return {};
  const auto& [key, only] = *json.begin();
  if (key == kBytesKey && only.is_string()) return read_base64(only, kBytesKey);
  if (key == kExtensionKey && only.is_object()) return read_extension(only.get_object());
  return {};
}

Result<Value> read_object(const json::object& json, std::size_t depth_left) {
  Map map;
  map.reserve(json.size());
  for (const auto& [key, member] : json) {
    ORIEL_TRY(auto value, read(member, depth_left));
    map.append(key, std::move(value));
  }
  return map;
}

Result<Value> read(const json::value& json, std::size_t depth_left) {
  switch (json.kind()) {
    case json::kind::null:
      return nullptr;
    case json::kind::bool_:
      return json.get_bool();
    case json::kind::int64:
      return json.get_int64();
    case json::kind::uint64:
      return json.get_uint64();
    case json::kind::double_:
      if (!std::isfinite(json.get_double()))
        return fail(ErrorCode::kInvalid, "JSON: a number is too large");
      return json.get_double();
    case json::kind::string:
      return std::string(json.get_string());
    case json::kind::object:
      if (auto form = read_form(json.get_object())) return *std::move(form);
      break;
    case json::kind::array:
      break;
  }
  if (depth_left == 0)
    return fail(ErrorCode::kTooLarge, fmt::format("JSON is nested deeper than {}", kDepthMax));
  return json.is_array() ? read_array(json.get_array(), depth_left - 1)
                         : read_object(json.get_object(), depth_left - 1);
}

}  // namespace

Result<Value> from_json(const json::value& json) { return read(json, kDepthMax); }

std::string scalar_json_text(const json::value& scalar) {
  const auto* number = scalar.if_double();
  if (number == nullptr) return json::serialize(scalar);
  auto text = fmt::format("{}", *number);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";  // it stays no integer
  return text;
}

namespace {

void append_json(const json::value& value, std::string& out) {
  const char* separator = "";
  if (const auto* object = value.if_object()) {
    out += '{';
    for (const auto& member : *object) {
      out += std::exchange(separator, ",");
      out += json::serialize(json::value(member.key()));
      out += ':';
      append_json(member.value(), out);
    }
    out += '}';
  } else if (const auto* array = value.if_array()) {
    out += '[';
    for (const auto& element : *array) {
      out += std::exchange(separator, ",");
      append_json(element, out);
    }
    out += ']';
  } else {
    out += scalar_json_text(value);
  }
}

}  // namespace

std::string to_json_text(const Value& value) {
  std::string text;
  append_json(to_json(value), text);
  return text;
}

Result<Value> parse_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = kDepthMax + kFormDepth;
  json::error_code error;
  const auto json = json::parse({text.data(), text.size()}, error, {}, options);
  if (error == json::error::too_deep)
    return fail(ErrorCode::kTooLarge, fmt::format("JSON is nested deeper than {}", kDepthMax));
  if (error) return fail(ErrorCode::kInvalid, fmt::format("this is not JSON: {}", error.message()));
  return from_json(json);
}

}  // namespace oriel::conduit
