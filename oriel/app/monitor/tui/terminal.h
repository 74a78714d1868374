#pragma once
// The terminal by ncursesw: keys and clicks in, cells out. The only file that knows ncurses.

#include <memory>
#include <optional>

#include "oriel/app/monitor/tui/grid.h"
#include "oriel/app/monitor/tui/view.h"
#include "oriel/base/result.h"

namespace oriel::monitor::tui {

struct TerminalOptions {
  // False: characters with bold and reverse only. NO_COLOR in the environment says the same.
  bool has_colour = true;
};

// Takes the terminal of standard input and output over until it is destroyed; it is restored also
// when the process ends by a crash (SIGSEGV, SIGABRT and their like), but not by SIGKILL. SIGINT,
// SIGTERM, SIGHUP and SIGWINCH are for the owner: after a SIGWINCH it calls resize(). At most one
// at a time; one thread.
class Terminal {
 public:
  // Errors: kUnavailable where input or output is no terminal, or of a kind that nobody knows.
  static Result<std::unique_ptr<Terminal>> open(TerminalOptions options = {});
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  int width() const;
  int height() const;
  // Whether the locale and the terminal have characters beyond ASCII, and braille patterns.
  bool has_unicode() const { return has_unicode_; }

  // What was typed or clicked; nothing when there is none now.
  std::optional<Input> read();
  // Sends what differs from the grid before.
  void show(const Grid& grid);
  // Takes the size that the terminal has now; the next show() sends everything.
  void resize();

 private:
  explicit Terminal(bool has_unicode) : has_unicode_(has_unicode) {}

  bool has_unicode_;
  std::optional<Grid> shown_;
};

}  // namespace oriel::monitor::tui
