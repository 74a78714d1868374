#pragma once
// Text for a grid of cells: names of processes, mounts and hosts come from elsewhere and may hold
// anything.

#include <string>
#include <string_view>

namespace oriel::monitor::tui {

// 0, 1 or 2 cells. Control characters count as 1: safe_text replaces them.
int cell_width(char32_t character);

// The characters of UTF-8 `text` that may be shown: control bytes, escapes and what is no UTF-8
// become "?", what takes no cell (combining marks, direction marks) is left out. At most
// `cells_max` cells; cut text ends with an ellipsis. `cells_max` < 1 gives nothing.
std::u32string safe_text(std::string_view text, int cells_max);

int cells_of(std::u32string_view text);

}  // namespace oriel::monitor::tui
