// Any text as the value of every setting, as from file, environment or command line: what is
// accepted reads the same when it is shown and taken again, and a refusal is one line.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/fuzzer.h"
#include "oriel/app/config/setting_table.h"
#include "oriel/base/check.h"

namespace {

using namespace oriel::config;

void check_line(std::string_view message) {
  for (char c : message) ORIEL_CHECK(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

}  // namespace

ORIEL_FUZZER(setting_value, bytes, size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  for (const auto& setting : setting_table()) {
    Settings settings;
    if (const auto status = setting.set(settings, text); !status) {
      check_line(status.error().message);
      continue;
    }
    const auto shown = setting.get(settings);
    Settings again;
    // An empty text stands for "none" where there may be none.
    if (!shown.empty()) ORIEL_CHECK(setting.set(again, shown).has_value());
    if (!shown.empty()) ORIEL_CHECK(setting.get(again) == shown);
  }
  for (const auto& flat : flat_key_table()) {
    Settings settings;
    if (const auto status = flat.set(settings, text); !status) check_line(status.error().message);
  }
  return 0;
}
