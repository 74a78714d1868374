// Rates of all interfaces as a pair of graphs, and the interfaces.

#include <fmt/format.h>

#include <algorithm>

#include "oriel/app/monitor/tui/figure_text.h"
#include "oriel/app/monitor/tui/panel.h"

namespace oriel::monitor::tui {
namespace {

// By what they carried since the start, so that the order rarely changes; the loopback last.
std::vector<const InterfaceReading*> in_order(const Reading& reading) {
  std::vector<const InterfaceReading*> interfaces;
  for (const auto& one : reading.interfaces) interfaces.push_back(&one);
  std::ranges::stable_sort(interfaces, [](const auto* a, const auto* b) {
    const bool a_is_loopback = a->name == "lo", b_is_loopback = b->name == "lo";
    if (a_is_loopback != b_is_loopback) return b_is_loopback;
    return a->received_total + a->sent_total > b->received_total + b->sent_total;
  });
  return interfaces;
}

void draw_interface(Canvas row, const InterfaceReading& one) {
  constexpr int kRate = 10, kTotal = 7;
  const bool has_totals = row.width() >= 48;
  const int name = std::max(4, row.width() - 2 * kRate - (has_totals ? 2 * kTotal : 0));
  row.put_at_most(0, 0, name - 1, one.name);
  int x = name + kRate;
  row.put_right(x, 0, kRate, "↓ " + rate_text(one.received), {Colour::kDownload});
  x += kRate;
  row.put_right(x, 0, kRate, "↑ " + rate_text(one.sent), {Colour::kUpload});
  if (has_totals) {
    row.put_right(x + kTotal, 0, kTotal, size_text(one.received_total), {Colour::kDim});
    row.put_right(x + 2 * kTotal, 0, kTotal, size_text(one.sent_total), {Colour::kDim});
  }
}

}  // namespace

BoxTexts network_texts(const Scene& scene) {
  BoxTexts texts{std::string(section_title(Section::kNetwork)), "", {}, {}};
  const auto& reading = scene.reading();
  texts.right.push_back({"↓ " + rate_text(reading.received), {Colour::kDownload}});
  texts.right.push_back({"↑ " + rate_text(reading.sent), {Colour::kUpload}});
  double faults = 0;
  for (const auto& one : reading.interfaces) faults += one.faults;
  if (faults > 0) {
    texts.bottom.push_back({fmt::format("{:.0f} errors and drops", faults), {Colour::kDim}});
  }
  return texts;
}

void draw_network(Canvas canvas, const Scene& scene) {
  const auto interfaces = in_order(scene.reading());
  const int height = canvas.height();
  const auto count = static_cast<int>(interfaces.size());
  const int lines = std::min(count, height >= 3 ? height - std::max(2, height / 2) : 0);
  const int graph = height - lines;
  draw_rate_pair(canvas.part({0, 0, canvas.width(), graph}), scene, figure::kReceived,
                 Colour::kDownload, figure::kSent, Colour::kUpload);
  const auto first = first_line(scene, interfaces.size(), lines);
  for (int i = 0; i < lines; ++i) {
    draw_interface(canvas.below(graph + i), *interfaces[first + static_cast<std::size_t>(i)]);
  }
}

}  // namespace oriel::monitor::tui
