#include "oriel/app/cli/drive_named.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "oriel/app/cli/say.h"
#include "oriel/app/client/preset_table.h"
#include "oriel/app/client/url_template.h"
#include "oriel/app/config/load_settings.h"
#include "oriel/app/config/suggestion.h"
#include "oriel/app/desktops/target_options.h"

namespace oriel::cli {
namespace {

std::unexpected<Error> misplaced(std::string message) {
  return fail(ErrorCode::kInvalid, std::move(message));
}

Result<Destination> find(const DriveOptions& options, const std::string& target) {
  auto given = options.connection;
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
      return Destination{
          desktops::completed(std::move(given), desktops::connection_options(*named)), target};
    }
  }
  given.target = target;
  return Destination{std::move(given), {}};
}

// A value that goes nowhere is a mistake, such as a name that is misspelt.
Status check_parameters(const DriveOptions& options, const client::ConnectionOptions& connection) {
  const auto* preset = client::find_preset(connection.preset);
  const auto text = preset != nullptr ? std::string(preset->url_template) : connection.url_template;
  ORIEL_TRY(const auto places, client::names_in_template(text));
  for (const auto& name : options.parameter_names) {
    // Both are passwords where they are not in the address.
    if (name == "ticket" || name == "password") continue;
    const bool is_used = std::ranges::any_of(places, [&name](const std::string& place) {
      return client::is_same_parameter(name, place);
    });
    if (is_used) continue;
    if (places.empty())
      return misplaced(
          fmt::format("--param {}: there is no place for it; --template and --preset have places",
                      config::printable(name)));
    return misplaced(fmt::format(
        "--param {}: {} has no such place, but {}", config::printable(name),
        preset != nullptr ? "the preset " + connection.preset : std::string("the template"),
        fmt::join(places, ", ")));
  }
  return {};
}

}  // namespace

Result<Destination> destination_of(const DriveOptions& options, const std::string& target) {
  ORIEL_TRY(auto destination, find(options, target));
  ORIEL_TRY_VOID(check_parameters(options, destination.connection));
  // Who says whom to trust, or that it does not matter, wants TLS; a name of the configuration file
  // may say verify: false for a day when it has TLS.
  const auto& tls = destination.connection.tls;
  destination.connection.requires_encryption =
      !tls.ca_file.empty() || !tls.certificate_file.empty() || !options.connection.tls.verify;
  return destination;
}

}  // namespace oriel::cli
