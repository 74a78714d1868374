#include "oriel/app/monitor/tui/cell_text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace oriel::monitor::tui {
namespace {

struct CodeRange {
  char32_t first;
  char32_t last;
};

#include "oriel/app/monitor/tui/character_widths.inc"

bool is_in(std::span<const CodeRange> ranges, char32_t character) {
  const auto after = std::ranges::upper_bound(ranges, character, {}, &CodeRange::first);
  return after != ranges.begin() && character <= std::prev(after)->last;
}

constexpr char32_t kReplacement = U'?';

bool is_shown_as_it_is(char32_t character) {
  if (character < 0x20 || (character >= 0x7f && character < 0xa0)) return false;
  if (character == 0x2028 || character == 0x2029) return false;  // line and paragraph separators
  // Surrogates, private use and non-characters: every terminal has its own idea of them.
  if (character >= 0xd800 && character < 0xf900) return false;
  if (character > 0xf0000 || (character & 0xfffe) == 0xfffe) return false;
  return !(character >= 0xfdd0 && character < 0xfdf0);
}

// One character from the front of `text`; what is no UTF-8 costs one byte and is the replacement.
char32_t take_character(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const int length = lead < 0x80   ? 1
                     : lead < 0xc2 ? 0
                     : lead < 0xe0 ? 2
                     : lead < 0xf0 ? 3
                     : lead < 0xf5 ? 4
                                   : 0;
  if (length == 0 || text.size() < static_cast<std::size_t>(length)) {
    text.remove_prefix(1);
    return kReplacement;
  }
  constexpr unsigned char kLeadBits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
  char32_t character = lead & kLeadBits[length];
  for (int i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[static_cast<std::size_t>(i)]);
    if ((byte & 0xc0) != 0x80) {
      text.remove_prefix(1);
      return kReplacement;
    }
    character = character << 6 | (byte & 0x3f);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  text.remove_prefix(static_cast<std::size_t>(length));
  if (character < kLeast[length] || character > 0x10ffff) return kReplacement;
  return is_shown_as_it_is(character) ? character : kReplacement;
}

// Cuts to `cells` cells with an ellipsis in the last one.
void cut(std::u32string& text, int cells) {
  int taken = cells_of(text);
  while (!text.empty() && taken > cells - 1) {
    taken -= cell_width(text.back());
    text.pop_back();
  }
  text.push_back(U'…');
}

}  // namespace

int cell_width(char32_t character) {
  if (character < 0xa0) return 1;
  if (is_in(kNoCell, character)) return 0;
  return is_in(kTwoCells, character) ? 2 : 1;
}

int cells_of(std::u32string_view text) {
  int cells = 0;
  for (const auto character : text) cells += cell_width(character);
  return cells;
}

std::u32string safe_text(std::string_view text, int cells_max) {
  std::u32string shown;
  if (cells_max < 1) return shown;
  int cells = 0;
  while (!text.empty()) {
    const auto character = take_character(text);
    const int width = cell_width(character);
    if (width == 0) continue;
    shown.push_back(character);
    cells += width;
    if (cells > cells_max) {
      cut(shown, cells_max);
      break;
    }
  }
  return shown;
}

}  // namespace oriel::monitor::tui
