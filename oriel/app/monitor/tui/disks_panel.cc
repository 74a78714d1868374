// Space of the mounts, and what goes to and from the devices.

#include <fmt/format.h>

#include <algorithm>

#include "oriel/app/monitor/tui/figure_text.h"
#include "oriel/app/monitor/tui/panel.h"

namespace oriel::monitor::tui {
namespace {

void draw_mount(Canvas row, const MountReading& mount, Glyphs glyphs) {
  const auto sizes = mount.space.total > 0 ? fmt::format("{}/{}", size_text(mount.space.used),
                                                         size_text(mount.space.total))
                                           : std::string();
  const int label = std::clamp(row.width() / 3, 4, 24);
  draw_meter(row, {mount.path, label, sizes, row.width() >= 32 ? 10 : 0, mount.space.percent},
             glyphs);
}

void draw_device(Canvas row, const DiskReading& disk) {
  constexpr int kRate = 10, kBusy = 10;
  const bool has_busy = row.width() >= 38;
  const int name = std::max(4, row.width() - 2 * kRate - (has_busy ? kBusy : 0));
  row.put_at_most(0, 0, name - 1, disk.name);
  row.put_right(name + kRate, 0, kRate, "r " + rate_text(disk.read), {Colour::kRead});
  row.put_right(name + 2 * kRate, 0, kRate, "w " + rate_text(disk.write), {Colour::kWrite});
  if (!has_busy || !disk.busy) return;
  row.put_right(row.width(), 0, kBusy, percent_text(disk.busy) + " busy",
                *disk.busy >= 80 ? good_or_bad(*disk.busy) : Style{Colour::kDim});
}

void draw_line(Canvas row, const Reading& reading, std::size_t line, Glyphs glyphs) {
  if (line < reading.mounts.size()) {
    draw_mount(row, reading.mounts[line], glyphs);
  } else if (line - reading.mounts.size() < reading.disks.size()) {
    draw_device(row, reading.disks[line - reading.mounts.size()]);
  }
}

}  // namespace

BoxTexts disks_texts(const Scene& scene) {
  BoxTexts texts{std::string(section_title(Section::kDisks)), "", {}, {}};
  const auto& reading = scene.reading();
  if (reading.disk_read) {
    texts.right.push_back({"r " + rate_text(reading.disk_read), {Colour::kRead}});
  }
  if (reading.disk_write) {
    texts.right.push_back({"w " + rate_text(reading.disk_write), {Colour::kWrite}});
  }
  return texts;
}

void draw_disks(Canvas canvas, const Scene& scene) {
  const auto& reading = scene.reading();
  const auto mounts = static_cast<int>(reading.mounts.size());
  const auto disks = static_cast<int>(reading.disks.size());
  const int total = mounts + disks;
  const int height = canvas.height();
  const bool has_graph = height - total >= 2 && (reading.disk_read || reading.disk_write);
  const int graph = has_graph ? height - total : 0;
  if (has_graph) {
    draw_rate_pair(canvas.part({0, 0, canvas.width(), graph}), scene, figure::kRead, Colour::kRead,
                   figure::kWrite, Colour::kWrite);
  }
  const int rows = std::min(total, height - graph);
  const bool is_whole = total <= rows;
  const auto first = first_line(scene, static_cast<std::size_t>(total), rows);
  // In a small box the devices keep a third, unless somebody scrolls through all of it.
  const int devices = is_whole || scene.is_focused ? 0 : std::min(disks, std::max(1, rows / 3));
  for (int i = 0; i < rows; ++i) {
    const bool is_device = i >= rows - devices;
    const auto line = is_device ? static_cast<std::size_t>(mounts + i - (rows - devices))
                                : first + static_cast<std::size_t>(i);
    draw_line(canvas.below(graph + i), reading, line, scene.view.glyphs);
  }
}

}  // namespace oriel::monitor::tui
