// Any documents of a server, any size of the terminal and any keys: the screen stays sound, and the
// sections of it lie inside.
//
//   input := width, height (8 bits each, height of 120), four bytes of choices, keys, NUL,
//   document,
//            {NUL, document}

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/fuzzer.h"
#include "oriel/app/monitor/tui/screen.h"
#include "oriel/base/check.h"

namespace {

using namespace oriel::monitor;
using namespace oriel::monitor::tui;

constexpr std::size_t kHead = 6;
constexpr std::size_t kKeysMax = 64;

std::string_view take_until_nul(std::string_view& text) {
  const auto end = text.find('\0');
  const auto part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return part;
}

View view_of(std::string_view choices) {
  View view;
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(choices[i]); };
  if (at(0) % 16 < kSectionCount) view.focus = static_cast<Section>(at(0) % 16);
  view.is_zoomed = view.focus && (at(1) & 1) != 0;
  view.is_help_open = (at(1) & 6) == 6;
  view.has_unicode = (at(1) & 8) == 0;
  view.glyphs = static_cast<Glyphs>(at(1) / 16 % 3);
  view.sort = static_cast<ProcessSort>(at(2) % 5);
  view.scroll = std::size_t{at(3)} * 8;
  return view;
}

Screen draw(const Model& model, const View& view, int width, int height) {
  Grid grid(width, height);
  auto screen = draw_screen(grid, model, view, oriel::TimePoint{});
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const auto character = grid.at(x, y).character;
      ORIEL_CHECK(character >= U' ' || (character == 0 && x > 0));
      ORIEL_CHECK(view.has_unicode || character < 0x7f);
    }
  }
  for (const auto& hit : screen.hits) {
    ORIEL_CHECK(hit.area.x >= 0 && hit.area.y >= 0);
  }
  return screen;
}

}  // namespace

ORIEL_FUZZER(monitor_tui, bytes, size) {
  std::string_view text(reinterpret_cast<const char*>(bytes), size);
  if (text.size() < kHead) return 0;
  const int width = bytes[0], height = bytes[1] % 121;
  auto view = view_of(text.substr(2, 4));
  text.remove_prefix(kHead);
  const auto keys = take_until_nul(text).substr(0, kKeysMax);
  Model model;
  model.hosts.emplace_back("first");
  while (!text.empty()) {
    const auto part = take_until_nul(text);
    const auto document = parse_json(part, part.size());
    if (!document) continue;
    model.hosts.front().show(*document, {});
    // A second host has the same, so that tabs and the overview have something to show.
    if (model.hosts.size() == 1) model.hosts.push_back(model.hosts.front());
  }
  settle(model, view);
  auto screen = draw(model, view, width, height);
  for (const char byte : keys) {
    const auto key = static_cast<unsigned char>(byte);
    const Input input = key < 0x80 ? Input{Key::kCharacter, key}
                                   : Input{static_cast<Key>(key % 17), 0, key * 3 % 256, key % 40};
    apply_input(input, model, screen.hits, view);
    settle(model, view);
    screen = draw(model, view, width, height);
  }
  return 0;
}
