// The flag table of monitor_flags.h as text for people.

#include <fmt/format.h>

#include "oriel/app/cli/monitor_flags.h"
#include "oriel/app/config/wrapped_text.h"

namespace oriel::cli {
namespace {

constexpr std::string_view kHelpStart = R"(Shows what hosts are doing, live.

Examples:
  oriel monitor                                   the server at ws://localhost:8765
  oriel monitor --format tui 192.168.1.100        full screen; q ends it
  oriel monitor --json web1 web2:9090 | jq .      two servers side by side, as JSON Lines
  oriel monitor --duration 60 --stats --save-data monitoring.jsonl wss://host.example/monitor

Usage: oriel monitor [FLAGS] [URI...]
       oriel monitor --serve [ADDRESS:PORT]       publishes what this host is doing

URI is ws://HOST[:PORT][/PATH] or wss://..., HOST, or HOST:PORT. Flags beat the environment.

  --help, -h
      This text
  --serve [ADDRESS:PORT]
      Serves the stream; `oriel monitor --serve --help` says more
)";

// "--uri URI, -u URI"; empty when there is no flag.
std::string flag_forms(const MonitorFlag& flag) {
  if (flag.name.empty()) return {};
  const auto value = flag.value_name.empty() ? std::string() : fmt::format(" {}", flag.value_name);
  auto forms = fmt::format("{}{}", flag.name, value);
  if (!flag.short_name.empty()) forms += fmt::format(", {}{}", flag.short_name, value);
  return forms;
}

// Nearly all switches are off unless they are given.
std::string_view default_text(const MonitorFlag& flag) {
  return flag.value_name.empty() && flag.preset != "true" ? std::string_view() : flag.preset;
}

std::string_view or_none(std::string_view text) { return text.empty() ? "none" : text; }

}  // namespace

std::string monitor_help() {
  std::string help(kHelpStart);
  std::string_view group;
  for (const auto& flag : monitor_flags()) {
    if (flag.group != group) help += fmt::format("\n{}:\n", group = flag.group);
    const auto forms = flag_forms(flag);
    help += forms.empty() ? fmt::format("  {} (environment)\n", flag.environment)
                          : fmt::format("  {}\n", forms);
    auto text = std::string(flag.help);
    if (const auto preset = default_text(flag); !preset.empty())
      text += fmt::format(". Default: {}", preset);
    if (!forms.empty() && !flag.environment.empty())
      text += fmt::format(". Environment: {}", flag.environment);
    help += config::wrapped(text);
  }
  return help + R"(
Exit codes: 0 after Ctrl-C or --duration; 2 usage; 3 the server refuses us; 10 never connected
(also when --duration is over); 11 the connection was lost for good.
)";
}

std::string monitor_markdown() {
  std::string text = R"(# Flags of `oriel monitor`

<!-- Made from oriel/app/cli/monitor_flags.cc: after a change there run oriel_app_cli_test with
     ORIEL_UPDATE_GOLDEN=1 in the environment. -->

What they are for stands in [monitoring.md](monitoring.md). Flags beat the environment. Times are seconds, or have a
unit: `500ms`, `30s`, `5m`, `1h`. Switches are off unless they are given or the default is `true`; `--flag=false`
takes one back.
)";
  std::string_view group;
  for (const auto& flag : monitor_flags()) {
    if (flag.group != group) {
      text += fmt::format(
          "\n## {}\n\n| flag | default | environment | what it does |\n|---|---|---|---|\n",
          group = flag.group);
    }
    const auto code = [](std::string_view word) {
      return word.empty() ? std::string(or_none(word)) : fmt::format("`{}`", word);
    };
    text += fmt::format("| {} | {} | {} | {} |\n", code(flag_forms(flag)), code(default_text(flag)),
                        code(flag.environment), flag.help);
  }
  return text;
}

}  // namespace oriel::cli
