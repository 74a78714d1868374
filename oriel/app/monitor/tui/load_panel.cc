// Load, the share of time in which tasks waited, the limits of the control group, and sensors:
// lines of words.

#include <fmt/format.h>

#include <algorithm>

#include "oriel/app/monitor/tui/figure_text.h"
#include "oriel/app/monitor/tui/graph.h"
#include "oriel/app/monitor/tui/panel.h"

namespace oriel::monitor::tui {
namespace {

struct Line {
  std::string label;
  Pieces pieces;
};

constexpr int kLabelWidth = 13;

// Waiting is bad early: a tenth of the time is felt.
Style wait_style(double percent) { return good_or_bad(percent, 10, 40); }

Line load_line(const LoadReading& load) {
  Line line{"load", {{fmt::format("{:.2f} {:.2f} {:.2f}", load.one, load.five, load.fifteen), {}}}};
  if (load.tasks) {
    line.pieces.push_back(
        {fmt::format("{:.0f} of {:.0f} run", load.running.value_or(0), *load.tasks),
         {Colour::kDim}});
  }
  return line;
}

Line pressure_line(const PressureReading& pressure) {
  Line line{pressure.name + " waits", {}};
  const auto add = [&](const char* name, const std::optional<StallReading>& stall) {
    if (!stall) return;
    line.pieces.push_back(
        {fmt::format("{} {:.1f}%", name, stall->ten_s), wait_style(stall->ten_s)});
    line.pieces.push_back(
        {fmt::format("{:.1f} {:.1f}", stall->minute, stall->five_minutes), {Colour::kDim}});
  };
  add("some", pressure.some);
  add("full", pressure.full);
  return line;
}

void add_cgroup(const CgroupReading& cgroup, std::vector<Line>& lines) {
  if (cgroup.cpu_limit || cgroup.cpu_used) {
    Line line{"cgroup cpu", {}};
    const auto used = fmt::format("{:.2f}", cgroup.cpu_used.value_or(0));
    const auto limit = cgroup.cpu_limit ? fmt::format(" of {:.4g}", *cgroup.cpu_limit) : "";
    line.pieces.push_back({used + limit + " cores", {}});
    if (cgroup.throttled) {
      line.pieces.push_back(
          {fmt::format("throttled {:.0f}%", *cgroup.throttled), wait_style(*cgroup.throttled)});
    }
    lines.push_back(std::move(line));
  }
  if (!cgroup.memory_limit && !cgroup.memory_used) return;
  Line line{"cgroup mem", {}};
  const auto limit = cgroup.memory_limit ? " of " + size_text(*cgroup.memory_limit) : "";
  line.pieces.push_back({size_text(cgroup.memory_used.value_or(0)) + limit, {}});
  if (cgroup.oom_kills.value_or(0) > 0) {
    line.pieces.push_back({fmt::format("{:.0f} killed", *cgroup.oom_kills), {Colour::kCritical}});
  }
  lines.push_back(std::move(line));
}

std::vector<Line> load_lines(const Reading& reading) {
  std::vector<Line> lines;
  if (reading.load) lines.push_back(load_line(*reading.load));
  if (reading.cgroup) add_cgroup(*reading.cgroup, lines);
  for (const auto& pressure : reading.pressure) lines.push_back(pressure_line(pressure));
  if (reading.host_cpu || reading.host_memory) {
    lines.push_back({"whole host",
                     {{"cpu " + percent_text(reading.host_cpu), {}},
                      {"memory " + percent_text(reading.host_memory), {}}}});
  }
  return lines;
}

void draw_battery(Canvas row, const BatteryReading& battery, Glyphs glyphs) {
  Pieces pieces{{battery.status, {Colour::kDim}}};
  if (battery.seconds_left) pieces.push_back({duration_text(*battery.seconds_left), {}});
  if (battery.power) pieces.push_back({fmt::format("{:.1f} W", *battery.power), {Colour::kDim}});
  const int words = row.width() >= 50 ? 28 : 0;
  const bool is_low = battery.percent < 15 && battery.status != "charging";
  const auto meter = row.part({0, 0, row.width() - words, 1});
  draw_meter(meter,
             {battery.name, std::clamp(meter.width() / 3, 4, 16), "", 0, battery.percent,
              is_low ? Colour::kCritical : Colour::kGood},
             glyphs);
  row.put_right(meter.width(), 0, 5, fmt::format("{:>4}", percent_text(battery.percent)),
                is_low ? Style{Colour::kCritical, true} : Style{});
  put_pieces(row, meter.width() + 2, 0, row.width(), pieces);
}

void draw_sensor(Canvas cell, const SensorReading& sensor) {
  const double high = sensor.high.value_or(sensor.critical.value_or(90));
  const double critical = sensor.critical.value_or(std::max(high, 100.0));
  const auto text = fmt::format("{:.0f}°C", sensor.temperature);
  cell.put_at_most(0, 0, cell.width() - 8, sensor.name, {Colour::kDim});
  cell.put_right(cell.width(), 0, 7, text,
                 good_or_bad(sensor.temperature, std::min(high, critical), critical));
}

}  // namespace

void draw_load(Canvas canvas, const Scene& scene) {
  const auto lines = load_lines(scene.reading());
  const int rows = std::min(static_cast<int>(lines.size()), canvas.height());
  const auto first = first_line(scene, lines.size(), canvas.height());
  for (int i = 0; i < rows; ++i) {
    const auto& line = lines[first + static_cast<std::size_t>(i)];
    canvas.put_at_most(0, i, kLabelWidth - 1, line.label, {Colour::kDim});
    put_pieces(canvas, kLabelWidth + 1, i, canvas.width(), line.pieces);
  }
}

void draw_sensors(Canvas canvas, const Scene& scene) {
  const auto& reading = scene.reading();
  const int columns = std::max(1, canvas.width() / kSensorWidth);
  const auto sensors = static_cast<int>(reading.sensors.size());
  const auto batteries = static_cast<int>(reading.batteries.size());
  const int lines = batteries + (sensors + columns - 1) / columns;
  const auto first =
      static_cast<int>(first_line(scene, static_cast<std::size_t>(lines), canvas.height()));
  for (int y = 0; y < canvas.height() && first + y < lines; ++y) {
    const int line = first + y;
    if (line < batteries) {
      draw_battery(canvas.below(y), reading.batteries[static_cast<std::size_t>(line)],
                   scene.view.glyphs);
      continue;
    }
    for (int column = 0; column < columns; ++column) {
      const int index = (line - batteries) * columns + column;
      if (index >= sensors) break;
      const int left = (canvas.width() + 3) * column / columns;
      const int right = (canvas.width() + 3) * (column + 1) / columns - 3;
      draw_sensor(canvas.part({left, y, right - left, 1}),
                  reading.sensors[static_cast<std::size_t>(index)]);
    }
  }
}

}  // namespace oriel::monitor::tui
