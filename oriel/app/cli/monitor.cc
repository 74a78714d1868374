#include "oriel/app/cli/monitor.h"

#include <algorithm>
#include <string_view>

#include "oriel/app/cli/command_table.h"
#include "oriel/app/cli/monitor_serve.h"
#include "oriel/app/cli/say.h"

namespace oriel::cli {

int run_monitor(std::span<const char* const> arguments) {
  const bool serves = std::ranges::any_of(arguments, [](std::string_view argument) {
    return argument == "--serve" || argument.starts_with("--serve=");
  });
  if (serves) return run_monitor_server(arguments);
  say_error("monitor: expected --serve [ADDR:PORT]");
  return kUsage;
}

}  // namespace oriel::cli
