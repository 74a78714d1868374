#include "oriel/app/cli/drive_secrets.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "oriel/app/cli/monitor_login.h"
#include "oriel/app/cli/say.h"

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
  if (options.is_verbose)
    connection.log = [](std::string_view line) {
      fmt::print(stderr, "{}\n", line);
      std::fflush(stderr);
    };
  if (!connection.tls.verify)
    say_error(
        "WARNING: --insecure: the certificate is not checked, so anybody on the way can be the "
        "server, see everything and act along");
  return {};
}

}  // namespace oriel::cli
