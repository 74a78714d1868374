#include "oriel/app/observe/log_record.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "oriel/app/observe/escape.h"

namespace oriel::observe {
namespace {

// `digits` of the second's fraction: 3 or 6.
std::string utc_time(std::chrono::system_clock::time_point time, int digits) {
  using std::chrono::microseconds;
  auto since_epoch = std::chrono::floor<microseconds>(time).time_since_epoch();
  auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
  auto fraction = (since_epoch - seconds).count();
  if (digits == 3) fraction /= 1000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:0{}}", fmt::gmtime(std::time_t{seconds.count()}),
                     fraction, digits);
}

// Padded to five columns, so that messages stand below each other.
std::string_view text_level(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "DEBUG";
    case LogLevel::kInfo:
      return "INFO ";
    case LogLevel::kWarning:
      return "WARN ";
    case LogLevel::kError:
      return "ERROR";
  }
  return "?    ";
}

std::string_view json_level(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "DEBUG";
    case LogLevel::kInfo:
      return "INFO";
    case LogLevel::kWarning:
      return "WARNING";
    case LogLevel::kError:
      return "ERROR";
  }
  return "?";
}

struct TextValue {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(std::uint64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const { return fmt::format("{:.6g}", value); }
  std::string operator()(const std::string& value) const { return text_field(value); }
};

struct JsonValue {
  boost::json::value operator()(const std::string& value) const {
    return boost::json::value(valid_utf8(value));
  }
  template <typename T>
  boost::json::value operator()(T value) const {
    return boost::json::value(value);
  }
};

boost::json::object json_pairs(const LogPairs& pairs) {
  boost::json::object object;
  for (const auto& [key, value] : pairs) object[valid_utf8(key)] = std::visit(JsonValue(), value);
  return object;
}

}  // namespace

std::string format_text(const LogRecord& record) {
  auto line = fmt::format("{}Z {} ", utc_time(record.time, 3), text_level(record.level));
  if (!record.id.empty()) line += fmt::format("[{}] ", text_line(record.id));
  line += text_line(record.message);
  for (const auto* pairs : {&record.context, &record.fields})
    for (const auto& [key, value] : *pairs)
      line += fmt::format(" {}={}", text_line(key), std::visit(TextValue(), value));
  return line;
}

std::string format_json(const LogRecord& record) {
  boost::json::object object;
  object["timestamp"] = utc_time(record.time, 6) + "+00:00";
  object["level"] = json_level(record.level);
  object["message"] = valid_utf8(record.message);
  object["logger_name"] = valid_utf8(record.logger_name);
  object["thread_id"] = record.thread_id;
  object["correlation_id"] = valid_utf8(record.id);
  object["context"] = json_pairs(record.context);
  object["exception"] = nullptr;
  object["extra"] = json_pairs(record.fields);
  return json_line(boost::json::serialize(object));
}

}  // namespace oriel::observe
