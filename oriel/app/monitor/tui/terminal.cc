#include "oriel/app/monitor/tui/terminal.h"

#define NCURSES_NOMACROS 1
#include <fmt/format.h>
#include <langinfo.h>
#include <ncurses.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <clocale>
#include <cstdlib>
#include <cstring>
#include <cwchar>
#include <string>
#include <string_view>

#include "oriel/app/monitor/tui/limits.h"

namespace oriel::monitor::tui {
namespace {

// ---- Restoring after a crash. A handler may only call what POSIX names safe: no ncurses. So the
// bytes and the modes are kept ready here, written before the handlers are installed.

constexpr std::array kCrashSignals{SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGQUIT};

struct CrashRestore {
  std::array<char, 256> bytes{};
  std::size_t size = 0;
  termios modes{};
  std::array<struct sigaction, kCrashSignals.size()> before{};
};
CrashRestore crash_restore;
volatile sig_atomic_t is_taken_over = 0;

extern "C" void restore_after_crash(int number) {
  if (is_taken_over != 0) {
    is_taken_over = 0;
    [[maybe_unused]] const auto written =
        ::write(STDOUT_FILENO, crash_restore.bytes.data(), crash_restore.size);
    ::tcsetattr(STDIN_FILENO, TCSANOW, &crash_restore.modes);
  }
  // Whoever handled it before gets it now: a sanitizer's report, or the end with a core.
  for (std::size_t i = 0; i < kCrashSignals.size(); ++i) {
    if (kCrashSignals[i] == number) ::sigaction(number, &crash_restore.before[i], nullptr);
  }
  ::raise(number);
}

void append_capability(const char* name, std::string& bytes) {
  const char* text = ::tigetstr(name);
  if (text == nullptr || text == reinterpret_cast<const char*>(-1)) return;
  // Without padding: "$<5>" is for terminals that nobody has any more.
  for (std::string_view rest = text; !rest.empty();) {
    if (rest.starts_with("$<")) {
      rest.remove_prefix(std::min(rest.size(), rest.find('>') + 1));
    } else {
      bytes.push_back(rest.front());
      rest.remove_prefix(1);
    }
  }
}

// After setupterm, so that the capabilities are those of the terminal.
void prepare_crash_restore(const termios& modes) {
  std::string bytes = "\033[?1006l\033[?1002l\033[?1000l";  // the mouse is ours no more
  for (const auto* name : {"sgr0", "rmkx", "cnorm", "rmcup"}) append_capability(name, bytes);
  crash_restore.size = std::min(bytes.size(), crash_restore.bytes.size());
  std::memcpy(crash_restore.bytes.data(), bytes.data(), crash_restore.size);
  crash_restore.modes = modes;
  is_taken_over = 1;
  for (std::size_t i = 0; i < kCrashSignals.size(); ++i) {
    struct sigaction action{};
    action.sa_handler = restore_after_crash;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(kCrashSignals[i], &action, &crash_restore.before[i]);
  }
}

void forget_crash_restore() {
  is_taken_over = 0;
  for (std::size_t i = 0; i < kCrashSignals.size(); ++i) {
    ::sigaction(kCrashSignals[i], &crash_restore.before[i], nullptr);
  }
}

// ---- Colours

struct Shade {
  short of_256;
  short of_8;
  bool is_bold_of_8;  // the second eight, where a terminal shows bold as bright
};

// As enum Colour. -1 is the terminal's own. Chosen to be read on dark and light ground; the levels
// go from green by yellow to red.
constexpr Shade kShades[] = {
    {-1, -1, false},              // plain
    {245, -1, false},             // dim
    {240, COLOR_BLUE, false},     // border
    {75, COLOR_CYAN, true},       // title
    {110, COLOR_CYAN, false},     // key
    {214, COLOR_YELLOW, true},    // accent
    {71, COLOR_GREEN, false},     // good
    {178, COLOR_YELLOW, false},   // warning
    {167, COLOR_RED, false},      // critical
    {74, COLOR_CYAN, false},      // download
    {140, COLOR_MAGENTA, false},  // upload
    {73, COLOR_CYAN, false},      // read
    {173, COLOR_YELLOW, false},   // write
    {104, COLOR_BLUE, true},      // memory
    {66, COLOR_BLUE, false},      // cached
    {175, COLOR_MAGENTA, false},  // swap
    {65, COLOR_GREEN, false},
    {71, COLOR_GREEN, false},
    {71, COLOR_GREEN, false},
    {107, COLOR_GREEN, false},
    {143, COLOR_YELLOW, false},
    {179, COLOR_YELLOW, false},
    {179, COLOR_YELLOW, false},
    {173, COLOR_YELLOW, false},
    {167, COLOR_RED, false},
    {167, COLOR_RED, false},
};
static_assert(std::size(kShades) == kColourCount);

bool no_color_is_set() {
  const char* value = std::getenv("NO_COLOR");
  return value != nullptr && *value != '\0';
}

// Pair 1 is the first colour.
void prepare_colours() {
  ::start_color();
  ::use_default_colors();
  const bool has_256 = COLORS >= 256;
  for (int i = 0; i < kColourCount; ++i) {
    const auto& shade = kShades[i];
    ::init_pair(static_cast<short>(i + 1), has_256 ? shade.of_256 : shade.of_8, -1);
  }
}

attr_t attributes_of(Style style, bool has_colour) {
  attr_t attributes = A_NORMAL;
  const auto& shade = kShades[static_cast<int>(style.colour)];
  const bool is_bright = has_colour && COLORS < 256 && shade.is_bold_of_8;
  if (style.is_bold || is_bright) attributes |= A_BOLD;
  if (style.is_reversed) attributes |= A_REVERSE;
  const bool is_faint = style.colour == Colour::kDim || style.colour == Colour::kBorder;
  if (is_faint && !has_colour) attributes |= A_DIM;
  return attributes;
}

// ---- Keys

constexpr mmask_t kMouseEvents =
    BUTTON1_PRESSED | BUTTON1_CLICKED | BUTTON4_PRESSED | BUTTON5_PRESSED;

std::optional<Input> read_mouse() {
  MEVENT event;
  if (::getmouse(&event) != OK) return {};
  const auto at = [&](Key key) { return Input{key, 0, event.x, event.y}; };
  if ((event.bstate & BUTTON4_PRESSED) != 0) return at(Key::kWheelUp);
  if ((event.bstate & BUTTON5_PRESSED) != 0) return at(Key::kWheelDown);
  if ((event.bstate & (BUTTON1_PRESSED | BUTTON1_CLICKED)) != 0) return at(Key::kClick);
  return {};
}

std::optional<Input> of_function_key(wint_t code) {
  switch (code) {
    case KEY_UP:
      return Input{Key::kUp};
    case KEY_DOWN:
      return Input{Key::kDown};
    case KEY_LEFT:
      return Input{Key::kLeft};
    case KEY_RIGHT:
      return Input{Key::kRight};
    case KEY_PPAGE:
      return Input{Key::kPageUp};
    case KEY_NPAGE:
      return Input{Key::kPageDown};
    case KEY_HOME:
      return Input{Key::kHome};
    case KEY_END:
      return Input{Key::kEnd};
    case KEY_BTAB:
      return Input{Key::kBackTab};
    case KEY_ENTER:
      return Input{Key::kEnter};
    case KEY_BACKSPACE:
      return Input{Key::kBackspace};
    case KEY_MOUSE:
      return read_mouse();
    default:
      return {};
  }
}

std::optional<Input> of_character(wint_t code) {
  switch (code) {
    case L'\t':
      return Input{Key::kTab};
    case L'\r':
    case L'\n':
      return Input{Key::kEnter};
    case 27:
      return Input{Key::kEscape};
    case 8:
    case 127:
      return Input{Key::kBackspace};
    default:
      return Input{Key::kCharacter, static_cast<char32_t>(code)};
  }
}

bool locale_is_utf8() {
  const std::string_view codeset = ::nl_langinfo(CODESET);
  return codeset == "UTF-8" || codeset == "utf8";
}

// Consoles and terminals of old have too few characters for graphs.
bool terminal_has_unicode() {
  const char* term = std::getenv("TERM");
  const std::string_view name = term == nullptr ? "" : term;
  return locale_is_utf8() && name != "linux" && !name.starts_with("vt");
}

// One for each process: ncurses' screens are global. The first locale that is set stays.
SCREEN* screen = nullptr;
bool shows_colour = false;

}  // namespace

Result<std::unique_ptr<Terminal>> Terminal::open(TerminalOptions options) {
  if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDOUT_FILENO) == 0) {
    return fail(ErrorCode::kUnavailable,
                "the format tui needs a terminal for input and output: choose simple, detailed, "
                "compact or json");
  }
  termios modes{};
  ::tcgetattr(STDIN_FILENO, &modes);
  std::setlocale(LC_CTYPE, "");
  ::set_escdelay(25);  // ms; a key's bytes come together, so a lone Escape need not wait longer
  const char* term = std::getenv("TERM");
  screen = ::newterm(nullptr, stdout, stdin);
  if (screen == nullptr) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("the terminal \"{}\" is not known here: set TERM to one that is, such "
                            "as xterm or vt100",
                            term == nullptr ? "" : term));
  }
  prepare_crash_restore(modes);
  ::cbreak();
  ::noecho();
  ::nonl();
  ::curs_set(0);
  ::nodelay(stdscr, TRUE);
  ::keypad(stdscr, TRUE);
  ::leaveok(stdscr, TRUE);
  ::mouseinterval(0);
  ::mousemask(kMouseEvents, nullptr);
  shows_colour = options.has_colour && !no_color_is_set() && ::has_colors();
  if (shows_colour) prepare_colours();
  return std::unique_ptr<Terminal>(new Terminal(terminal_has_unicode()));
}

Terminal::~Terminal() {
  ::mousemask(0, nullptr);
  ::endwin();
  ::delscreen(screen);
  screen = nullptr;
  forget_crash_restore();
}

int Terminal::width() const { return getmaxx(stdscr); }
int Terminal::height() const { return getmaxy(stdscr); }

std::optional<Input> Terminal::read() {
  // Keys that mean nothing here are passed over.
  for (;;) {
    wint_t code = 0;
    const int kind = ::get_wch(&code);
    if (kind == ERR) return {};
    const auto input = kind == KEY_CODE_YES ? of_function_key(code) : of_character(code);
    if (input) return input;
  }
}

void Terminal::show(const Grid& grid) {
  const bool is_same_size =
      shown_ && shown_->width() == grid.width() && shown_->height() == grid.height();
  if (!is_same_size) ::erase();
  for (int y = 0; y < std::min(grid.height(), height()); ++y) {
    for (int x = 0; x < std::min(grid.width(), width()); ++x) {
      const auto& cell = grid.at(x, y);
      if (cell.character == 0 || (is_same_size && shown_->at(x, y) == cell)) continue;
      const bool is_wide = x + 1 < grid.width() && grid.at(x + 1, y).character == 0;
      auto character = static_cast<wchar_t>(cell.character);
      // Where the system counts other cells than we do, columns would shift.
      if (::wcwidth(character) != (is_wide ? 2 : 1)) character = L'?';
      const wchar_t text[] = {character, L'\0'};
      const auto pair =
          static_cast<short>(shows_colour ? static_cast<int>(cell.style.colour) + 1 : 0);
      cchar_t out;
      ::setcchar(&out, text, attributes_of(cell.style, shows_colour), pair, nullptr);
      if (is_wide && character == L'?') ::mvaddch(y, x + 1, ' ');
      ::mvadd_wch(y, x, &out);
    }
  }
  ::refresh();
  shown_ = grid;
}

void Terminal::resize() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0) {
    ::resizeterm(size.ws_row, size.ws_col);
  }
  ::clearok(stdscr, TRUE);
  shown_.reset();
}

}  // namespace oriel::monitor::tui
