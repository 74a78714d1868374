// Any document of a server in every format: nothing in it reaches the terminal as a control
// character, and one-line formats stay one line.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/fuzzer.h"
#include "oriel/app/monitor/formatter.h"
#include "oriel/base/check.h"

namespace {

using namespace oriel::monitor;

void check_shown(Format format, const Value& message) {
  const auto shown = make_formatter(format, {.has_color = false})->data(message);
  ORIEL_CHECK(!shown.empty());
  for (const char c : shown) {
    const bool is_line_end = c == '\n' && format == Format::kDetailed;
    ORIEL_CHECK(is_line_end || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f));
  }
}

}  // namespace

ORIEL_FUZZER(monitor_reading, bytes, size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto message = parse_json(text, size);
  if (!message) return 0;
  for (const auto format : {Format::kSimple, Format::kDetailed, Format::kCompact, Format::kJson})
    check_shown(format, *message);
  return 0;
}
