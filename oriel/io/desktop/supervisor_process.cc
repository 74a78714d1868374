#include "oriel/io/desktop/supervisor_process.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <set>
#include <string>
#include <utility>

#include "oriel/base/time.h"
#include "oriel/io/desktop/child_process.h"
#include "oriel/io/desktop/limits.h"
#include "oriel/io/desktop/open_files.h"
#include "oriel/io/desktop/private_folder.h"
#include "oriel/io/desktop/process_tree.h"
#include "oriel/io/desktop/restart_policy.h"
#include "oriel/io/desktop/session_plan.h"
#include "oriel/io/desktop/small_file.h"
#include "oriel/io/desktop/supervisor_message.h"
#include "oriel/io/desktop/x_lock.h"

// This process is its own: it has one thread, and may wait.

namespace oriel::desktop {
namespace {

using std::chrono::milliseconds;

constexpr int kOrielFile = 3;
constexpr std::size_t kMaxOutputLine = 1024;
constexpr milliseconds kScanInterval{10};
// How long an important message may wait for an Oriel that is busy.
constexpr int kSendTimeoutMs = 200;

Environment own_environment() {
  Environment environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

int remaining_ms(TimePoint deadline) {
  const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
  return static_cast<int>(std::max<long>(0, left.count()));
}

// The path of the user's session program, if it has one.
std::string user_session_file() {
  const char* config = std::getenv("XDG_CONFIG_HOME");
  const char* home = std::getenv("HOME");
  if (config != nullptr && config[0] == '/') return std::string(config) + "/oriel/session";
  return home != nullptr ? std::string(home) + "/.config/oriel/session" : std::string();
}

// Sends packets to Oriel; never waits long for it.
class OrielLine {
 public:
  explicit OrielLine(int file) : file_(file) {}

  void tell(const std::string& packet) {
    if (try_send(packet)) return;
    pollfd writable{file_, POLLOUT, 0};
    poll(&writable, 1, kSendTimeoutMs);
    try_send(packet);
  }

  // At most kMaxLogLinesPerSecond, and none that Oriel has no room for.
  void log(std::string_view line) {
    const TimePoint now = Clock::now();
    if (now - second_ >= std::chrono::seconds(1)) {
      second_ = now;
      lines_ = 0;
      if (dropped_ > 0 &&
          try_send(write_text(SupervisorWord::kNotice,
                              fmt::format("{} lines of output were dropped", dropped_)))) {
        dropped_ = 0;
      }
    }
    if (++lines_ > kMaxLogLinesPerSecond || !try_send(write_text(SupervisorWord::kLog, line))) {
      ++dropped_;
    }
  }

 private:
  bool try_send(const std::string& packet) const {
    return send(file_, packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
  }

  int file_;
  TimePoint second_{};
  int lines_ = 0;
  std::uint64_t dropped_ = 0;
};

// What a child writes, in lines.
class OutputPipe {
 public:
  OutputPipe() {
    if (pipe2(ends_.data(), O_CLOEXEC) != 0) ends_ = {-1, -1};
    fcntl(ends_[0], F_SETFL, O_NONBLOCK);
  }
  ~OutputPipe() {
    close(ends_[0]);
    close(ends_[1]);
  }
  OutputPipe(const OutputPipe&) = delete;
  OutputPipe& operator=(const OutputPipe&) = delete;

  int read_end() const { return ends_[0]; }
  int write_end() const { return ends_[1]; }

  // Calls `take` with each whole line that is there; bounded, so that a child that never stops
  // writing cannot hold the supervisor.
  template <typename Take>
  void read_lines(Take take) {
    std::array<char, 16 * 1024> buffer;
    const ssize_t count = read(ends_[0], buffer.data(), buffer.size());
    for (ssize_t i = 0; i < count; ++i) {
      if (buffer[i] != '\n' && line_.size() < kMaxOutputLine) {
        line_ += buffer[i];
        continue;
      }
      if (!line_.empty()) take(std::exchange(line_, {}));
      if (buffer[i] != '\n') line_ += buffer[i];
    }
  }

 private:
  std::array<int, 2> ends_{-1, -1};
  std::string line_;
};

class Supervisor {
 public:
  explicit Supervisor(HeadlessConfig config) : config_(std::move(config)), oriel_(kOrielFile) {}
  ~Supervisor() { close(signals_); }

  int run() {
    if (!prepare()) return 1;
    if (const Status started = start_server(); !started) {
      if (!is_stopping_) {
        oriel_.tell(write_text(SupervisorWord::kFailed, started.error().message));
      }
    } else {
      oriel_.tell(write_ready({display_, cookie_, server_, folder_}));
      while (!is_stopping_) wait_for_something(-1);
    }
    end_everything();
    return 0;
  }

 private:
  bool prepare();
  Status start_server();
  Status start_server_at(int number, TimePoint deadline);
  std::string server_output() const;
  void start_session();
  void session_ended(int status);
  void wait_for_something(int timeout_ms);
  void read_signal();
  void read_command();
  void reap();
  void server_line(const std::string& line);
  void end_everything();
  std::vector<pid_t> living(bool with_server);
  void signal_until(int number, bool with_server, TimePoint deadline);

  HeadlessConfig config_;
  OrielLine oriel_;
  OutputPipe server_pipe_;
  OutputPipe session_pipe_;
  int signals_ = -1;
  std::string folder_;
  int display_ = -1;
  Cookie cookie_{};
  pid_t server_ = 0;  // 0: none, or it has ended
  pid_t session_ = 0;
  pid_t last_server_ = 0;  // whose lock is to be removed
  std::string server_exit_;
  std::deque<std::string> server_lines_;
  RestartPolicy restarts_;
  bool is_ready_ = false;
  bool is_stopping_ = false;
};

bool Supervisor::prepare() {
  // Without its line to Oriel it would never know when to end.
  int type = 0;
  socklen_t size = sizeof type;
  if (getsockopt(kOrielFile, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_SEQPACKET) {
    fmt::print(stderr, "{} is started by oriel serve only\n", kSupervisorCommand);
    return false;
  }
  fcntl(kOrielFile, F_SETFD, FD_CLOEXEC);
  prctl(PR_SET_NAME, "oriel-desktop");
  // Out of reach of the terminal's Ctrl-C: Oriel says when to end.
  setsid();
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  signal(SIGPIPE, SIG_IGN);
  sigset_t set;
  sigemptyset(&set);
  for (int number : {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGUSR1}) sigaddset(&set, number);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  signals_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  return signals_ >= 0;
}

Status Supervisor::start_server() {
  if (!find_program("Xvfb")) {
    return fail(ErrorCode::kUnavailable, "Xvfb is not installed; on Debian: apt-get install xvfb");
  }
  if (getrandom(cookie_.data(), cookie_.size(), 0) != static_cast<ssize_t>(cookie_.size())) {
    return fail(ErrorCode::kUnavailable, "the system gives no random numbers");
  }
  const auto screen_bytes = static_cast<std::uint64_t>(config_.max_geometry.area()) * 4;
  ORIEL_TRY(folder_, make_private_folder(screen_bytes + (1 << 20)));
  make_socket_folder();

  const TimePoint deadline = Clock::now() + kServerStartTimeout;
  if (config_.display) {
    const int number = *config_.display;
    if (!clear_stale_display(number)) {
      return fail(
          ErrorCode::kUnavailable,
          fmt::format("the X display :{} is in use; give another --headless-display, or none "
                      "for a free one",
                      number));
    }
    return start_server_at(number, deadline);
  }
  for (int attempt = 0; attempt < kDisplayNumberAttempts; ++attempt) {
    const int number = kFirstDisplayNumber + attempt;
    if (!clear_stale_display(number)) continue;
    const Status started = start_server_at(number, deadline);
    // Another start was quicker to take the number.
    if (!started && started.error().code == ErrorCode::kRefused) continue;
    return started;
  }
  return fail(ErrorCode::kUnavailable,
              fmt::format("none of the X displays :{} to :{} is free", kFirstDisplayNumber,
                          kFirstDisplayNumber + kDisplayNumberAttempts - 1));
}

// kRefused: another server has the number.
Status Supervisor::start_server_at(int number, TimePoint deadline) {
  const std::string authority = folder_ + "/Xauthority";
  unlink(authority.c_str());
  if (!write_private_file(authority, write_xauthority(number, cookie_))) {
    return fail(ErrorCode::kUnavailable, fmt::format("cannot write '{}'", authority));
  }
  display_ = number;
  server_lines_.clear();
  server_exit_.clear();
  is_ready_ = false;
  ChildPlan plan;
  plan.arguments = {
      *find_program("Xvfb"), fmt::format(":{}", number), "-screen", "0",
      fmt::format("{}x{}x24", config_.max_geometry.width, config_.max_geometry.height), "-fbdir",
      folder_, "-auth", authority, "-nolisten", "tcp", "-noreset", "-nocursor",
      // It refuses to show us a cursor whose program has ended, such as xsetroot.
      "-extension", "SECURITY"};
  plan.environment = own_environment();
  plan.output = server_pipe_.write_end();
  // Not -displayfd: with a number given it makes the server do without its lock file.
  plan.wants_ready_signal = true;
  const auto child = start_child(plan);
  if (!child) return fail(ErrorCode::kUnavailable, "the system cannot start another process");
  server_ = last_server_ = *child;

  while (!is_ready_ && server_ != 0 && !is_stopping_ && remaining_ms(deadline) > 0) {
    wait_for_something(remaining_ms(deadline));
  }
  if (is_stopping_) return fail(ErrorCode::kClosed, "stopped");
  if (server_ == 0) {
    server_pipe_.read_lines([this](const std::string& line) { server_line(line); });
    const std::string said = server_output();
    const bool is_in_use = said.find("already") != std::string::npos;
    return fail(
        is_in_use ? ErrorCode::kRefused : ErrorCode::kUnavailable,
        is_in_use ? fmt::format("the X display :{} is in use; give another "
                                "--headless-display, or none for a free one",
                                number)
                  : fmt::format("the X server ended while it started ({}){}", server_exit_, said));
  }
  if (!is_ready_) {
    return fail(ErrorCode::kTimeout,
                fmt::format("the X server was not ready within {} s{}",
                            kServerStartTimeout.count() / 1000, server_output()));
  }
  return {};
}

// ": its last lines", or nothing.
std::string Supervisor::server_output() const {
  return server_lines_.empty() ? std::string()
                               : fmt::format(": {}", fmt::join(server_lines_, "; "));
}

void Supervisor::server_line(const std::string& line) {
  server_lines_.push_back(line);
  if (server_lines_.size() > kMaxReportedLines) server_lines_.pop_front();
  oriel_.log(line);
}

void Supervisor::start_session() {
  if (session_ != 0 || server_ == 0) return;
  SessionWish wish{config_.session, "", config_.geometry};
  const std::string file = user_session_file();
  if (!file.empty() && access(file.c_str(), F_OK) == 0) {
    if (access(file.c_str(), X_OK) == 0) {
      wish.user_file = file;
    } else if (wish.command.empty()) {
      oriel_.tell(write_text(SupervisorWord::kNotice,
                             fmt::format("the session file '{}' is not executable, so it is not "
                                         "used; chmod +x makes it so",
                                         file)));
    }
  }
  const auto arguments = plan_session(wish, find_program);
  if (!arguments) {
    oriel_.tell(write_text(SupervisorWord::kNotice, arguments.error().message));
    return;
  }
  const SessionPlace place{display_, folder_ + "/Xauthority", folder_ + "/runtime",
                           has_runtime_folder()};
  if (!place.has_runtime_folder) mkdir(place.runtime_folder.c_str(), 0700);
  ChildPlan plan;
  plan.arguments = *arguments;
  plan.environment = plan_environment(own_environment(), place);
  const char* home = std::getenv("HOME");
  plan.folder = home != nullptr ? home : "/";
  plan.output = session_pipe_.write_end();
  session_ = start_child(plan).value_or(0);
}

// What the session started and left behind stays: a crashed window manager must not take the
// windows along.
void Supervisor::session_ended(int status) {
  session_ = 0;
  if (is_stopping_ || server_ == 0) return;
  if (!restarts_.allow(Clock::now())) {
    oriel_.tell(write_text(
        SupervisorWord::kNotice,
        fmt::format("the session has ended again ({}), more than {} times within {} s, and is not "
                    "started any more; the desktop stays",
                    describe_exit(status), kMaxSessionRestarts, kSessionRestartWindow.count())));
    return;
  }
  oriel_.tell(write_text(
      SupervisorWord::kNotice,
      fmt::format("the session has ended ({}) and is started again", describe_exit(status))));
  start_session();
}

void Supervisor::wait_for_something(int timeout_ms) {
  std::array<pollfd, 4> files{{{kOrielFile, POLLIN, 0},
                               {signals_, POLLIN, 0},
                               {server_pipe_.read_end(), POLLIN, 0},
                               {session_pipe_.read_end(), POLLIN, 0}}};
  if (poll(files.data(), files.size(), timeout_ms) <= 0) return;
  if (files[0].revents != 0) read_command();
  if (files[2].revents != 0) {
    server_pipe_.read_lines([this](const std::string& line) { server_line(line); });
  }
  if (files[3].revents != 0) {
    session_pipe_.read_lines([this](const std::string& line) { oriel_.log(line); });
  }
  if (files[1].revents != 0) read_signal();
}

void Supervisor::read_command() {
  std::array<char, 64> buffer;
  const ssize_t count = recv(kOrielFile, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  const std::string_view command(buffer.data(),
                                 static_cast<std::size_t>(std::max<ssize_t>(0, count)));
  if (command == "session") {
    start_session();
  } else {
    is_stopping_ = true;  // "stop", or Oriel has ended
  }
}

void Supervisor::read_signal() {
  signalfd_siginfo info;
  while (read(signals_, &info, sizeof info) == sizeof info) {
    if (info.ssi_signo == SIGUSR1) {
      if (static_cast<pid_t>(info.ssi_pid) == server_) is_ready_ = true;
    } else if (info.ssi_signo != SIGCHLD) {
      is_stopping_ = true;
    }
  }
  reap();
}

void Supervisor::reap() {
  int status = 0;
  while (const pid_t pid = waitpid(-1, &status, WNOHANG)) {
    if (pid < 0) return;
    if (pid == session_) {
      session_ended(status);
    } else if (pid == server_) {
      server_ = 0;
      server_exit_ = describe_exit(status);
      if (!is_ready_ || is_stopping_) continue;
      server_pipe_.read_lines([this](const std::string& line) { server_line(line); });
      oriel_.tell(write_text(SupervisorWord::kLost, fmt::format("the X server has ended ({}){}",
                                                                server_exit_, server_output())));
      is_stopping_ = true;
    }
  }
}

// Reaps, and lists who is left.
std::vector<pid_t> Supervisor::living(bool with_server) {
  reap();
  auto left = descendants_of(getpid(), list_processes());
  if (!with_server) std::erase(left, server_);
  return left;
}

// Sends the signal to everything that descends from this process, to newcomers too, until nothing
// is left or it is time. SIGKILL is repeated: a fork may have run away from the list.
void Supervisor::signal_until(int number, bool with_server, TimePoint deadline) {
  std::set<pid_t> told;
  while (true) {
    const auto left = living(with_server);
    if (left.empty()) return;
    for (const pid_t pid : left) {
      if (number == SIGKILL || told.insert(pid).second) kill(pid, number);
    }
    const int wait_ms = std::min<int>(kScanInterval.count(), remaining_ms(deadline));
    if (wait_ms == 0) return;
    pollfd child{signals_, POLLIN, 0};
    poll(&child, 1, wait_ms);
    signalfd_siginfo info;
    while (read(signals_, &info, sizeof info) == sizeof info) {
    }
  }
}

// The session first, by SIGTERM, while it still has its X server; then all by force. A well-behaved
// session is gone in a few milliseconds, a stubborn one within kStopTimeout.
void Supervisor::end_everything() {
  is_stopping_ = true;
  const TimePoint start = Clock::now();
  signal_until(SIGTERM, false, start + kTerminateGrace);
  signal_until(SIGKILL, false, start + kTerminateGrace + kServerTerminateGrace);
  // The X server removes its own lock, socket and file when it is asked to end.
  if (server_ != 0) {
    kill(server_, SIGTERM);
    const TimePoint deadline = Clock::now() + kServerTerminateGrace;
    while (server_ != 0 && remaining_ms(deadline) > 0) {
      pollfd child{signals_, POLLIN, 0};
      poll(&child, 1, static_cast<int>(kScanInterval.count()));
      reap();
    }
  }
  signal_until(SIGKILL, true, start + kStopTimeout - milliseconds(100));
  if (last_server_ != 0) remove_display_files(display_, last_server_);
  if (!folder_.empty()) remove_private_folder(folder_);
}

}  // namespace

int run_supervisor(std::span<const char* const> arguments) {
  auto config = parse_supervisor_arguments(arguments);
  if (!config) {
    fmt::print(stderr, "{}\n", config.error().message);
    return 2;
  }
  if (config->open_files != 0) limit_open_files(config->open_files);
  return Supervisor(*std::move(config)).run();
}

}  // namespace oriel::desktop
