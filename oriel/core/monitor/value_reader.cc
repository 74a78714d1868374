// parse_json of value.h, apart from the writer because it alone needs Boost.JSON.

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "oriel/core/monitor/limits.h"
#include "oriel/core/monitor/value.h"

namespace oriel::monitor {
namespace {

Value converted(const boost::json::value& json) {
  switch (json.kind()) {
    case boost::json::kind::null:
      return {};
    case boost::json::kind::bool_:
      return json.get_bool();
    case boost::json::kind::int64:
      return std::int64_t{json.get_int64()};
    case boost::json::kind::uint64:
      return std::uint64_t{json.get_uint64()};
    case boost::json::kind::double_:
      return json.get_double();
    case boost::json::kind::string:
      return std::string_view(json.get_string().data(), json.get_string().size());
    case boost::json::kind::array: {
      Array array;
      array.reserve(json.get_array().size());
      for (const auto& item : json.get_array()) array.push_back(converted(item));
      return array;
    }
    case boost::json::kind::object: {
      Object object;
      object.reserve(json.get_object().size());
      for (const auto& member : json.get_object()) {
        const std::string_view key(member.key().data(), member.key().size());
        object.emplace_back(std::string(key), converted(member.value()));
      }
      return object;
    }
  }
  return {};
}

}  // namespace

Result<Value> parse_json(std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max) {
    return fail(ErrorCode::kTooLarge,
                fmt::format("JSON: {} bytes, at most {}", text.size(), bytes_max));
  }
  boost::json::parse_options options;
  options.max_depth = kDocumentDepthMax;
  boost::json::error_code error;
  const auto json =
      boost::json::parse(boost::json::string_view(text.data(), text.size()), error, {}, options);
  if (error == boost::json::error::too_deep) {
    return fail(ErrorCode::kTooLarge, fmt::format("JSON: deeper than {}", kDocumentDepthMax));
  }
  if (error) return fail(ErrorCode::kInvalid, fmt::format("JSON: {}", error.message()));
  return converted(json);
}

}  // namespace oriel::monitor
