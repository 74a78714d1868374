#include "oriel/app/cli/drive_named.h"

#include <fmt/format.h>

#include <utility>

#include "oriel/app/cli/say.h"
#include "oriel/app/config/load_settings.h"
#include "oriel/app/desktops/target_options.h"

namespace oriel::cli {

Result<client::ConnectionOptions> connection_to(client::ConnectionOptions given,
                                                const std::string& target) {
  if (config::is_target_name(target)) {
    ORIEL_TRY(const auto named,
              config::find_named_target(target, config::environment_of_process()));
    if (named) {
      if (!named->verifies && given.tls.verify)
        say_error(
            fmt::format("WARNING: the certificate of {} is not checked (verify is false in "
                        "the configuration file), so anybody on the way can be the server, "
                        "see everything and act along",
                        target));
      return desktops::completed(std::move(given), desktops::connection_options(*named));
    }
  }
  given.target = target;
  return given;
}

}  // namespace oriel::cli
