#include "oriel/app/cli/drive_secrets.h"

#include <cstdio>
#include <cstdlib>
#include <string>

#include "oriel/app/cli/monitor_login.h"
#include "oriel/app/cli/say.h"
#include "oriel/app/observe/log.h"

namespace oriel::cli {

Status read_drive_secrets(DriveOptions& options) {
  auto& connection = options.connection;
  if (!options.password_file.empty()) {
    ORIEL_TRY(const auto password, read_secret_line(options.password_file, "password"));
    connection.password = password.reveal();
  } else if (const char* password = std::getenv("ORIEL_PASSWORD"); password != nullptr) {
    connection.password = password;
  }
  if (const char* ticket = std::getenv("ORIEL_TICKET"); ticket != nullptr)
    connection.parameters.try_emplace("ticket", ticket);
  if (options.is_verbose) {
    // As the conduit's commands and `oriel monitor` say it; at once, and without a thread, which a
    // session could not take along.
    const observe::Logger logger(observe::make_callback_sink(
        config::LogLevel::kDebug, config::LogFormat::kText,
        [](const std::string& line) { std::fputs((line + "\n").c_str(), stderr); }));
    connection.log = [logger](std::string_view line) { logger.debug(line); };
  }
  if (!connection.tls.verify)
    say_error(
        "WARNING: --insecure: the certificate is not checked, so anybody on the way can be the "
        "server, see everything and act along");
  return {};
}

}  // namespace oriel::cli
