#include "oriel/app/cli/monitor_flags.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <limits>
#include <optional>
#include <vector>

#include "oriel/app/cli/flag_reader.h"
#include "oriel/app/cli/monitor_flag_values.h"
#include "oriel/app/config/setting_table.h"
#include "oriel/app/config/suggestion.h"
#include "oriel/core/monitor/limits.h"
#include "oriel/core/monitor/rule_text.h"

namespace oriel::cli {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr std::string_view kUri = "--uri";
constexpr milliseconds kDay = 24h, kYear = 365 * kDay;

// Setters of one member. `parse` gives what the member takes.
template <auto kMember, auto kParse>
Status set_parsed(MonitorOptions& options, std::string_view text) {
  ORIEL_TRY(auto value, kParse(text));
  options.*kMember = std::move(value);
  return {};
}
template <auto kMember, auto kParse>
Status add_parsed(MonitorOptions& options, std::string_view text) {
  ORIEL_TRY(auto value, kParse(text));
  (options.*kMember).push_back(std::move(value));
  return {};
}

template <milliseconds::rep kLeast, milliseconds::rep kMost>
Result<milliseconds> time_within(std::string_view text) {
  return parse_time(text, milliseconds(kLeast), milliseconds(kMost));
}

Result<std::string> parse_path(std::string_view text) {
  if (text.empty()) return fail(ErrorCode::kInvalid, "expected the name of a file");
  return std::string(text);
}

Result<bool> parse_negated(std::string_view text) {
  ORIEL_TRY(const bool value, parse_switch(text));
  return !value;
}

Result<unsigned> parse_attempts(std::string_view text) {
  return parse_count(text, 0, std::numeric_limits<unsigned>::max());
}

Result<std::size_t> parse_top(std::string_view text) {
  return parse_count(text, 1, unsigned{monitor::kTopProcessesMax});
}

Result<std::string> parse_rule(std::string_view text) {
  ORIEL_TRY(const auto rule, monitor::parse_fleet_rule(text));
  ORIEL_TRY_VOID(monitor::FleetAlert::make(rule));
  return std::string(text);
}

Result<config::Secret> parse_password(std::string_view text) {
  // More likely a variable that failed to expand than a wish for none.
  if (text.empty()) return fail(ErrorCode::kInvalid, "it is empty, set it or unset it");
  return config::Secret(std::string(text));
}

Status set_uri(MonitorOptions& options, std::string_view text) {
  ORIEL_TRY(auto uri, parse_target(text));
  for (const auto& other : options.uris)
    if (other == uri)
      return fail(ErrorCode::kInvalid, fmt::format("{} is given twice", config::printable(uri)));
  if (options.uris.size() == monitor::kFleetHostsMax)
    return fail(ErrorCode::kTooLarge, fmt::format("more than {} servers", monitor::kFleetHostsMax));
  options.uris.push_back(std::move(uri));
  return {};
}

Status set_format(MonitorOptions& options, std::string_view text) {
  options.is_full_screen = text == "tui";
  if (options.is_full_screen) return {};
  const auto format = monitor::parse_format(text);
  if (!format) return fail(ErrorCode::kInvalid, fmt::format("{}, or tui", format.error().message));
  options.format = *format;
  return {};
}

Status set_json(MonitorOptions& options, std::string_view text) {
  ORIEL_TRY(const bool is_json, parse_switch(text));
  return is_json ? set_format(options, "json") : Status();
}

template <JsonForm kForm>
Status set_json_form(MonitorOptions& options, std::string_view text) {
  ORIEL_TRY(const bool is_on, parse_switch(text));
  options.json_form = is_on ? kForm : JsonForm::kByOutput;
  return {};
}

Status set_verbose(MonitorOptions& options, std::string_view text) {
  ORIEL_TRY(const bool is_on, parse_switch(text));
  if (is_on) options.log_level = config::LogLevel::kDebug;
  return {};
}

using Options = MonitorOptions;

// As the server has them, but for the rules: a client watches those of --fleet-alert.
std::vector<MonitorFlag> alert_flags() {
  static std::deque<std::string> texts;  // of which the rows are views
  const auto kept = [](std::string text) { return std::string_view(texts.emplace_back(text)); };
  std::vector<MonitorFlag> flags;
  for (const auto& setting : config::setting_table()) {
    if (!setting.key.starts_with("alert.") || setting.key == "alert.rules") continue;
    const bool is_secret = setting.kind == config::SettingKind::kSecret;
    flags.push_back(
        {.name = is_secret ? "" : kept(config::flag_name(setting)),
         .short_name = "",
         .value_name = setting.value_name,
         .environment = kept(config::environment_name(setting)),
         .group = "Alerts",
         // Behind the semicolon: about the configuration file, which a client has not.
         .help = is_secret ? setting.help.substr(0, setting.help.find(';')) : setting.help,
         .preset = kept(setting.get(config::Settings())),
         .example = setting.example,
         .set = [set = setting.set](Options& options, std::string_view text) -> Status {
           config::Settings settings;
           settings.alert = options.alert;
           ORIEL_TRY_VOID(set(settings, text));
           options.alert = std::move(settings.alert);
           return Status();
         }});
  }
  return flags;
}

std::vector<MonitorFlag> make_table() {
  std::vector<MonitorFlag> table{
      {"--uri", "-u", "URI", "MONITORING_WEBSOCKET_URI", "Connection",
       "A server; the same as naming it without a flag; several show side by side",
       "ws://localhost:8765", "ws://192.168.1.100:8765", set_uri},
      {"--no-reconnect", "", "", "", "Connection", "Ends when the connection fails or is lost",
       "false", "true", set_parsed<&Options::reconnect, parse_negated>},
      {"--reconnect-interval", "", "SECONDS", "", "Connection",
       "The first wait before connecting again; each next one is twice as long, at most a minute",
       "5", "10", set_parsed<&Options::reconnect_interval, time_within<10, kDay.count()>>},
      {"--max-reconnects", "", "COUNT", "", "Connection",
       "So many attempts in a row to connect again, then it ends; without it there is no bound", "",
       "5", set_parsed<&Options::max_reconnects, parse_attempts>},
      {"--ping-interval", "", "SECONDS", "", "Connection",
       "How often the connection is tried with a ping; 0 for never", "30", "60",
       set_parsed<&Options::ping_interval, time_within<0, kDay.count()>>},
      {"--header", "", "NAME:VALUE", "", "Connection",
       "Added to the request for the connection; may be repeated. Other users of this machine can "
       "read it in the list of processes",
       "", "X-API-Key: k", add_parsed<&Options::headers, parse_header>},
      {"--password-file", "", "FILE", "", "Connection",
       "The first line is the password for servers that ask for one (HTTP Basic); the user is that "
       "of the address (ws://anna@host), else oriel",
       "", "/etc/oriel/password", set_parsed<&Options::password_file, parse_path>},
      {"", "", "PASSWORD", "ORIEL_PASSWORD", "Connection", "The same password", "", "secret",
       set_parsed<&Options::password, parse_password>},
      {"--token-file", "", "FILE", "", "Connection",
       "The first line is the token of the server (HTTP Bearer), as oriel serve --token-file "
       "writes "
       "it",
       "", "/run/user/1000/oriel-token", set_parsed<&Options::token_file, parse_path>},
      {"--ca", "", "FILE", "", "Connection",
       "Certificates (PEM) that are trusted for wss:// in place of the system's", "", "ca.pem",
       set_parsed<&Options::ca_file, parse_path>},
      {"--insecure", "", "", "", "Connection",
       "Takes any certificate: what is sent is encrypted, but perhaps for somebody else", "false",
       "true", set_parsed<&Options::verify, parse_negated>},

      {"--format", "-f", "FORMAT", "MONITORING_FORMAT", "Display",
       "simple (one line), detailed (bars), compact (narrow), json, or tui (full screen)", "simple",
       "compact", set_format},
      {"--json", "", "", "", "Display", "The same as --format json", "false", "true", set_json},
      {"--pretty", "", "", "", "Display", "JSON indented by 2, as on a terminal", "false", "true",
       set_json_form<JsonForm::kPretty>},
      {"--lines", "", "", "", "Display", "JSON Lines, as in a pipe or a file", "false", "true",
       set_json_form<JsonForm::kLines>},
      {"--no-color", "", "", "", "Display",
       "No colours; there are none either when NO_COLOR is set or the output is no terminal",
       "false", "true", set_parsed<&Options::has_color, parse_negated>},

      {"--metrics", "", "LIST", "", "Request",
       "Sections that the server is to send, such as cpu,memory,network; servers other than "
       "Oriel's send what they have",
       "", "cpu,memory,processes", set_parsed<&Options::metrics, parse_metrics>},
      {"--interval", "", "SECONDS", "", "Request", "How often it is to send, 0.1 to 3600", "",
       "0.5",
       set_parsed<&Options::interval,
                  time_within<monitor::kIntervalMin.count(), monitor::kIntervalMax.count()>>},
      {"--delta", "", "", "", "Request",
       "It is to send changes only; documents are made whole again here", "false", "true",
       set_parsed<&Options::wants_delta, parse_switch>},
      {"--since", "", "TIME", "", "Request",
       "Begins with what the server remembers of the last TIME, such as 300, 10m or 1h", "", "10m",
       set_parsed<&Options::since, time_within<0, kYear.count()>>},
      {"--top", "", "COUNT", "", "Request", "So many processes of each order, 1 to 200", "", "20",
       set_parsed<&Options::top_processes, parse_top>},

      {"--fleet-alert", "", "RULE", "", "Alerts",
       "Watches all servers together: 'average(cpu) > 80', 'max(memory) > 90, for 1m', "
       "'count(cpu > 90) >= 3'; may be repeated",
       "", "average(cpu) > 80", add_parsed<&Options::fleet_rules, parse_rule>},

      {"--save-data", "", "FILE", "", "Data",
       "Appends every message to FILE as JSON Lines; at 10 MiB it is renamed to "
       "NAME_YYYYmmdd_HHMMSS.SUFFIX and begun anew",
       "", "monitoring.jsonl", set_parsed<&Options::save_file, parse_path>},
      {"--save-formatted", "", "", "", "Data", "Saves what is shown, without colours, and not JSON",
       "false", "true", set_parsed<&Options::saves_formatted, parse_switch>},
      {"--history", "", "", "", "Data",
       "Keeps the last 1000 messages in memory; --stats tells how many there are", "false", "true",
       set_parsed<&Options::keeps_history, parse_switch>},

      {"--duration", "-d", "SECONDS", "", "Run", "Ends after this time; without it, at Ctrl-C", "",
       "60", set_parsed<&Options::duration, time_within<1, kYear.count()>>},
      {"--stats", "-s", "", "", "Run", "Shows statistics of each connection at the end", "false",
       "true", set_parsed<&Options::shows_statistics, parse_switch>},
      {"--verbose", "-v", "", "", "Run", "The same as --log-level debug", "false", "true",
       set_verbose},
      {"--log-level", "", "LEVEL", "MONITORING_LOG_LEVEL", "Run",
       "debug, info, warning, error or critical", "info", "warning",
       set_parsed<&Options::log_level, parse_log_level>},
      {"--log-file", "", "FILE", "MONITORING_LOG_FILE", "Run",
       "The log goes to the end of FILE and not to standard error", "", "client.log",
       set_parsed<&Options::log_file, parse_path>},
  };
  const auto after = std::ranges::find(table, "--fleet-alert", &MonitorFlag::name) + 1;
  const auto alerts = alert_flags();
  table.insert(after, alerts.begin(), alerts.end());
  return table;
}

const std::vector<MonitorFlag>& table() {
  static const auto made = make_table();
  return made;
}

const MonitorFlag* find_flag(std::string_view name) {
  for (const auto& flag : table())
    if (!name.empty() && (name == flag.name || name == flag.short_name)) return &flag;
  return nullptr;
}

std::unexpected<Error> unknown_flag(std::string_view name) {
  std::vector<std::string> known{"--help", "--serve"};
  for (const auto& flag : table())
    if (!flag.name.empty()) known.emplace_back(flag.name);
  return fail(ErrorCode::kInvalid, fmt::format("unknown flag {}, {}", config::printable(name),
                                               config::suggest(name, known)));
}

Status apply(const MonitorFlag& flag, std::string_view typed, std::string_view value,
             MonitorOptions& options) {
  if (auto status = flag.set(options, value); !status)
    return fail(status.error().code, fmt::format("{}: {}", typed, status.error().message));
  return {};
}

// "-uX" and "-u=X" are "-u X".
Argument with_value_behind_letter(Argument argument) {
  const auto text = argument.name;
  if (text.starts_with("--") || text.size() <= 2) return argument;
  argument.name = text.substr(0, 2);
  argument.value = text.substr(text[2] == '=' ? 3 : 2);
  return argument;
}

Status apply_arguments(std::span<const char* const> arguments, MonitorOptions& options) {
  FlagReader reader(arguments);
  while (const auto typed = reader.next()) {
    if (typed->name.empty()) {
      ORIEL_TRY_VOID(set_uri(options, typed->text));
      continue;
    }
    const auto argument = with_value_behind_letter(*typed);
    const auto* flag = find_flag(argument.name);
    if (flag == nullptr) return unknown_flag(argument.name);
    if (flag->value_name.empty()) {
      ORIEL_TRY_VOID(apply(*flag, argument.name, argument.value.value_or("true"), options));
      continue;
    }
    ORIEL_TRY(const auto value, reader.value_of(argument, flag->value_name));
    ORIEL_TRY_VOID(apply(*flag, argument.name, value, options));
  }
  return {};
}

}  // namespace

std::span<const MonitorFlag> monitor_flags() { return table(); }

Result<MonitorOptions> parse_monitor_arguments(std::span<const char* const> arguments,
                                               const config::Environment& environment) {
  MonitorOptions options;
  for (const auto& flag : table()) {
    const auto variable =
        flag.environment.empty() ? environment.end() : environment.find(flag.environment);
    // The servers of the environment are for who names none.
    if (variable == environment.end() || flag.name == kUri) continue;
    ORIEL_TRY_VOID(apply(flag, flag.environment, variable->second, options));
  }
  const auto of_environment = options.alert;
  ORIEL_TRY_VOID(apply_arguments(arguments, options));
  if (options.fleet_rules.empty() && options.alert != of_environment)
    return fail(ErrorCode::kInvalid,
                "the flags of alerts say who is told of what --fleet-alert watches: give a rule, "
                "such as --fleet-alert 'average(cpu) > 80'");
  if (options.uris.empty()) {
    const auto& flag = *find_flag(kUri);
    const auto variable = environment.find(flag.environment);
    ORIEL_TRY_VOID(variable == environment.end()
                       ? flag.set(options, flag.preset)
                       : apply(flag, flag.environment, variable->second, options));
  }
  return options;
}

}  // namespace oriel::cli
