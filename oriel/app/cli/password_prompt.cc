#include "oriel/app/cli/password_prompt.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <string_view>

namespace oriel::cli {
namespace {

constexpr std::size_t kPasswordBytesMax = 1024;
constexpr char kCtrlC = 3, kCtrlD = 4, kBackspace = 8, kCtrlU = 21, kDelete = 127;

// The terminal, reading without echo. While it is so, no signal ends the program before the
// terminal is as it was: Ctrl-C comes as a character.
class SilentTerminal {
 public:
  SilentTerminal() : fd_(::open("/dev/tty", O_RDWR | O_CLOEXEC)) {
    if (fd_ < 0 || ::tcgetattr(fd_, &before_) != 0) return;
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
    ::pthread_sigmask(SIG_BLOCK, &signals, &signals_before_);
    auto silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | ISIG);
    silent.c_cc[VMIN] = 1;
    silent.c_cc[VTIME] = 0;
    is_silent_ = ::tcsetattr(fd_, TCSAFLUSH, &silent) == 0;
    if (!is_silent_) ::pthread_sigmask(SIG_SETMASK, &signals_before_, nullptr);
  }
  ~SilentTerminal() {
    if (is_silent_) {
      ::tcsetattr(fd_, TCSAFLUSH, &before_);
      ::pthread_sigmask(SIG_SETMASK, &signals_before_, nullptr);
    }
    if (fd_ >= 0) ::close(fd_);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;

  bool is_silent() const { return is_silent_; }
  void say(std::string_view text) const { (void)!::write(fd_, text.data(), text.size()); }
  // Nothing at Ctrl-C, Ctrl-D or the end of the terminal.
  std::optional<std::string> read_line() const {
    std::string line;
    for (char next = 0; ::read(fd_, &next, 1) == 1;) {
      if (next == '\n' || next == '\r') return line;
      if (next == kCtrlC || next == kCtrlD) return std::nullopt;
      if (next == kCtrlU) {
        line.clear();
      } else if (next == kBackspace || next == kDelete) {
        // All bytes of a UTF-8 character.
        while (!line.empty() && (line.back() & 0xc0) == 0x80) line.pop_back();
        if (!line.empty()) line.pop_back();
      } else if (line.size() < kPasswordBytesMax) {
        line += next;
      }
    }
    return std::nullopt;
  }

 private:
  int fd_;
  bool is_silent_ = false;
  termios before_{};
  sigset_t signals_before_{};
};

}  // namespace

std::optional<std::string> ask_for_password(const std::string& target) {
  if (::isatty(STDERR_FILENO) != 1) return std::nullopt;
  const SilentTerminal terminal;
  if (!terminal.is_silent()) return std::nullopt;
  terminal.say(fmt::format("Password for {}: ", target));
  auto line = terminal.read_line();
  terminal.say("\n");
  return line && !line->empty() ? line : std::nullopt;
}

}  // namespace oriel::cli
