#include "oriel/app/cli/conduit_login.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

#include "oriel/app/cli/command_table.h"
#include "oriel/app/cli/conduit_report.h"
#include "oriel/app/cli/monitor_login.h"
#include "oriel/app/cli/password_prompt.h"
#include "oriel/app/cli/say.h"
#include "oriel/app/observe/log.h"
#include "oriel/base/version.h"

namespace oriel::cli {

Result<conduit::ClientOptions> make_client_options(const ConduitOptions& options) {
  conduit::ClientOptions made{.target = options.target,
                              .allow_no_password = true,
                              .login = options.login,
                              .name = "oriel",
                              .version = std::string(kVersion),
                              .max_message_size = conduit::kWirePayloadBytesMax};
  ORIEL_TRY(const auto target, net::parse_stream_target(options.target));
  if (!options.password_file.empty()) {
    ORIEL_TRY(const auto password, read_secret_line(options.password_file, "password"));
    made.password = password.reveal();
  } else if (const char* password = std::getenv("ORIEL_PASSWORD");
             password != nullptr && target.password.empty()) {
    made.password = password;
  }
  if (options.timeout) made.connect_timeout = std::min(made.connect_timeout, *options.timeout);
  made.reconnect_enabled = false;
  made.error_numbers = options.error_numbers;
  made.login_advice = {
      .when_heard = "connect by tls://, or from the same machine",
      .when_unverified = "leave out --insecure; --ca FILE says whom to trust",
      .when_scram_only = "--login scram forbids it",
  };
  made.tls.verify = options.verify;
  made.tls.ca_file = options.ca_file;
  made.tls.certificate_file = options.certificate_file;
  made.tls.key_file = options.key_file;
  if (options.is_verbose)
    made.logger = observe::Logger(
        observe::make_stderr_sink(config::LogLevel::kDebug, config::LogFormat::kText));
  if (!options.verify)
    say_error(fmt::format(
        "WARNING: --insecure: the certificate of {} is not checked, so anybody on the way can be "
        "the server, read everything and change it",
        target.shown()));
  return made;
}

std::expected<ClientPointer, int> connect_conduit(
    conduit::ClientOptions options, const std::function<void(conduit::Client&)>& prepare) {
  const auto target = conduit::target_of(options);
  const bool has_password = !options.password.empty() || (target && !target->password.empty());
  for (bool may_ask = !has_password;; may_ask = false) {
    auto client = std::make_unique<conduit::Client>(options);
    if (prepare) prepare(*client);
    const auto status = client->connect();
    if (status) return client;
    if (may_ask && status.error().kind == conduit::ClientErrorKind::kAuthentication) {
      client.reset();
      if (auto password = ask_for_password(target->shown())) {
        options.password = *std::move(password);
        continue;
      }
    }
    return std::unexpected(report_unconnected(status.error(), may_ask));
  }
}

}  // namespace oriel::cli
