#include "oriel/app/monitor/tui/panel.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "oriel/app/monitor/tui/cell_text.h"
#include "oriel/app/monitor/tui/figure_text.h"
#include "oriel/app/monitor/tui/graph.h"

namespace oriel::monitor::tui {
namespace {

constexpr int kWordsMax = 400;  // cells of one text, more than any box has

int cells(std::string_view text) { return cells_of(safe_text(text, kWordsMax)); }

int cells(const Pieces& pieces) {
  int sum = 0;
  for (const auto& piece : pieces) sum += cells(piece.text) + 2;
  return std::max(0, sum - 2);
}

void draw_border(Canvas& canvas, Style style) {
  const int right = canvas.width() - 1, bottom = canvas.height() - 1;
  for (int x = 1; x < right; ++x) {
    canvas.set(x, 0, U'─', style);
    canvas.set(x, bottom, U'─', style);
  }
  for (int y = 1; y < bottom; ++y) {
    canvas.set(0, y, U'│', style);
    canvas.set(right, y, U'│', style);
  }
  canvas.set(0, 0, U'╭', style);
  canvas.set(right, 0, U'╮', style);
  canvas.set(0, bottom, U'╰', style);
  canvas.set(right, bottom, U'╯', style);
}

// Text in a border has a space on each side.
int put_in_border(Canvas& canvas, int x, int y, int right, std::string_view text, Style style) {
  const int room = right - x - 2;
  if (room < 1) return x;
  canvas.set(x, y, U' ');
  const int taken = canvas.put_at_most(x + 1, y, room, text, style);
  canvas.set(x + 1 + taken, y, U' ');
  return x + taken + 2;
}

float largest(std::span<const float> values) {
  float result = 0;
  for (const auto value : values) {
    if (!std::isnan(value)) result = std::max(result, value);
  }
  return result;
}

std::span<const float> last_of(std::span<const float> values, int count) {
  return values.last(std::min(values.size(), static_cast<std::size_t>(std::max(0, count))));
}

constexpr double kLeastRate = 1000;  // bytes per second: an idle line stays flat

void draw_rate(Canvas canvas, const Scene& scene, std::string_view figure, Colour colour,
               bool hangs) {
  const int shown = canvas.width() * values_per_cell(scene.view.glyphs);
  const auto most = largest(last_of(scene.host.values(figure), shown));
  const auto scale = scale_for(most, kLeastRate);
  draw_graph(canvas, scene.host.values(figure), scale, {scene.view.glyphs, colour, hangs});
  if (canvas.width() < 24 || canvas.height() < 2) return;
  const auto text = size_text(scale) + "/s ";
  canvas.put(0, hangs ? canvas.height() - 1 : 0, text, {Colour::kDim});
}

}  // namespace

int put_pieces(Canvas& canvas, int x, int y, int right, const Pieces& pieces) {
  for (const auto& [text, style] : pieces) {
    const int width = cells(text);
    if (width == 0 || x + width > right) continue;
    x += canvas.put(x, y, text, style) + 2;
  }
  return x;
}

Canvas draw_box(Canvas canvas, const BoxTexts& texts, bool is_focused) {
  const Style border{is_focused ? Colour::kAccent : Colour::kBorder};
  if (canvas.width() < 4 || canvas.height() < 3) return canvas;
  draw_border(canvas, border);
  const int end = canvas.width() - 2;
  auto right = texts.right;
  const int title_width = cells(texts.title) + 4;
  while (!right.empty() && title_width + cells(right) + 4 > end) right.pop_back();
  int right_at = end;
  if (!right.empty()) {
    right_at = end - cells(right) - 2;
    canvas.set(right_at, 0, U' ');
    canvas.set(end - 1, 0, U' ');
    int x = right_at + 1;
    for (std::size_t i = 0; i < right.size(); ++i) {
      if (i > 0) x += canvas.put(x, 0, "  ");
      x += canvas.put(x, 0, right[i].text, right[i].style);
    }
  }
  const Style title{is_focused ? Colour::kAccent : Colour::kTitle, true};
  const int x = put_in_border(canvas, 2, 0, right_at - 1, texts.title, title);
  if (!texts.note.empty() && right_at - x > 8) {
    put_in_border(canvas, x - 1, 0, right_at - 1, texts.note, {Colour::kDim});
  }
  int bottom_x = 2;
  for (const auto& [text, style] : texts.bottom) {
    if (bottom_x + cells(text) + 2 > end) break;
    bottom_x = put_in_border(canvas, bottom_x, canvas.height() - 1, end, text, style) + 1;
  }
  return canvas.part({2, 1, canvas.width() - 4, canvas.height() - 2});
}

Style good_or_bad(double percent, double warning, double critical) {
  if (percent >= critical) return {Colour::kCritical, true};
  if (percent >= warning) return {Colour::kWarning, true};
  return {Colour::kPlain};
}

void draw_meter(Canvas row, const Meter& meter, Glyphs glyphs) {
  const auto share = fmt::format("{:>4}", percent_text(meter.percent));
  const int bar_x = meter.label_width + 1 + meter.value_width + (meter.value_width > 0 ? 1 : 0);
  const int bar_width = row.width() - bar_x - 5;
  row.put_at_most(0, 0, meter.label_width, meter.label, {Colour::kDim});
  row.put_right(row.width(), 0, row.width(), share, good_or_bad(meter.percent));
  if (meter.value_width > 0) {
    row.put_right(bar_x - 1, 0, meter.value_width, meter.value);
  }
  const auto colour = meter.colour == Colour::kLevel0 ? level_colour(meter.percent) : meter.colour;
  if (bar_width > 0) draw_bar(row.part({bar_x, 0, bar_width, 1}), meter.percent, {colour}, glyphs);
}

void draw_history(Canvas canvas, const Scene& scene, std::string_view figure, double scale,
                  Colour colour, bool hangs) {
  const auto values = scene.host.values(figure);
  draw_graph(canvas, values, scale, {scene.view.glyphs, colour, hangs});
  if (canvas.width() < 24 || canvas.height() < 3) return;
  const auto shown = std::min<std::size_t>(
      values.size(), static_cast<std::size_t>(canvas.width() * values_per_cell(scene.view.glyphs)));
  const auto seconds = scene.host.seconds_of_last(shown == 0 ? 0 : shown - 1);
  if (seconds && *seconds >= 1) canvas.put(0, 0, duration_text(*seconds), {Colour::kDim});
}

void draw_rate_pair(Canvas canvas, const Scene& scene, std::string_view above, Colour above_colour,
                    std::string_view below, Colour below_colour) {
  const int upper = (canvas.height() + 1) / 2;
  draw_rate(canvas.part({0, 0, canvas.width(), upper}), scene, above, above_colour, false);
  if (canvas.height() > upper) draw_rate(canvas.below(upper), scene, below, below_colour, true);
}

std::size_t first_line(const Scene& scene, std::size_t lines, int rows) {
  const auto shown = static_cast<std::size_t>(std::max(0, rows));
  const std::size_t last = lines > shown ? lines - shown : 0;
  if (!scene.is_focused) return 0;
  scene.scroll_max = last;
  return std::min(scene.view.scroll, last);
}

BoxTexts texts_of(Section section, const Scene& scene) {
  switch (section) {
    case Section::kCpu:
      return cpu_texts(scene);
    case Section::kMemory:
      return memory_texts(scene);
    case Section::kNetwork:
      return network_texts(scene);
    case Section::kDisks:
      return disks_texts(scene);
    case Section::kGpu:
      return gpu_texts(scene);
    case Section::kProcesses:
      return processes_texts(scene);
    case Section::kLoad:
    case Section::kSensors:
      break;
  }
  return {std::string(section_title(section)), "", {}, {}};
}

void draw_inside(Section section, Canvas canvas, const Scene& scene) {
  if (canvas.is_empty()) return;
  switch (section) {
    case Section::kCpu:
      return draw_cpu(canvas, scene);
    case Section::kMemory:
      return draw_memory(canvas, scene);
    case Section::kNetwork:
      return draw_network(canvas, scene);
    case Section::kDisks:
      return draw_disks(canvas, scene);
    case Section::kGpu:
      return draw_gpu(canvas, scene);
    case Section::kLoad:
      return draw_load(canvas, scene);
    case Section::kSensors:
      return draw_sensors(canvas, scene);
    case Section::kProcesses:
      return draw_processes(canvas, scene);
  }
}

void draw_section(Section section, Canvas canvas, const Scene& scene) {
  const auto area = canvas.area();
  scene.hits.push_back({area, SectionTarget{section}});
  scene.hits.push_back({{area.x, area.y, area.width, 1}, SectionTarget{section, true}});
  // A box that cannot have borders is all inside.
  const auto is_marked = scene.is_focused && scene.view.focus == section;
  draw_inside(section, draw_box(canvas, texts_of(section, scene), is_marked), scene);
}

}  // namespace oriel::monitor::tui
