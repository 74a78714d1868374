#pragma once
// The pieces of which the formats are made: figures, sizes, bars, colours, and texts of others made
// harmless. Pure.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "oriel/core/monitor/alert.h"
#include "oriel/core/monitor/reading.h"

namespace oriel::monitor {

inline constexpr double kWarningPercent = 80, kCriticalPercent = 90;
inline constexpr int kBarCells = 20;

AlertLevel usage_level(double percent);
// "Normal", "Warning", "Critical".
std::string_view usage_word(double percent);

// Puts the colours of a terminal around texts, or leaves them alone.
class Paint {
 public:
  explicit Paint(bool has_color) : has_color_(has_color) {}

  // Green, yellow from kWarningPercent, red from kCriticalPercent; plain when nothing is known.
  std::string usage(std::optional<double> percent, std::string_view text) const;
  std::string level(AlertLevel level, std::string_view text) const;  // none is green

 private:
  bool has_color_;
};

// "45.2%", "n/a". The width is that of "45.2%", so that lines stay in step.
std::string percent_text(std::optional<double> percent);
// "45%", with halves rounded up.
std::string whole_percent_text(std::optional<double> percent);
// Full and light cells by share; shares beyond 100 are full, unknown ones empty.
std::string bar(std::optional<double> percent);

// "8.2/13.1 GB", in the unit that suits the total; empty when either is missing.
std::string sizes_text(const Reading::Space& space);
// "8.2/13G", for narrow terminals.
std::string short_sizes_text(const Reading::Space& space);
// "357.5 GB".
std::string size_text(double bytes);

// Of what went over the wire: "0.0 B", "2.2 KB".
std::string traffic_text(std::uint64_t bytes);
// "2s", "1m 05s", "3h 00m 07s".
std::string duration_text(std::chrono::seconds duration);

// `text` of somebody else, safe for a terminal and one line, with at most kReadingTextBytesMax of
// its bytes.
std::string harmless(std::string_view text);

}  // namespace oriel::monitor
