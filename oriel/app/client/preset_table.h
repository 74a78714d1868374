#pragma once
// THE list of servers whose URL is known. To add one: a row in preset_table.cc; the tests, the
// client's options and docs/client.md loop over this table.

#include <span>
#include <string_view>

namespace oriel::client {

struct PresetValue {
  std::string_view name;
  std::string_view value;
};

// What the server's API takes there; templates take anything.
struct PresetRule {
  std::string_view name;
  std::string_view expected;  // for people
  bool (*allows)(std::string_view value);
};

struct Preset {
  std::string_view name;
  std::string_view url_template;
  std::span<const PresetValue> defaults;  // of what is not given
  // A cookie of this name, or an Authorization header, without which the server opens nothing;
  // empty: none is needed.
  std::string_view login_cookie;
  std::string_view help;
  std::span<const PresetRule> rules = {};
};

std::span<const Preset> preset_table();
// Null: there is none of this name.
const Preset* find_preset(std::string_view name);

}  // namespace oriel::client
