#pragma once
// Figures in few characters.

#include <optional>
#include <string>

namespace oriel::monitor::tui {

// Bytes in units of 1024: "0B", "512B", "8.2G", "252G", at most 5 characters for what exists.
std::string size_text(double bytes);
std::string rate_text(const std::optional<double>& bytes_per_s);  // "1.2M/s"; "-" when not known
std::string percent_text(const std::optional<double>& percent);   // "52%"; "-" when not known
std::string duration_text(double seconds);                        // "3d 4h", "12m 5s", "45s"

// A round size that is at least `value` and `least`, for the top of a graph: 1, 2, 5, 10, … 200 or
// 512 in one of the units.
double scale_for(double value, double least);

}  // namespace oriel::monitor::tui
