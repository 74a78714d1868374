#pragma once
// What the user chose, and what a key or a click changes in it. Pure.

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "oriel/app/monitor/tui/graph.h"
#include "oriel/app/monitor/tui/grid.h"
#include "oriel/app/monitor/tui/model.h"
#include "oriel/app/monitor/tui/section.h"

namespace oriel::monitor::tui {

enum class ProcessSort { kCpu, kMemory, kIo, kPid, kName };

struct View {
  // Of several hosts: nothing is the overview of all.
  std::optional<std::size_t> host;
  std::size_t overview_row = 0;
  std::optional<Section> focus;
  bool is_zoomed = false;  // the section in focus has the whole screen
  ProcessSort sort = ProcessSort::kCpu;
  std::size_t scroll = 0;     // lines of the section in focus, else of the processes
  std::string filter;         // of processes, UTF-8
  bool is_filtering = false;  // keys go into the filter
  bool is_paused = false;
  bool is_help_open = false;
  std::chrono::milliseconds interval{1000};
  Glyphs glyphs = Glyphs::kBraille;
  bool has_unicode = true;
};

// What lies under a place of the drawn screen.
struct SectionTarget {
  Section section;
  bool is_title = false;
};
struct HostTarget {
  std::optional<std::size_t> host;
};
struct SortTarget {
  ProcessSort sort;
};
struct KeyTarget {
  char32_t key;  // as if it were pressed
};
struct HitArea {
  Area area;
  std::variant<SectionTarget, HostTarget, SortTarget, KeyTarget> target;
};

enum class Key {
  kCharacter,
  kUp,
  kDown,
  kLeft,
  kRight,
  kPageUp,
  kPageDown,
  kHome,
  kEnd,
  kTab,
  kBackTab,
  kEnter,
  kEscape,
  kBackspace,
  kClick,
  kWheelUp,
  kWheelDown,
};

struct Input {
  Key key = Key::kCharacter;
  char32_t character = 0;  // of kCharacter; control characters count as none
  int x = 0;               // of the mouse
  int y = 0;
};

enum class Action {
  kNone,
  kQuit,
  kInterval,  // view.interval changed: to be asked of the servers
};

// hits: of the screen that the user sees; later ones lie above earlier ones.
Action apply_input(const Input& input, const Model& model, const std::vector<HitArea>& hits,
                   View& view);

// Keeps the choices possible after hosts, sections or lines went away.
void settle(const Model& model, View& view);

// The host that is shown; nothing for the overview, or without hosts.
const HostModel* shown_host(const Model& model, const View& view);

// Those that the filter lets through, in the order of the view's sort.
std::vector<const ProcessReading*> listed_processes(const Reading& reading, const View& view);

}  // namespace oriel::monitor::tui
