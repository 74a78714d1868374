// For terminals in which boxes would take the room of the figures.

#include <fmt/format.h>

#include <algorithm>

#include "oriel/app/monitor/tui/figure_text.h"
#include "oriel/app/monitor/tui/graph.h"
#include "oriel/app/monitor/tui/panel.h"
#include "oriel/app/monitor/tui/screen.h"

namespace oriel::monitor::tui {
namespace {

struct Line {
  std::optional<Meter> meter;
  Pieces pieces;  // else
};

constexpr int kLabel = 4;
constexpr int kValue = 5;

std::vector<Line> lines_of(const Reading& reading) {
  std::vector<Line> lines;
  const auto meter = [&](std::string label, std::string value, double percent) {
    lines.push_back({Meter{std::move(label), kLabel, std::move(value), kValue, percent}, {}});
  };
  if (reading.processor && reading.processor->percent) {
    const auto load = reading.load ? fmt::format("{:.2f}", reading.load->one) : std::string();
    meter("cpu", load, *reading.processor->percent);
  }
  if (reading.memory) {
    meter("mem", size_text(reading.memory->space.used), reading.memory->space.percent);
  }
  if (!reading.mounts.empty()) {
    const auto& fullest = *std::ranges::max_element(
        reading.mounts, {}, [](const MountReading& mount) { return mount.space.percent; });
    meter("disk", size_text(fullest.space.used), fullest.space.percent);
  }
  if (reading.received || reading.sent) {
    lines.push_back({{},
                     {{"net ", {Colour::kDim}},
                      {"↓ " + rate_text(reading.received), {Colour::kDownload}},
                      {"↑ " + rate_text(reading.sent), {Colour::kUpload}}}});
  }
  if (!reading.gpus.empty() && reading.gpus.front().percent) {
    meter("gpu", "", *reading.gpus.front().percent);
  }
  if (reading.swap) meter("swap", size_text(reading.swap->used), reading.swap->percent);
  return lines;
}

}  // namespace

void draw_lines(Canvas canvas, const HostModel& host, const View& view, Screen& screen) {
  const auto lines = lines_of(host.reading());
  const bool has_processes = host.reading().has_processes;
  // From five rows on the processes get three of them at least.
  const int least = has_processes && canvas.height() >= 7 ? 3 : 0;
  const int rows = std::min(static_cast<int>(lines.size()), canvas.height() - least);
  const int margin = canvas.width() > 30 ? 1 : 0;
  for (int y = 0; y < rows; ++y) {
    auto row = canvas.part({margin, y, canvas.width() - 2 * margin, 1});
    const auto& line = lines[static_cast<std::size_t>(y)];
    if (line.meter) {
      draw_meter(row, *line.meter, view.glyphs);
    } else {
      put_pieces(row, 0, 0, row.width(), line.pieces);
    }
  }
  const auto rest = canvas.below(rows);
  if (!has_processes) {
    draw_graph(rest, host.values(figure::kCpu), 100, {view.glyphs});
    return;
  }
  if (rest.height() < 2) return;
  screen.hits.push_back({rest.area(), SectionTarget{Section::kProcesses}});
  draw_processes(rest, {host, view, true, screen.hits, screen.scroll_max});
}

}  // namespace oriel::monitor::tui
