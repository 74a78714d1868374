#pragma once
// The formats that there are, each in its own file; formatter.cc has the table of them.

#include <memory>

#include "oriel/app/monitor/formatter.h"

namespace oriel::monitor {

//   CPU: 45.2% | RAM: 62.8% | Disk: 28.5% | GPU: 15.0%
std::unique_ptr<Formatter> make_simple_formatter(FormatOptions options);

//   === Monitoring System - 14:30:25 ===
//   🖥️  Processor:
//       Usage: 45.2% [█████████▒▒▒▒▒▒▒▒▒▒▒] (Normal)
std::unique_ptr<Formatter> make_detailed_formatter(FormatOptions options);

//   [14:30:25] CPU:45% │ RAM:63%(8.2/13G) │ DSK:29% │ GPU:15%/45%
std::unique_ptr<Formatter> make_compact_formatter(FormatOptions options);

// The messages as they came, one a line or indented.
std::unique_ptr<Formatter> make_json_formatter(FormatOptions options);

}  // namespace oriel::monitor
