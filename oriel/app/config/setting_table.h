#pragma once
// THE list of settings. To add one: a member of Settings and a row in setting_table.cc; the file's
// key, the environment variable, the flag, --help, docs/configuration.md and their tests loop over
// this table.

#include <span>
#include <string>
#include <string_view>

#include "oriel/app/config/settings.h"
#include "oriel/base/result.h"

namespace oriel::config {

// Which JSON value a setting takes in the file.
enum class SettingKind {
  kText,
  kInteger,
  kSwitch,  // a boolean; its flag needs no value
  kSecret,  // a text that is never shown, and never taken from a flag: others can read a command
            // line
};

struct Setting {
  std::string_view key;  // "vnc.listen": {"vnc": {"listen": ...}} in the file
  SettingKind kind;
  std::string_view group;       // its heading in --help
  std::string_view flag_alias;  // "--vnc", or empty
  std::string_view value_name;  // "ADDRESS" in --help; empty for switches
  std::string_view help;        // one sentence without a final period
  std::string_view example;     // a valid value that is not the default
  // Takes a text from any source. The error says what was got and what is allowed.
  Status (*set)(Settings&, std::string_view text);
  // The value as `set` takes it; empty when there is none.
  std::string (*get)(const Settings&);
};

// In the order of --help; rows of one group are together.
std::span<const Setting> setting_table();
const Setting* find_setting(std::string_view key);

// "vnc.listen" is ORIEL_VNC_LISTEN is --vnc-listen.
std::string environment_name(const Setting& setting);
std::string flag_name(const Setting& setting);

// A key of the flat configuration file of PyVNCServer ("host", "frame_rate"), which the file
// accepts beside ours.
struct FlatKey {
  std::string_view key;
  std::string_view setting;  // the key of the setting that it is for; empty: it has no effect here
  SettingKind kind;
  std::string_view remark;  // for docs/configuration.md
  Status (*set)(Settings&, std::string_view text);
};
std::span<const FlatKey> flat_key_table();
const FlatKey* find_flat_key(std::string_view key);

}  // namespace oriel::config
