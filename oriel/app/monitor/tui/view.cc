#include "oriel/app/monitor/tui/view.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <ranges>

#include "oriel/app/monitor/tui/limits.h"

namespace oriel::monitor::tui {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kIntervals[] = {
    milliseconds(100),    milliseconds(200),    milliseconds(500),
    milliseconds(1000),   milliseconds(2000),   milliseconds(5000),
    milliseconds(10'000), milliseconds(30'000), milliseconds(60'000)};
constexpr std::size_t kPage = 10;  // lines

Action change_interval(View& view, bool is_longer) {
  const auto before = view.interval;
  if (is_longer) {
    const auto* next = std::ranges::upper_bound(kIntervals, view.interval);
    if (next != std::end(kIntervals)) view.interval = *next;
  } else {
    const auto* next = std::ranges::lower_bound(kIntervals, view.interval);
    if (next != std::begin(kIntervals)) view.interval = *std::prev(next);
  }
  return view.interval == before ? Action::kNone : Action::kInterval;
}

void scroll_by(View& view, std::ptrdiff_t lines) {
  const auto at = static_cast<std::ptrdiff_t>(view.scroll) + lines;
  view.scroll = static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(at, 0, kCoresShown));
}

bool is_overview(const Model& model, const View& view) {
  return model.hosts.size() > 1 && !view.host;
}

void move(const Model& model, View& view, std::ptrdiff_t lines) {
  if (!is_overview(model, view)) return scroll_by(view, lines);
  const auto last = static_cast<std::ptrdiff_t>(model.hosts.size()) - 1;
  const auto row = static_cast<std::ptrdiff_t>(view.overview_row) + lines;
  view.overview_row = static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(row, 0, last));
}

void choose_host(View& view, std::optional<std::size_t> host) {
  if (view.host == host) return;
  view.host = host;
  view.scroll = 0;
  if (host) view.overview_row = *host;
}

// The overview comes before the first host.
void step_host(const Model& model, View& view, int by) {
  const auto count = static_cast<int>(model.hosts.size());
  if (count < 2) return;
  const int at = (view.host ? static_cast<int>(*view.host) + 1 : 0) + by;
  const int wrapped = (at + count + 1) % (count + 1);
  choose_host(view,
              wrapped == 0 ? std::nullopt : std::optional(static_cast<std::size_t>(wrapped - 1)));
}

void choose_section(View& view, std::optional<Section> section) {
  if (view.focus != section) view.scroll = 0;
  view.focus = section;
  if (!section) view.is_zoomed = false;
}

void step_section(const Model& model, View& view, int by) {
  const auto* host = shown_host(model, view);
  if (host == nullptr) return step_host(model, view, by);
  const auto sections = sections_of(host->reading());
  if (sections.empty()) return;
  const auto count = static_cast<int>(sections.size());
  const auto found = view.focus ? std::ranges::find(sections, *view.focus) : sections.end();
  int at = by > 0 ? 0 : count - 1;
  if (found != sections.end()) {
    at = (static_cast<int>(found - sections.begin()) + by + count) % count;
  }
  choose_section(view, sections[static_cast<std::size_t>(at)]);
}

void append_character(char32_t character, View& view) {
  const bool is_printable = character >= 0x20 && character < 0x7f;
  if (is_printable && view.filter.size() < kFilterCharactersMax) {
    view.filter.push_back(static_cast<char>(character));
    view.scroll = 0;
  }
}

Action apply_to_filter(const Input& input, View& view) {
  switch (input.key) {
    case Key::kCharacter:
      append_character(input.character, view);
      break;
    case Key::kBackspace:
      if (!view.filter.empty()) view.filter.pop_back();
      break;
    case Key::kEnter:
      view.is_filtering = false;
      break;
    case Key::kEscape:
      view.filter.clear();
      view.is_filtering = false;
      break;
    default:
      break;
  }
  return Action::kNone;
}

Glyphs next_glyphs(const View& view) {
  if (!view.has_unicode) return Glyphs::kAscii;
  switch (view.glyphs) {
    case Glyphs::kBraille:
      return Glyphs::kBlocks;
    case Glyphs::kBlocks:
      return Glyphs::kAscii;
    case Glyphs::kAscii:
      return Glyphs::kBraille;
  }
  return Glyphs::kAscii;
}

void choose_sort(View& view, ProcessSort sort) {
  view.sort = sort;
  view.scroll = 0;
}

Action apply_character(char32_t character, View& view) {
  switch (character) {
    case U'q':
    case U'Q':
    case 3:  // Ctrl-C, where the terminal sends it as a key
      return Action::kQuit;
    case U'c':
      choose_sort(view, ProcessSort::kCpu);
      break;
    case U'm':
      choose_sort(view, ProcessSort::kMemory);
      break;
    case U'i':
      choose_sort(view, ProcessSort::kIo);
      break;
    case U'p':
    case U' ':
      view.is_paused = !view.is_paused;
      break;
    case U'+':
    case U'=':
      return change_interval(view, true);
    case U'-':
      return change_interval(view, false);
    case U'h':
    case U'?':
      view.is_help_open = true;
      break;
    case U'/':
      view.is_filtering = true;
      break;
    case U'g':
      view.glyphs = next_glyphs(view);
      break;
    case U'z':
      view.is_zoomed = view.focus && !view.is_zoomed;
      break;
    default:
      break;
  }
  return Action::kNone;
}

// From the inside out.
void go_back(const Model& model, View& view) {
  if (view.is_zoomed) {
    view.is_zoomed = false;
  } else if (!view.filter.empty()) {
    view.filter.clear();
  } else if (view.focus) {
    choose_section(view, {});
  } else if (model.hosts.size() > 1) {
    choose_host(view, {});
  }
}

void enter(const Model& model, View& view) {
  if (is_overview(model, view)) {
    choose_host(view, view.overview_row);
  } else if (view.focus) {
    view.is_zoomed = !view.is_zoomed;
  }
}

Action apply_click(const Input& input, const std::vector<HitArea>& hits, View& view) {
  for (const auto& hit : hits | std::views::reverse) {
    if (!hit.area.contains(input.x, input.y)) continue;
    if (const auto* section = std::get_if<SectionTarget>(&hit.target)) {
      const bool had_focus = view.focus == section->section;
      choose_section(view, section->section);
      if (section->is_title && had_focus) view.is_zoomed = !view.is_zoomed;
    } else if (const auto* host = std::get_if<HostTarget>(&hit.target)) {
      choose_host(view, host->host);
    } else if (const auto* sort = std::get_if<SortTarget>(&hit.target)) {
      choose_sort(view, sort->sort);
    } else if (const auto* key = std::get_if<KeyTarget>(&hit.target)) {
      return apply_character(key->key, view);
    }
    return Action::kNone;
  }
  return Action::kNone;
}

// The wheel scrolls what it is over, without taking the focus from elsewhere but for that.
void apply_wheel(const Input& input, const Model& model, const std::vector<HitArea>& hits,
                 View& view) {
  for (const auto& hit : hits | std::views::reverse) {
    const auto* section = std::get_if<SectionTarget>(&hit.target);
    if (section == nullptr || !hit.area.contains(input.x, input.y)) continue;
    const bool is_default = !view.focus && section->section == Section::kProcesses;
    if (!is_default && view.focus != section->section) choose_section(view, section->section);
    break;
  }
  move(model, view, input.key == Key::kWheelUp ? -3 : 3);
}

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

bool matches(const ProcessReading& process, const std::string& filter) {
  if (filter.empty() || fmt::format("{}", process.pid).starts_with(filter)) return true;
  const auto found = std::ranges::search(process.name, filter, {}, lower, lower);
  return !found.empty();
}

bool comes_before(const ProcessReading& a, const ProcessReading& b, ProcessSort sort) {
  switch (sort) {
    case ProcessSort::kCpu:
      return a.cpu.value_or(-1) > b.cpu.value_or(-1);
    case ProcessSort::kMemory:
      return a.memory > b.memory;
    case ProcessSort::kIo:
      return a.io.value_or(-1) > b.io.value_or(-1);
    case ProcessSort::kPid:
      return a.pid < b.pid;
    case ProcessSort::kName:
      return std::ranges::lexicographical_compare(a.name, b.name, {}, lower, lower);
  }
  return false;
}

}  // namespace

Action apply_input(const Input& input, const Model& model, const std::vector<HitArea>& hits,
                   View& view) {
  const bool is_interrupt = input.key == Key::kCharacter && input.character == 3;
  if (is_interrupt) return Action::kQuit;
  if (view.is_help_open) {
    const bool is_quit = input.key == Key::kCharacter && input.character == U'q';
    view.is_help_open = false;
    return is_quit ? Action::kQuit : Action::kNone;
  }
  const bool is_mouse =
      input.key == Key::kClick || input.key == Key::kWheelUp || input.key == Key::kWheelDown;
  if (view.is_filtering && !is_mouse) return apply_to_filter(input, view);
  switch (input.key) {
    case Key::kCharacter:
      return apply_character(input.character, view);
    case Key::kUp:
      move(model, view, -1);
      break;
    case Key::kDown:
      move(model, view, 1);
      break;
    case Key::kPageUp:
      move(model, view, -static_cast<std::ptrdiff_t>(kPage));
      break;
    case Key::kPageDown:
      move(model, view, kPage);
      break;
    case Key::kHome:
      move(model, view, -static_cast<std::ptrdiff_t>(kCoresShown));
      break;
    case Key::kEnd:
      move(model, view, kCoresShown);
      break;
    case Key::kLeft:
      step_host(model, view, -1);
      break;
    case Key::kRight:
      step_host(model, view, 1);
      break;
    case Key::kTab:
      step_section(model, view, 1);
      break;
    case Key::kBackTab:
      step_section(model, view, -1);
      break;
    case Key::kEnter:
      enter(model, view);
      break;
    case Key::kEscape:
    case Key::kBackspace:
      go_back(model, view);
      break;
    case Key::kClick:
      return apply_click(input, hits, view);
    case Key::kWheelUp:
    case Key::kWheelDown:
      apply_wheel(input, model, hits, view);
      break;
  }
  return Action::kNone;
}

void settle(const Model& model, View& view) {
  if (model.hosts.empty()) return;
  const auto last = model.hosts.size() - 1;
  view.overview_row = std::min(view.overview_row, last);
  if (view.host) view.host = std::min(*view.host, last);
  if (model.hosts.size() == 1) view.host = 0;
  const auto* host = shown_host(model, view);
  if (host == nullptr || !host->has_document() || !view.focus) return;
  const auto sections = sections_of(host->reading());
  if (std::ranges::find(sections, *view.focus) == sections.end()) choose_section(view, {});
}

const HostModel* shown_host(const Model& model, const View& view) {
  if (model.hosts.size() == 1) return &model.hosts.front();
  return view.host && *view.host < model.hosts.size() ? &model.hosts[*view.host] : nullptr;
}

std::vector<const ProcessReading*> listed_processes(const Reading& reading, const View& view) {
  std::vector<const ProcessReading*> listed;
  for (const auto& process : reading.processes) {
    if (matches(process, view.filter)) listed.push_back(&process);
  }
  std::ranges::stable_sort(
      listed, [&](const auto* a, const auto* b) { return comes_before(*a, *b, view.sort); });
  return listed;
}

}  // namespace oriel::monitor::tui
