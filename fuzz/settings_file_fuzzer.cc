// A configuration file of any content is settings or an error of one line, and never shows a
// password.
#include <cstdint>
#include <string_view>

#include "fuzz/fuzzer.h"
#include "oriel/app/config/settings_file.h"
#include "oriel/base/check.h"

ORIEL_FUZZER(settings_file, bytes, size) {
  auto settings = oriel::config::parse_settings_text({reinterpret_cast<const char*>(bytes), size});
  if (!settings) ORIEL_CHECK(settings.error().message.find('\n') == std::string::npos);
  return 0;
}
