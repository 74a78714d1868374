// Graphics processors: two lines each, and a graph of the first with a figure.

#include <fmt/format.h>

#include <algorithm>

#include "oriel/app/monitor/tui/figure_text.h"
#include "oriel/app/monitor/tui/panel.h"

namespace oriel::monitor::tui {
namespace {

Pieces words_of(const GpuReading& gpu) {
  Pieces pieces;
  if (gpu.temperature) {
    pieces.push_back({fmt::format("{:.0f}°C", *gpu.temperature), good_or_bad(*gpu.temperature)});
  }
  if (gpu.power) {
    const auto limit = gpu.power_limit ? fmt::format("/{:.0f}", *gpu.power_limit) : std::string();
    pieces.push_back({fmt::format("{:.0f}{} W", *gpu.power, limit), {}});
  }
  if (gpu.clock_mhz) pieces.push_back({fmt::format("{:.0f} MHz", *gpu.clock_mhz), {Colour::kDim}});
  return pieces;
}

// The use in the first line, the memory in the second; without memory, what else is known.
void draw_use(Canvas row, const GpuReading& gpu, Glyphs glyphs) {
  const int label = std::clamp(row.width() / 2, 6, 30);
  if (gpu.percent) {
    draw_meter(row, {gpu.name, label, "", 0, *gpu.percent}, glyphs);
  } else {
    row.put_at_most(0, 0, row.width(), gpu.name, {Colour::kDim});
  }
}

void draw_more(Canvas row, const GpuReading& gpu, Glyphs glyphs) {
  const auto words = words_of(gpu);
  if (!gpu.memory) {
    put_pieces(row, 0, 0, row.width(), words);
    return;
  }
  const int words_width = row.width() >= 44 ? 22 : row.width() >= 30 ? 6 : 0;
  const auto value =
      fmt::format("{}/{}", size_text(gpu.memory->used), size_text(gpu.memory->total));
  put_pieces(row, 0, 0, words_width, words);
  draw_meter(row.part({words_width, 0, row.width() - words_width, 1}),
             {"mem", 3, value, 10, gpu.memory->percent, Colour::kMemory}, glyphs);
}

}  // namespace

BoxTexts gpu_texts(const Scene& scene) {
  BoxTexts texts{std::string(section_title(Section::kGpu)), "", {}, {}};
  const auto& gpus = scene.reading().gpus;
  if (gpus.size() == 1 && gpus.front().percent) {
    texts.right.push_back({percent_text(gpus.front().percent), good_or_bad(*gpus.front().percent)});
  } else if (gpus.size() > 1) {
    texts.right.push_back({fmt::format("{}", gpus.size()), {Colour::kDim}});
  }
  return texts;
}

void draw_gpu(Canvas canvas, const Scene& scene) {
  const auto& gpus = scene.reading().gpus;
  const auto lines = static_cast<int>(gpus.size()) * 2;
  const int height = canvas.height();
  const int graph = height - lines >= 2 ? height - lines : 0;
  const auto with_figure =
      std::ranges::find_if(gpus, [](const auto& gpu) { return gpu.percent.has_value(); });
  if (graph > 0 && with_figure != gpus.end()) {
    const auto index = static_cast<std::size_t>(with_figure - gpus.begin());
    draw_history(canvas.part({0, 0, canvas.width(), graph}), scene, figure::gpu(index), 100,
                 Colour::kLevel0, false);
  }
  const int rows = std::min(lines, height - graph);
  const auto first = first_line(scene, static_cast<std::size_t>(lines), rows);
  for (int i = 0; i < rows; ++i) {
    const auto line = first + static_cast<std::size_t>(i);
    const auto row = canvas.below(graph + i);
    if (line % 2 == 0) {
      draw_use(row, gpus[line / 2], scene.view.glyphs);
    } else {
      draw_more(row, gpus[line / 2], scene.view.glyphs);
    }
  }
}

}  // namespace oriel::monitor::tui
