// The processor: its graph, and its cores as meters, shorter where there are many, and as a strip
// of one cell each where there are more.

#include <fmt/format.h>

#include <algorithm>

#include "oriel/app/monitor/tui/figure_text.h"
#include "oriel/app/monitor/tui/graph.h"
#include "oriel/app/monitor/tui/panel.h"

namespace oriel::monitor::tui {
namespace {

constexpr int kMeterWidth = 13;  // "12 ■■■·· 23%"
constexpr int kMeterWidthMost = 26;
constexpr int kShortWidth = 8;   // "12 ▅ 23%"
constexpr int kGap = 2;          // between columns
constexpr int kSideBySide = 56;  // from this width on the cores stand beside the graph

int rounded_up(int count, int by) { return by < 1 ? 0 : (count + by - 1) / by; }

void draw_core_meter(Canvas cell, const CoreReading& core, Glyphs glyphs) {
  const auto number = fmt::format("{:>2}", core.number);
  const int label = static_cast<int>(number.size());
  if (cell.width() >= kMeterWidth) {
    return draw_meter(cell, {number, label, "", 0, core.percent}, glyphs);
  }
  cell.put_at_most(0, 0, label, number, {Colour::kDim});
  cell.set(label + 1, 0, height_glyph(core.percent, glyphs), {level_colour(core.percent)});
  cell.put_right(cell.width(), 0, 4, percent_text(core.percent), good_or_bad(core.percent));
}

// Column by column, as one reads a list.
void draw_core_meters(Canvas canvas, const std::vector<CoreReading>& cores, Glyphs glyphs) {
  const auto count = static_cast<int>(cores.size());
  const int columns = std::max(1, rounded_up(count, canvas.height()));
  const int rows = std::max(1, rounded_up(count, columns));
  for (int i = 0; i < count; ++i) {
    const int column = i / rows;
    const int left = (canvas.width() + kGap) * column / columns;
    const int right = (canvas.width() + kGap) * (column + 1) / columns - kGap;
    draw_core_meter(canvas.part({left, i % rows, right - left, 1}),
                    cores[static_cast<std::size_t>(i)], glyphs);
  }
}

// One cell for each core, or for the busiest of several.
void draw_core_strip(Canvas canvas, const std::vector<CoreReading>& cores, Glyphs glyphs) {
  const int room = canvas.width() * canvas.height();
  if (room < 1) return;
  const auto count = static_cast<int>(cores.size());
  const int group = rounded_up(count, room);
  for (int i = 0; i * group < count; ++i) {
    double percent = 0;
    for (int core = i * group; core < std::min(count, (i + 1) * group); ++core) {
      percent = std::max(percent, cores[static_cast<std::size_t>(core)].percent);
    }
    canvas.set(i % canvas.width(), i / canvas.width(), height_glyph(percent, glyphs),
               {level_colour(percent)});
  }
}

// Of `columns` columns of cores that are `width` wide each.
int columns_width(int columns, int width) { return columns * (width + kGap) - kGap; }

// Width that the cores get beside the graph.
int cores_width(int count, int width, int height) {
  const int columns = rounded_up(count, height);
  const int most = width * 6 / 10;
  if (columns_width(columns, kMeterWidth) <= most) {
    return std::min(most, columns_width(columns, kMeterWidthMost));
  }
  if (columns_width(columns, kShortWidth) <= most) return columns_width(columns, kShortWidth);
  return std::min(columns, most);
}

bool has_numbers(int count, const Canvas& canvas) {
  return columns_width(rounded_up(count, canvas.height()), kShortWidth) <= canvas.width();
}

void draw_cores(Canvas canvas, const Scene& scene) {
  const auto& cores = scene.reading().processor->cores;
  if (cores.empty() || canvas.is_empty()) return;
  if (has_numbers(static_cast<int>(cores.size()), canvas)) {
    draw_core_meters(canvas, cores, scene.view.glyphs);
  } else {
    draw_core_strip(canvas, cores, scene.view.glyphs);
  }
}

}  // namespace

BoxTexts cpu_texts(const Scene& scene) {
  BoxTexts texts{std::string(section_title(Section::kCpu)), "", {}, {}};
  const auto& reading = scene.reading();
  const auto& processor = reading.processor;
  if (!processor) return texts;
  texts.note = processor->model;
  if (processor->percent) {
    texts.right.push_back(
        {fmt::format("{:.1f}%", *processor->percent), good_or_bad(*processor->percent)});
  }
  if (processor->frequency_mhz) {
    texts.right.push_back({fmt::format("{:.2f} GHz", *processor->frequency_mhz / 1000)});
  }
  if (processor->temperature) {
    texts.right.push_back(
        {fmt::format("{:.0f}°C", *processor->temperature), good_or_bad(*processor->temperature)});
  }
  const auto add = [&](const char* name, const std::optional<double>& percent) {
    if (percent)
      texts.bottom.push_back({fmt::format("{} {:.0f}%", name, *percent), {Colour::kDim}});
  };
  add("user", processor->user);
  add("system", processor->system);
  add("iowait", processor->iowait);
  if (processor->steal.value_or(0) > 0) add("steal", processor->steal);
  if (reading.load) {
    texts.bottom.push_back({fmt::format("load {:.2f} {:.2f} {:.2f}", reading.load->one,
                                        reading.load->five, reading.load->fifteen),
                            {Colour::kDim}});
  }
  return texts;
}

void draw_cpu(Canvas canvas, const Scene& scene) {
  if (!scene.reading().processor || canvas.is_empty()) return;
  const auto count = static_cast<int>(scene.reading().processor->cores.size());
  const int width = canvas.width(), height = canvas.height();
  Area graph{0, 0, width, height};
  if (count > 1 && width >= kSideBySide) {
    const int beside = cores_width(count, width, height);
    graph.width = width - beside - 2;
    draw_cores(canvas.part({width - beside, 0, beside, height}), scene);
  } else if (count > 1 && height >= 3) {
    graph.height = height - std::min(height / 2, rounded_up(count, width));
    draw_cores(canvas.below(graph.height), scene);
  }
  draw_history(canvas.part(graph), scene, figure::kCpu, 100, Colour::kLevel0, false);
}

}  // namespace oriel::monitor::tui
