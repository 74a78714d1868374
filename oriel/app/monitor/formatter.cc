#include "oriel/app/monitor/formatter.h"

#include <fmt/format.h>

#include <array>
#include <vector>

#include "oriel/app/config/suggestion.h"
#include "oriel/app/monitor/formatter_kinds.h"

namespace oriel::monitor {
namespace {

struct FormatRow {
  Format format;
  std::string_view name;
  std::unique_ptr<Formatter> (*make)(FormatOptions);
};

constexpr std::array kTable{FormatRow{Format::kSimple, "simple", make_simple_formatter},
                            FormatRow{Format::kDetailed, "detailed", make_detailed_formatter},
                            FormatRow{Format::kCompact, "compact", make_compact_formatter},
                            FormatRow{Format::kJson, "json", make_json_formatter}};

const FormatRow& row_of(Format format) { return kTable[static_cast<std::size_t>(format)]; }
static_assert([] {
  for (std::size_t i = 0; i < kTable.size(); ++i)
    if (static_cast<std::size_t>(kTable[i].format) != i) return false;
  return true;
}());

}  // namespace

Result<Format> parse_format(std::string_view name) {
  std::vector<std::string> known;
  for (const auto& row : kTable) {
    if (row.name == name) return row.format;
    known.emplace_back(row.name);
  }
  return fail(ErrorCode::kInvalid, fmt::format("unknown format {}, {}", config::printable(name),
                                               config::suggest(name, known)));
}

std::string_view format_name(Format format) { return row_of(format).name; }

std::unique_ptr<Formatter> make_formatter(Format format, FormatOptions options) {
  return row_of(format).make(options);
}

}  // namespace oriel::monitor
