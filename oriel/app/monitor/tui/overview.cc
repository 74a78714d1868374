// One line for each host, when there are several.

#include <fmt/format.h>

#include <algorithm>

#include "oriel/app/monitor/tui/figure_text.h"
#include "oriel/app/monitor/tui/graph.h"
#include "oriel/app/monitor/tui/panel.h"
#include "oriel/app/monitor/tui/screen.h"

namespace oriel::monitor::tui {
namespace {

// Columns from the left, in the order of their worth: those that do not fit are left out.
enum class Column { kCpu, kMemory, kDisk, kNetwork, kLoad, kAlerts, kGraph };
struct Shown {
  Column column;
  std::string_view title;
  int width;
};
constexpr Shown kColumns[] = {
    {Column::kCpu, "cpu", 6},           {Column::kMemory, "mem", 6}, {Column::kDisk, "disk", 6},
    {Column::kNetwork, "network", 20},  {Column::kLoad, "load", 8},  {Column::kAlerts, "alerts", 8},
    {Column::kGraph, "cpu so far", 24},
};
constexpr int kNameLeast = 12;
constexpr int kNameMost = 32;

void put_share(Canvas& cell, const std::optional<double>& percent) {
  const auto style = percent ? good_or_bad(*percent) : Style{Colour::kDim};
  cell.put_right(cell.width(), 0, cell.width(), percent_text(percent), style);
}

std::optional<double> fullest(const Reading& reading) {
  std::optional<double> result;
  for (const auto& mount : reading.mounts) {
    result = std::max(result.value_or(0), mount.space.percent);
  }
  return result;
}

void draw_alert_count(Canvas& cell, const Reading& reading) {
  if (reading.alerts.empty()) return;
  const bool is_critical = reading.alerts.front().is_critical;
  cell.put_right(cell.width(), 0, cell.width(), fmt::format("▲ {}", reading.alerts.size()),
                 {is_critical ? Colour::kCritical : Colour::kWarning, true});
}

void draw_cell(Canvas cell, Column column, const HostModel& host, Glyphs glyphs) {
  const auto& reading = host.reading();
  switch (column) {
    case Column::kCpu:
      return put_share(cell, reading.processor ? reading.processor->percent : std::nullopt);
    case Column::kMemory:
      return put_share(
          cell, reading.memory ? std::optional(reading.memory->space.percent) : std::nullopt);
    case Column::kDisk:
      return put_share(cell, fullest(reading));
    case Column::kNetwork:
      cell.put_right(10, 0, 10, "↓ " + rate_text(reading.received), {Colour::kDownload});
      cell.put_right(20, 0, 10, "↑ " + rate_text(reading.sent), {Colour::kUpload});
      return;
    case Column::kLoad:
      if (reading.load) {
        cell.put_right(cell.width(), 0, cell.width(), fmt::format("{:.2f}", reading.load->one));
      }
      return;
    case Column::kAlerts:
      return draw_alert_count(cell, reading);
    case Column::kGraph:
      draw_graph(cell.part({2, 0, cell.width() - 2, 1}), host.values(figure::kCpu), 100,
                 {glyphs, Colour::kDownload, false});
      return;
  }
}

std::string_view mark(Link link) { return link == Link::kConnected ? "●" : "○"; }

Style mark_style(Link link) {
  if (link == Link::kConnected) return {Colour::kGood};
  return {link == Link::kConnecting ? Colour::kWarning : Colour::kCritical};
}

void draw_host_line(Canvas row, int name_width, int columns, const HostModel& host, bool is_chosen,
                    Glyphs glyphs) {
  row.put(0, 0, mark(host.link()), mark_style(host.link()));
  const Style name_style = is_chosen ? Style{Colour::kAccent, true, true} : Style{Colour::kTitle};
  row.put_at_most(2, 0, name_width - 2, host.name(), name_style);
  if (!host.has_document()) {
    row.put(name_width + 2, 0, host.link_words(), mark_style(host.link()));
    return;
  }
  int x = name_width;
  for (int i = 0; i < columns; ++i) {
    draw_cell(row.part({x, 0, kColumns[i].width, 1}), kColumns[i].column, host, glyphs);
    x += kColumns[i].width;
  }
}

void draw_titles(Canvas row, int name_width, int columns) {
  row.put(2, 0, "host", {Colour::kDim});
  int x = name_width;
  for (int i = 0; i < columns; ++i) {
    x += kColumns[i].width;
    row.put_right(x, 0, kColumns[i].width, kColumns[i].title, {Colour::kDim});
  }
}

}  // namespace

void draw_overview(Canvas canvas, const Model& model, const View& view, Screen& screen) {
  auto inside = draw_box(
      canvas, {"hosts", "", {{fmt::format("{}", model.hosts.size()), {Colour::kDim}}}, {}}, false);
  int rest = inside.width() - kNameLeast;
  int columns = 0;
  for (const auto& column : kColumns) {
    if (column.width > rest) break;
    rest -= column.width;
    ++columns;
  }
  const int name_width = std::clamp(kNameLeast + rest, 1, kNameMost);
  draw_titles(inside.part({0, 0, inside.width(), 1}), name_width, columns);
  const auto rows = inside.below(1);
  // The chosen host stays in sight.
  const auto room = static_cast<std::size_t>(std::max(1, rows.height()));
  const std::size_t first = view.overview_row < room ? 0 : view.overview_row - room + 1;
  for (int y = 0; y < rows.height(); ++y) {
    const auto index = first + static_cast<std::size_t>(y);
    if (index >= model.hosts.size()) break;
    const auto row = rows.part({0, y, rows.width(), 1});
    screen.hits.push_back({row.area(), HostTarget{index}});
    draw_host_line(row, name_width, columns, model.hosts[index], index == view.overview_row,
                   view.glyphs);
  }
}

}  // namespace oriel::monitor::tui
