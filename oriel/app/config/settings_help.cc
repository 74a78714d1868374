#include "oriel/app/config/settings_help.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "oriel/app/config/setting_table.h"
#include "oriel/app/config/wrapped_text.h"

namespace oriel::config {
namespace {

// "--vnc ADDRESS, --vnc-listen ADDRESS"; empty when there is no flag.
std::string flag_forms(const Setting& setting) {
  if (setting.kind == SettingKind::kSecret) return {};
  auto value = setting.kind == SettingKind::kSwitch ? std::string("[=false]")
                                                    : fmt::format(" {}", setting.value_name);
  std::string forms;
  if (!setting.flag_alias.empty()) forms = fmt::format("{}{}, ", setting.flag_alias, value);
  return forms + flag_name(setting) + value;
}

std::string default_text(const Setting& setting) { return setting.get(Settings()); }

constexpr std::string_view kHelpStart = R"(Publishes a desktop to VNC viewers and to browsers.

Examples:
  oriel serve                                     a headless desktop, for this machine only
  oriel serve --desktop x11::0 --vnc 5901         the running X display :0, on another port
  oriel serve --vnc 0.0.0.0:5900 --password-file ~/.config/oriel/password

Usage: oriel serve [FLAGS]

Every setting is a flag, an environment variable and a key of the configuration file; flags beat
the environment, which beats the file, which beats the defaults.

  --config FILE
      Configuration file, JSON with comments; also ORIEL_CONFIG. Default:
      $XDG_CONFIG_HOME/oriel/config.json, if it is there
  --help, -h
      This text
)";

}  // namespace

std::string serve_help() {
  return settings_help(kHelpStart, [](const Setting&) { return true; });
}

std::string settings_help(std::string_view start, bool (*uses)(const Setting&)) {
  std::string help(start);
  std::string_view group;
  for (const auto& setting : setting_table()) {
    if (!uses(setting)) continue;
    if (setting.group != group) help += fmt::format("\n{}:\n", group = setting.group);
    auto flags = flag_forms(setting);
    help +=
        fmt::format("  {}\n", flags.empty() ? environment_name(setting) + " (environment)" : flags);
    auto preset = default_text(setting);
    help += wrapped(preset.empty() ? std::string(setting.help)
                                   : fmt::format("{}. Default: {}", setting.help, preset));
  }
  return help;
}

std::string settings_markdown() {
  std::string text = R"(# Configuration

<!-- Made from oriel/app/config/setting_table.cc: after a change there run oriel_app_config_test with
     ORIEL_UPDATE_GOLDEN=1 in the environment. -->

Every setting is a flag of `oriel serve`, an environment variable and a key of the configuration
file. Flags beat the environment, which beats the file, which beats the defaults.

The file is `$XDG_CONFIG_HOME/oriel/config.json` if it is there, or the one that `--config FILE` or
`ORIEL_CONFIG` names. It is JSON; comments and trailing commas are allowed. A key with a dot is a
member of a group:

```json
{
  // open to the local network, with a password
  "vnc": {"listen": "0.0.0.0:5900"},
  "password_file": "/etc/oriel/password",
  "max_rate": 30
}
```

An unknown key or a bad value is an error that names the line, and the program does not start.
A password comes from `password_file`, from `ORIEL_PASSWORD` or from the configuration file, never
from a flag; a file with a password that others can read is refused (`chmod 600 FILE`).
)";
  std::string_view group;
  for (const auto& setting : setting_table()) {
    if (setting.group != group) {
      text += fmt::format(
          "\n## {}\n\n| key | flag | environment | default | what it does "
          "|\n|---|---|---|---|---|\n",
          group = setting.group);
    }
    auto flags = flag_forms(setting);
    auto preset = default_text(setting);
    text += fmt::format(
        "| `{}` | {} | `{}` | {} | {} |\n", setting.key,
        flags.empty() ? std::string("none") : fmt::format("`{}`", flags), environment_name(setting),
        preset.empty() ? std::string("none") : fmt::format("`{}`", preset), setting.help);
  }
  text += R"(
## Named targets

Other VNC servers have names in the group `targets`; the commands that drive a desktop take them in place of an
address, and `oriel serve --desktop target:NAME` publishes one:

```json
{
  "targets": {
    "lab": "lab.example:1",
    "vm100": {
      "preset": "proxmox",
      "parameters": {"host": "pve.example", "node": "pve", "vmid": "100", "vnc_port": "5900"},
      "headers": {"Authorization": "PVEAPIToken=..."},
      "ticket_file": "/run/user/1000/vm100-ticket",
      "ca_file": "/etc/oriel/pve-ca.pem"
    }
  }
}
```

A target has one of `target` (an address), `template` and `preset`, and what it needs of `parameters`, `user`,
`password`, `password_file`, `ticket`, `ticket_file`, `headers`, `cookies`, `header_file` (lines `NAME: VALUE`), `ca_file`,
`cert_file`, `key_file` and `verify` ([client.md](client.md)). What a command says on the spot wins. Files are read when
the target is used, and anew whenever the served desktop is connected to again.

## Keys of PyVNCServer

Its flat `config.json` is accepted as it is: `password` and `max_connections` are keys of ours, and

| key | is | remark |
|---|---|---|
)";
  for (const auto& flat : flat_key_table())
    text += fmt::format(
        "| `{}` | {} | {} |\n", flat.key,
        flat.setting.empty() ? std::string("nothing") : fmt::format("`{}`", flat.setting),
        flat.remark);
  text += R"(
Two keys for one setting, such as `log_level` and `log.level`, are an error. Defaults are Oriel's:
without `host` the server listens on loopback only.
)";
  return text;
}

}  // namespace oriel::config
