#include "oriel/app/cli/conduit_login.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include "oriel/app/cli/command_table.h"
#include "oriel/app/cli/conduit_report.h"
#include "oriel/app/cli/monitor_login.h"
#include "oriel/app/cli/say.h"
#include "oriel/app/observe/log.h"
#include "oriel/base/version.h"

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

// Nothing: there is no terminal, or the user does not want to.
std::optional<std::string> ask_for_password(const std::string& target) {
  if (::isatty(STDERR_FILENO) != 1) return std::nullopt;
  const SilentTerminal terminal;
  if (!terminal.is_silent()) return std::nullopt;
  terminal.say(fmt::format("Password for {}: ", target));
  auto line = terminal.read_line();
  terminal.say("\n");
  return line && !line->empty() ? line : std::nullopt;
}

}  // namespace

Result<conduit::ClientOptions> make_client_options(const ConduitOptions& options) {
  conduit::ClientOptions made{.target = options.target,
                              .allow_no_password = true,
                              .login = options.login,
                              .name = "oriel",
                              .version = std::string(kVersion)};
  ORIEL_TRY(const auto target, net::parse_stream_target(options.target));
  if (!options.password_file.empty()) {
    ORIEL_TRY(const auto password, read_secret_line(options.password_file, "password"));
    made.password = password.reveal();
  } else if (const char* password = std::getenv("ORIEL_PASSWORD");
             password != nullptr && target.password.empty()) {
    made.password = password;
  }
  if (options.timeout) made.connect_timeout = std::min(made.connect_timeout, *options.timeout);
  made.reconnect_enabled = false;
  made.error_numbers = options.error_numbers;
  made.login_advice = {
      .when_heard = "connect by tls://, or from the same machine",
      .when_unverified = "leave out --insecure; --ca FILE says whom to trust",
      .when_scram_only = "--login scram forbids it",
  };
  made.tls.verify = options.verify;
  made.tls.ca_file = options.ca_file;
  made.tls.certificate_file = options.certificate_file;
  made.tls.key_file = options.key_file;
  if (options.is_verbose)
    made.logger = observe::Logger(
        observe::make_stderr_sink(config::LogLevel::kDebug, config::LogFormat::kText));
  if (!options.verify)
    say_error(fmt::format(
        "WARNING: --insecure: the certificate of {} is not checked, so anybody on the way can be "
        "the server, read everything and change it",
        target.shown()));
  return made;
}

std::expected<ClientPointer, int> connect_conduit(
    conduit::ClientOptions options, const std::function<void(conduit::Client&)>& prepare) {
  const auto target = conduit::target_of(options);
  const bool has_password = !options.password.empty() || (target && !target->password.empty());
  for (bool may_ask = !has_password;; may_ask = false) {
    auto client = std::make_unique<conduit::Client>(options);
    if (prepare) prepare(*client);
    const auto status = client->connect();
    if (status) return client;
    if (may_ask && status.error().kind == conduit::ClientErrorKind::kAuthentication) {
      client.reset();
      if (auto password = ask_for_password(target->shown())) {
        options.password = *std::move(password);
        continue;
      }
    }
    return std::unexpected(report_unconnected(status.error(), may_ask));
  }
}

}  // namespace oriel::cli
