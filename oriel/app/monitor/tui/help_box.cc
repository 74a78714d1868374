// The keys, over everything else.

#include <algorithm>

#include "oriel/app/monitor/tui/panel.h"
#include "oriel/app/monitor/tui/screen.h"

namespace oriel::monitor::tui {
namespace {

struct HelpLine {
  std::string_view keys;
  std::string_view words;
};

constexpr HelpLine kLines[] = {
    {"q  Ctrl-C", "quit"},
    {"← →", "the host before and after"},
    {"Tab  Shift-Tab", "choose a section"},
    {"Enter  z", "it alone; in the overview, the host"},
    {"Esc", "back"},
    {"↑ ↓  PgUp PgDn", "scroll what is chosen, else processes"},
    {"c  m  i", "processes by cpu, memory, io"},
    {"/", "processes by name or number"},
    {"p", "pause"},
    {"+  -", "less often, more often"},
    {"g", "graphs: dots, blocks, ASCII"},
    {"mouse", "choose, sort, scroll"},
};
constexpr int kKeysWidth = 16;
constexpr int kBoxWidth = 60;

}  // namespace

void draw_help(Canvas canvas) {
  const int lines = static_cast<int>(std::size(kLines));
  const int width = std::min(kBoxWidth, canvas.width());
  const int height = std::min(lines + 2, canvas.height());
  auto box =
      canvas.part({(canvas.width() - width) / 2, (canvas.height() - height) / 2, width, height});
  box.fill(U' ');
  auto inside = draw_box(box, {"keys", "any key closes this", {}, {}}, true);
  for (int y = 0; y < lines; ++y) {
    const auto& [keys, words] = kLines[y];
    inside.put_at_most(0, y, kKeysWidth - 1, keys, {Colour::kKey, true});
    inside.put(kKeysWidth, y, words);
  }
}

}  // namespace oriel::monitor::tui
