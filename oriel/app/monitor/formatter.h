#pragma once
// A monitoring stream as text for people and programs: one line, several, or JSON. What stands in a
// text comes from servers of any kind, so it is read with care (core/monitor/reading.h) and shown
// harmless: no control character of theirs reaches the terminal.

#include <memory>
#include <string>
#include <string_view>

#include "oriel/base/result.h"
#include "oriel/core/monitor/value.h"

namespace oriel::monitor {

struct ClientStatistics;

// Users may write their own. Texts are UTF-8 without a line end after the last line. Const: one may
// serve several hosts; no state, so any thread.
class Formatter {
 public:
  virtual ~Formatter() = default;

  // A whole message of the type monitoring_data. What it lacks is "n/a" or left out.
  virtual std::string data(const Value& message) const = 0;
  // What a server said when it accepted the connection, or the client about its state.
  virtual std::string connection(std::string_view text) const = 0;
  // What a server or the client complains about.
  virtual std::string error(std::string_view text) const = 0;
  virtual std::string statistics(const ClientStatistics& statistics) const = 0;
};

enum class Format { kSimple, kDetailed, kCompact, kJson };

// Errors: no such format; names those that there are.
Result<Format> parse_format(std::string_view name);
std::string_view format_name(Format format);

struct FormatOptions {
  bool has_color = true;   // green, yellow from 80 %, red from 90 %; JSON never has
  bool is_pretty = false;  // JSON over several lines, indented by 2
};

std::unique_ptr<Formatter> make_formatter(Format format, FormatOptions options = {});

}  // namespace oriel::monitor
