#include "oriel/app/config/load_settings.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "oriel/app/config/door_policy.h"
#include "oriel/app/config/flags.h"
#include "oriel/app/config/limits.h"
#include "oriel/app/config/private_file.h"
#include "oriel/app/config/setting_table.h"
#include "oriel/app/config/setting_value.h"
#include "oriel/app/config/settings_file.h"
#include "oriel/app/config/suggestion.h"

namespace oriel::config {
namespace {

constexpr std::string_view kPassword = "password";
constexpr std::string_view kPasswordFile = "password_file";
constexpr std::string_view kConfigVariable = "ORIEL_CONFIG";

// Which source of a password counts, as each layer may name one.
enum class PasswordSource { kNone, kValue, kFile };

// One layer has been applied: what did it say about the password? `origin_start` tells its origins
// from earlier ones.
Result<PasswordSource> password_of_layer(const Settings& settings, std::string_view origin_start) {
  auto is_from_layer = [&](std::string_view key) {
    auto origin = settings.origins.find(std::string(key));
    return origin != settings.origins.end() && origin->second.starts_with(origin_start);
  };
  bool has_value = is_from_layer(kPassword), has_file = is_from_layer(kPasswordFile);
  if (has_value && has_file)
    return fail(ErrorCode::kInvalid,
                fmt::format("password ({}) and password_file ({}) are both set, keep one",
                            settings.origins.at(std::string(kPassword)),
                            settings.origins.at(std::string(kPasswordFile))));
  return has_file    ? PasswordSource::kFile
         : has_value ? PasswordSource::kValue
                     : PasswordSource::kNone;
}

Status apply_file(const std::optional<std::string>& named_path, const Environment& environment,
                  Settings& settings) {
  auto path = named_path;
  if (!path) {
    auto folder = config_folder(environment);
    if (!folder) return {};
    path = *folder + "/config.json";
  }
  ORIEL_TRY(auto file, read_file(*path, kConfigFileBytesMax));
  if (!file) {
    if (!named_path) return {};
    return fail(ErrorCode::kInvalid, fmt::format("{}: no such configuration file", *path));
  }
  ORIEL_TRY_VOID(apply_settings_text(file->text, *path, settings));
  const bool has_secret =
      !settings.password.is_empty() || !settings.alert.webhook_header.is_empty() ||
      !settings.alert.email_password.is_empty() || settings.remote.has_secret() ||
      std::ranges::any_of(settings.targets,
                          [](const auto& named) { return named.second.has_secret(); });
  if (file->is_open_to_others && has_secret)
    return open_to_others(*path, settings.password.is_empty()
                                     ? "a configuration file with a secret"
                                     : "a configuration file with a password");
  return {};
}

Status apply_environment(const Environment& environment, Settings& settings) {
  for (const auto& setting : setting_table()) {
    auto name = environment_name(setting);
    auto variable = environment.find(name);
    if (variable == environment.end()) continue;
    // An empty password is more likely a variable that failed to expand than a wish for none.
    if (setting.kind == SettingKind::kSecret && variable->second.empty())
      return fail(ErrorCode::kInvalid, fmt::format("{} is empty, set it or unset it", name));
    if (auto status = setting.set(settings, variable->second); !status)
      return fail(ErrorCode::kInvalid, fmt::format("{}: {}", name, status.error().message));
    settings.origins[std::string(setting.key)] = "environment " + name;
  }
  return {};
}

// Other programs may have variables with our prefix, so an unknown one is said, not refused.
void notice_unknown_variables(const Environment& environment, Settings& settings) {
  std::vector<std::string> known{std::string(kConfigVariable)};
  for (const auto& setting : setting_table()) known.push_back(environment_name(setting));
  for (auto it = environment.lower_bound("ORIEL_");
       it != environment.end() && it->first.starts_with("ORIEL_"); ++it) {
    if (std::ranges::find(known, it->first) != known.end()) continue;
    auto hint = suggest(it->first, known);
    if (hint.starts_with("did you mean"))
      settings.notices.push_back(
          fmt::format("environment variable {} is not a setting, {}", printable(it->first), hint));
  }
}

Status apply_flags(const Flags& flags, Settings& settings) {
  for (const auto& [setting, flag, value] : flags.values) {
    if (auto status = setting->set(settings, value); !status)
      return fail(ErrorCode::kInvalid, fmt::format("{}: {}", flag, status.error().message));
    settings.origins[std::string(setting->key)] = "flag " + flag;
  }
  return {};
}

Status read_view_password_file(Settings& settings) {
  if (settings.view_password_file.empty()) return {};
  ORIEL_TRY(auto line, read_secret_line(settings.view_password_file, kPassword));
  settings.view_password = Secret(std::move(line));
  return {};
}

// A secret of its own, or the first line of a file, but not both.
Status read_secret_file(std::string_view key, const std::string& path, Secret& secret,
                        const Settings& settings) {
  if (path.empty()) return {};
  if (!secret.is_empty())
    return fail(ErrorCode::kInvalid,
                fmt::format("{0} ({1}) and {0}_file ({2}) are both set, keep one", key,
                            settings.origins.at(std::string(key)),
                            settings.origins.at(fmt::format("{}_file", key))));
  ORIEL_TRY(auto line, read_secret_line(path, key));
  secret = Secret(std::move(line));
  return {};
}

Status read_alert_secrets(Settings& settings) {
  auto& alert = settings.alert;
  ORIEL_TRY_VOID(read_secret_file("alert.webhook_header", alert.webhook_header_file,
                                  alert.webhook_header, settings));
  return read_secret_file("alert.email_password", alert.email_password_file, alert.email_password,
                          settings);
}

Status read_password_file(Settings& settings) {
  const auto& path = settings.password_file;
  ORIEL_TRY(auto line, read_secret_line(path, kPassword));
  if (auto status = find_setting(kPassword)->set(settings, line); !status)
    return fail(ErrorCode::kInvalid, fmt::format("{}: {}", path, status.error().message));
  settings.origins[std::string(kPassword)] = "file " + path;
  return {};
}

void notice_tls(Settings& settings) {
  struct Door {
    const std::optional<ListenAddress>& address;
    std::string_view content;  // what can be read on the way without TLS
  };
  const Door doors[] = {
      {settings.http_listen, "passwords, keys and pictures of the web page"},
      {settings.monitor_listen, "passwords and figures of the monitoring stream"},
      {settings.conduit_listen, "calls and messages of the conduit"},
  };
  bool is_open = false, has_tls = false, is_open_to_others = false;
  for (const auto& [address, content] : doors) {
    if (!address) continue;
    is_open = true;
    has_tls = has_tls || uses_tls(settings, *address);
    if (is_loopback(*address)) continue;
    is_open_to_others = true;
    if (!uses_tls(settings, *address))
      settings.notices.push_back(fmt::format("tls is off: {} can be read on the way", content));
  }
  if (is_open && !settings.tls_cert.empty() && !has_tls)
    settings.notices.push_back(
        fmt::format("tls_cert has no effect: tls is {}{}", tls_mode_name(settings.tls),
                    is_open_to_others ? "" : " and all doors are on loopback; use --tls on"));
}

void notice_conduit(Settings& settings) {
  const bool has_conduit =
      settings.conduit_listen || !settings.conduit_socket.empty() || settings.http_listen;
  if (!settings.conduit_folder.empty() && !has_conduit)
    settings.notices.push_back(
        "conduit.folder has no effect: there is no conduit; set conduit.listen or http.listen");
}

Status check_together(const Settings& settings) {
  bool fits = settings.geometry.width <= settings.max_geometry.width &&
              settings.geometry.height <= settings.max_geometry.height;
  if (fits) return {};
  auto origin = [&](const char* key) { return settings.origins.at(key); };
  return fail(ErrorCode::kInvalid,
              fmt::format("geometry {} ({}) is larger than max_geometry {} ({})",
                          format_geometry(settings.geometry), origin("geometry"),
                          format_geometry(settings.max_geometry), origin("max_geometry")));
}

}  // namespace

Environment environment_of_process() {
  Environment environment;
  for (char** entry = environ; *entry; ++entry) {
    std::string_view text = *entry;
    auto equals = text.find('=');
    if (equals != text.npos) environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

Result<Settings> load_settings(std::span<const char* const> arguments,
                               const Environment& environment, const CommandLine& line) {
  ORIEL_TRY(auto flags, parse_flags(arguments, line));
  Settings settings;
  for (const auto& setting : setting_table())
    settings.origins[std::string(setting.key)] = "default";

  settings.state_folder = state_folder(environment).value_or("");

  auto config = flags.config;
  if (auto variable = environment.find(kConfigVariable); !config && variable != environment.end())
    config = variable->second;

  PasswordSource password = PasswordSource::kNone;
  auto note_password = [&](std::string_view origin_start) -> Status {
    ORIEL_TRY(auto source, password_of_layer(settings, origin_start));
    if (source != PasswordSource::kNone) password = source;
    return {};
  };
  ORIEL_TRY_VOID(apply_file(config, environment, settings));
  ORIEL_TRY_VOID(note_password("file"));
  ORIEL_TRY_VOID(apply_environment(environment, settings));
  ORIEL_TRY_VOID(note_password("environment"));
  ORIEL_TRY_VOID(apply_flags(flags, settings));
  ORIEL_TRY_VOID(note_password("flag"));

  if (password == PasswordSource::kFile) ORIEL_TRY_VOID(read_password_file(settings));
  ORIEL_TRY_VOID(read_view_password_file(settings));
  ORIEL_TRY_VOID(read_alert_secrets(settings));
  ORIEL_TRY_VOID(read_target_files("remote", settings.remote));
  ORIEL_TRY_VOID(check_together(settings));
  notice_tls(settings);
  notice_conduit(settings);
  const bool has_vnc = line.uses(*find_setting("vnc.listen"));
  if (has_vnc && settings.password.reveal().size() > kVncPasswordBytes)
    settings.notices.push_back(fmt::format(
        "VNC authentication uses only the first {} bytes of the password", kVncPasswordBytes));
  notice_unknown_variables(environment, settings);
  return settings;
}

Result<std::optional<TargetSettings>> find_named_target(std::string_view name,
                                                        const Environment& environment) {
  std::optional<std::string> config;
  if (const auto variable = environment.find(kConfigVariable); variable != environment.end())
    config = variable->second;
  Settings settings;
  ORIEL_TRY_VOID(apply_file(config, environment, settings));
  const auto found = settings.targets.find(name);
  if (found == settings.targets.end()) return std::nullopt;
  ORIEL_TRY_VOID(read_target_files(fmt::format("targets.{}", name), found->second));
  return found->second;
}

bool asks_for_help(std::span<const char* const> arguments) {
  // A mistake elsewhere on the line must not hide the help that explains it.
  for (std::size_t count = 1; count <= arguments.size(); ++count) {
    std::string_view last = arguments[count - 1];
    if (last != "--help" && last != "-h") continue;
    auto flags = parse_flags(arguments.first(count));
    if (!flags || flags->has_help) return true;
  }
  return false;
}

namespace {

// An XDG base folder: $`variable`, else `in_home` of $HOME; and our own in it.
std::optional<std::string> xdg_folder(const Environment& environment, std::string_view variable,
                                      std::string_view in_home) {
  auto set_to = [&](std::string_view name) -> std::optional<std::string> {
    auto found = environment.find(name);
    if (found == environment.end() || found->second.empty()) return std::nullopt;
    return found->second;
  };
  // The XDG specification: a relative path is invalid and ignored.
  if (auto folder = set_to(variable); folder && folder->starts_with('/')) return *folder + "/oriel";
  if (auto home = set_to("HOME")) return fmt::format("{}/{}/oriel", *home, in_home);
  return std::nullopt;
}

}  // namespace

std::optional<std::string> config_folder(const Environment& environment) {
  return xdg_folder(environment, "XDG_CONFIG_HOME", ".config");
}

std::optional<std::string> state_folder(const Environment& environment) {
  return xdg_folder(environment, "XDG_STATE_HOME", ".local/state");
}

}  // namespace oriel::config
