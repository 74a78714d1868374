#pragma once
// What `oriel monitor` is told, from its flags and the environment. Plain values with the seed's
// defaults.

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "oriel/app/config/log_options.h"
#include "oriel/app/config/secret.h"
#include "oriel/app/config/settings.h"
#include "oriel/app/monitor/formatter.h"
#include "oriel/core/monitor/metric_table.h"
#include "oriel/io/net/http_message.h"

namespace oriel::cli {

enum class JsonForm {
  kByOutput,  // pretty on a terminal, lines otherwise
  kPretty,
  kLines,
};

struct MonitorOptions {
  std::vector<std::string> uris;  // empty: none was given

  bool reconnect = true;
  std::chrono::milliseconds reconnect_interval{5'000};
  std::optional<unsigned> max_reconnects;  // none: without end
  std::chrono::milliseconds ping_interval{30'000};
  std::vector<net::HttpField> headers;
  std::string password_file;
  config::Secret password;
  std::string token_file;
  config::Secret token;
  std::string ca_file;
  bool verify = true;

  bool is_full_screen = false;  // --format tui; else `format`
  monitor::Format format = monitor::Format::kSimple;
  bool has_color = true;
  JsonForm json_form = JsonForm::kByOutput;

  // What to ask a server of Oriel for. All unset: nothing is asked, as by the seed's clients.
  std::optional<monitor::MetricSet> metrics;
  std::optional<std::chrono::milliseconds> interval;
  bool wants_delta = false;
  std::optional<std::chrono::milliseconds> since;  // so long ago
  std::optional<std::size_t> top_processes;

  std::vector<std::string> fleet_rules;  // each parses
  config::AlertSettings alert;           // who is told of them; its own rules are for servers

  std::string save_file;
  bool saves_formatted = false;
  bool keeps_history = false;

  std::optional<std::chrono::milliseconds> duration;  // none: until Ctrl-C
  bool shows_statistics = false;
  config::LogLevel log_level = config::LogLevel::kInfo;
  std::string log_file;

  friend bool operator==(const MonitorOptions&, const MonitorOptions&) = default;
};

}  // namespace oriel::cli
