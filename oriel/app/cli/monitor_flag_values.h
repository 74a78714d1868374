#pragma once
// The values that flags of `oriel monitor` take, read with what is allowed. Pure.

#include <chrono>
#include <string>
#include <string_view>

#include "oriel/app/config/log_options.h"
#include "oriel/base/result.h"
#include "oriel/core/monitor/metric_table.h"
#include "oriel/io/net/http_message.h"

namespace oriel::cli {

// "5", "1.5", "30s", "500ms", "5m", "1h"; seconds when there is no unit.
Result<std::chrono::milliseconds> parse_time(std::string_view text, std::chrono::milliseconds least,
                                             std::chrono::milliseconds most);
Result<unsigned> parse_count(std::string_view text, unsigned least, unsigned most);
Result<bool> parse_switch(std::string_view text);
// "cpu,memory,disks".
Result<monitor::MetricSet> parse_metrics(std::string_view text);
// "X-API-Key: secret"; a name of HTTP, and a value of one line.
Result<net::HttpField> parse_header(std::string_view text);
// "debug", "INFO", "critical" (which is error here).
Result<config::LogLevel> parse_log_level(std::string_view text);

// ws:// or wss:// addresses stay; HOST is ws://HOST:8765 and HOST:PORT ws://HOST:PORT; [::1] and
// [::1]:8765 too.
Result<std::string> parse_target(std::string_view text);

}  // namespace oriel::cli
