#pragma once
// THE list of figures that alert rules can watch: a component and a metric, and how to read it off
// a snapshot.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "oriel/core/monitor/snapshot.h"

namespace oriel::monitor {

struct FigureRow {
  std::string_view component;  // as in alerts: "memory"
  std::string_view metric;     // "usage_percent"
  std::string_view unit;       // "%", "°C", ""
  std::string_view what;       // "memory usage", for sentences
  std::optional<double> (*read)(const Snapshot&);
};

std::span<const FigureRow> figure_table();

// nullptr when there is none.
const FigureRow* find_figure(std::string_view component, std::string_view metric);

}  // namespace oriel::monitor
