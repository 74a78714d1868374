// Memory and swap.

#include <fmt/format.h>

#include <algorithm>

#include "oriel/app/monitor/tui/figure_text.h"
#include "oriel/app/monitor/tui/panel.h"

namespace oriel::monitor::tui {
namespace {

double share(double part, double whole) {
  return whole > 0 ? std::min(100.0, part / whole * 100) : 0;
}

// Lines by how much they say: those that do not fit are cut from the end.
std::vector<Meter> meters_of(const Reading& reading) {
  std::vector<Meter> meters;
  const auto add = [&](const char* label, double bytes, double percent, Colour colour) {
    meters.push_back({label, 6, bytes > 0 ? size_text(bytes) : "", 5, percent, colour});
  };
  const auto& memory = reading.memory;
  if (memory) add("used", memory->space.used, memory->space.percent, Colour::kLevel0);
  if (reading.swap) add("swap", reading.swap->used, reading.swap->percent, Colour::kSwap);
  if (memory && memory->cached) {
    add("cached", *memory->cached, share(*memory->cached, memory->space.total), Colour::kCached);
  }
  if (memory && memory->shared) {
    add("shared", *memory->shared, share(*memory->shared, memory->space.total), Colour::kCached);
  }
  return meters;
}

}  // namespace

BoxTexts memory_texts(const Scene& scene) {
  BoxTexts texts{std::string(section_title(Section::kMemory)), "", {}, {}};
  const auto& memory = scene.reading().memory;
  if (!memory) return texts;
  texts.right.push_back(
      {fmt::format("{:.1f}%", memory->space.percent), good_or_bad(memory->space.percent)});
  if (memory->space.total > 0) {
    texts.right.push_back(
        {fmt::format("{} of {}", size_text(memory->space.used), size_text(memory->space.total))});
  }
  return texts;
}

void draw_memory(Canvas canvas, const Scene& scene) {
  const auto meters = meters_of(scene.reading());
  const int height = canvas.height();
  // The graph gets what is left, but from six rows on at least half.
  const int most = height >= 6 ? height / 2 : height >= 4 ? height - 2 : height;
  const int lines = std::min(static_cast<int>(meters.size()), most);
  const int graph = height - lines;
  if (graph > 0) {
    draw_history(canvas.part({0, 0, canvas.width(), graph}), scene, figure::kMemory, 100,
                 Colour::kMemory, false);
  }
  for (int i = 0; i < lines; ++i) {
    draw_meter(canvas.below(graph + i), meters[static_cast<std::size_t>(i)], scene.view.glyphs);
  }
}

}  // namespace oriel::monitor::tui
