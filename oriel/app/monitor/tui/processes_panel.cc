// The table of processes.

#include <fmt/format.h>

#include <algorithm>

#include "oriel/app/monitor/tui/figure_text.h"
#include "oriel/app/monitor/tui/panel.h"

namespace oriel::monitor::tui {
namespace {

// Ends and widths of the columns; a width of 0 leaves it out.
struct Columns {
  int pid = 8;
  int name = 0;
  int state = 3;
  int threads = 6;
  int memory = 7;
  int io = 9;
  int cpu = 8;
};

Columns columns_for(int width, bool has_io) {
  Columns columns;
  if (!has_io) columns.io = 0;
  if (width < 52) columns.state = columns.threads = 0;
  if (width < 40) columns.io = 0;
  if (width < 30) columns.pid = 0;
  columns.name = std::max(0, width - columns.pid - columns.state - columns.threads -
                                 columns.memory - columns.io - columns.cpu - 1);
  return columns;
}

Style head_style(const View& view, ProcessSort sort) {
  return view.sort == sort ? Style{Colour::kAccent, true} : Style{Colour::kDim};
}

void draw_head(Canvas row, const Columns& columns, const Scene& scene) {
  const auto& view = scene.view;
  int right = columns.pid;
  const auto put = [&](int width, const std::string& title, ProcessSort sort) {
    if (width == 0) return;
    const auto marked = view.sort == sort ? title + "▾" : title;
    row.put_right(right, 0, width, marked, head_style(view, sort));
    scene.hits.push_back(
        {{row.area().x + right - width, row.area().y, width, 1}, SortTarget{sort}});
  };
  put(columns.pid, "pid", ProcessSort::kPid);
  const auto name = view.sort == ProcessSort::kName ? "name▾" : "name";
  row.put_at_most(right + (columns.pid > 0 ? 1 : 0), 0, columns.name, name,
                  head_style(view, ProcessSort::kName));
  scene.hits.push_back(
      {{row.area().x + right + 1, row.area().y, columns.name, 1}, SortTarget{ProcessSort::kName}});
  right += columns.name + 1 + columns.state;
  if (columns.state > 0) row.put_right(right, 0, 1, "s", {Colour::kDim});
  right += columns.threads;
  if (columns.threads > 0) row.put_right(right, 0, columns.threads, "thr", {Colour::kDim});
  right += columns.memory;
  put(columns.memory, "mem", ProcessSort::kMemory);
  right += columns.io;
  put(columns.io, "io/s", ProcessSort::kIo);
  right += columns.cpu;
  put(columns.cpu, "cpu%", ProcessSort::kCpu);
}

Style cpu_style(double percent) {
  if (percent < 0.05) return {Colour::kDim};
  return {level_colour(percent)};
}

void draw_process(Canvas row, const Columns& columns, const ProcessReading& process) {
  int right = columns.pid;
  row.put_right(right, 0, columns.pid, fmt::format("{}", process.pid), {Colour::kDim});
  row.put_at_most(right + (columns.pid > 0 ? 1 : 0), 0, columns.name, process.name);
  right += columns.name + 1 + columns.state;
  if (columns.state > 0) {
    const bool is_running = process.state == "R";
    row.put_right(right, 0, 1, process.state, {is_running ? Colour::kGood : Colour::kDim});
  }
  right += columns.threads;
  if (columns.threads > 0) {
    row.put_right(right, 0, columns.threads, fmt::format("{:.0f}", process.threads),
                  {Colour::kDim});
  }
  right += columns.memory;
  row.put_right(right, 0, columns.memory, size_text(process.memory));
  right += columns.io;
  if (columns.io > 0 && process.io) {
    const bool is_idle = *process.io < 1;
    row.put_right(right, 0, columns.io, size_text(*process.io),
                  {is_idle ? Colour::kDim : Colour::kRead});
  }
  right += columns.cpu;
  const auto cpu = process.cpu ? fmt::format("{:.1f}", std::min(*process.cpu, 1e6)) : "-";
  row.put_right(right, 0, columns.cpu, cpu, cpu_style(process.cpu.value_or(0)));
}

}  // namespace

BoxTexts processes_texts(const Scene& scene) {
  BoxTexts texts{std::string(section_title(Section::kProcesses)), "", {}, {}};
  const auto& reading = scene.reading();
  const auto& view = scene.view;
  if (view.is_filtering) {
    texts.title += " / " + view.filter + "_";
  } else if (!view.filter.empty()) {
    texts.note = "/ " + view.filter;
  }
  if (reading.process_count) {
    texts.right.push_back({fmt::format("{} of {:.0f}", listed_processes(reading, view).size(),
                                       *reading.process_count),
                           {Colour::kDim}});
  }
  if (view.sort == ProcessSort::kIo && !reading.has_process_io && !reading.processes.empty()) {
    texts.bottom.push_back({"this host does not tell input and output", {Colour::kWarning}});
  }
  return texts;
}

void draw_processes(Canvas canvas, const Scene& scene) {
  const auto listed = listed_processes(scene.reading(), scene.view);
  const auto columns = columns_for(canvas.width(), scene.reading().has_process_io);
  draw_head(canvas.part({0, 0, canvas.width(), 1}), columns, scene);
  const auto rows = canvas.below(1);
  if (listed.empty() && !scene.view.filter.empty()) {
    rows.part({1, 0, canvas.width(), 1})
        .put(0, 0, "no process of this name or number", {Colour::kDim});
  }
  const auto first = first_line(scene, listed.size(), rows.height());
  for (int y = 0; y < rows.height(); ++y) {
    const auto line = first + static_cast<std::size_t>(y);
    if (line >= listed.size()) break;
    draw_process(rows.part({0, y, canvas.width(), 1}), columns, *listed[line]);
  }
}

}  // namespace oriel::monitor::tui
