#pragma once
// One line of the log as values, and as the text or JSON that is written. Pure. Whatever a peer has
// put into a value, the result is one line of valid UTF-8 without control characters.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "oriel/app/config/log_options.h"

namespace oriel::observe {

using config::LogFormat;
using config::LogLevel;

using LogValue = std::variant<bool, std::int64_t, std::uint64_t, double, std::string>;
using LogPairs = std::vector<std::pair<std::string, LogValue>>;

struct LogRecord {
  std::chrono::system_clock::time_point time;
  LogLevel level = LogLevel::kInfo;
  std::string logger_name = "oriel";
  std::uint64_t thread_id = 0;
  std::string id;       // of the connection or job, such as "c12"; may be empty
  LogPairs context;     // on every line of that logger: peer="10.0.0.5:41234"
  std::string message;  // a clause without final period
  LogPairs fields;      // of this line
};

// 2026-11-20T14:02:34.360Z INFO  [c12] viewer connected peer=10.0.0.5:41234 shared=true
std::string format_text(const LogRecord& record);

// The keys of PyVNCServer's JSON log, in its order: timestamp, level, message, logger_name,
// thread_id, correlation_id, context, exception (always null), extra.
std::string format_json(const LogRecord& record);

}  // namespace oriel::observe
