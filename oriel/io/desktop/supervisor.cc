#include "oriel/io/desktop/supervisor.h"

#include <fmt/core.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <thread>
#include <utility>

#include "oriel/base/time.h"
#include "oriel/io/desktop/limits.h"
#include "oriel/io/desktop/open_files.h"
#include "oriel/io/desktop/private_folder.h"
#include "oriel/io/desktop/supervisor_process.h"
#include "oriel/io/desktop/x_lock.h"

namespace oriel::desktop {
namespace {

constexpr int kSupervisorFile = 3;

// The same program again as the supervisor, with default signals and no file of ours but the three
// standard ones and its end of the line.
Result<pid_t> spawn_supervisor(const HeadlessConfig& config, int line) {
  std::vector<std::string> texts{"oriel", std::string(kSupervisorCommand)};
  auto its = config;
  its.open_files = open_files_before().value_or(0);
  for (auto& argument : write_supervisor_arguments(its)) texts.push_back(std::move(argument));
  std::vector<char*> arguments;
  for (auto& text : texts) arguments.push_back(text.data());
  arguments.push_back(nullptr);

  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, line, kSupervisorFile);
  posix_spawn_file_actions_addclosefrom_np(&files, kSupervisorFile + 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t pid = 0;
  const int error =
      posix_spawn(&pid, "/proc/self/exe", &files, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  if (error != 0) {
    return fail(
        ErrorCode::kUnavailable,
        fmt::format("cannot start the supervisor of the desktop: {}", std::strerror(error)));
  }
  return pid;
}

}  // namespace

struct HeadlessServer::Line {
  explicit Line(boost::asio::io_context& io) : socket(io) {}
  boost::asio::posix::stream_descriptor socket;
  // Handlers that are still queued when the server goes see that it is gone.
  std::shared_ptr<bool> alive = std::make_shared<bool>(true);
};

HeadlessServer::HeadlessServer(boost::asio::io_context& io) : line_(std::make_unique<Line>(io)) {}

HeadlessServer::~HeadlessServer() {
  *line_->alive = false;
  boost::system::error_code ignored;
  line_->socket.close(ignored);
  reap(kStopTimeout + std::chrono::milliseconds(200));
  remove_leftovers();
}

Status HeadlessServer::start(const HeadlessConfig& config, OnReady on_ready, OnEvent on_event) {
  std::array<int, 2> ends;
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("cannot make a line to the supervisor: {}", std::strerror(errno)));
  }
  const auto pid = spawn_supervisor(config, ends[1]);
  close(ends[1]);
  if (!pid) {
    close(ends[0]);
    return std::unexpected(pid.error());
  }
  supervisor_ = *pid;
  on_ready_ = std::move(on_ready);
  on_event_ = std::move(on_event);
  line_->socket.assign(ends[0]);
  wait();
  return {};
}

void HeadlessServer::start_session() { tell("session"); }

void HeadlessServer::stop(std::move_only_function<void()> on_stopped) {
  if (!line_->socket.is_open()) {
    boost::asio::post(line_->socket.get_executor(), std::move(on_stopped));
    return;
  }
  on_stopped_ = std::move(on_stopped);
  tell("stop");
}

void HeadlessServer::tell(std::string_view command) {
  if (!line_->socket.is_open()) return;
  // A few short packets in a whole life: there is always room. A supervisor that has gone is seen
  // by `read`.
  send(line_->socket.native_handle(), command.data(), command.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

void HeadlessServer::wait() {
  line_->socket.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                           [this, alive = line_->alive](const boost::system::error_code& error) {
                             if (!*alive || error) return;
                             read();
                             if (*alive && line_->socket.is_open()) wait();
                           });
}

void HeadlessServer::read() {
  const auto alive = line_->alive;
  while (line_->socket.is_open()) {
    std::array<char, kMaxSupervisorLine> buffer;
    const ssize_t count =
        recv(line_->socket.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) return ended();
    const auto message = parse_supervisor_message({buffer.data(), static_cast<std::size_t>(count)});
    if (message) {
      take(*message);
    } else {
      on_event_({EventKind::kNotice, message.error().message});
    }
    if (!*alive) return;
  }
}

void HeadlessServer::take(const SupervisorMessage& message) {
  if (message.ready) {
    ready_ = *message.ready;
    if (auto on_ready = std::exchange(on_ready_, nullptr)) {
      on_ready(HeadlessAddress{ready_.display, ready_.cookie, ready_.folder + "/Xauthority",
                               ready_.folder + "/Xvfb_screen0"});
    }
    return;
  }
  switch (message.word) {
    case SupervisorWord::kFailed:
      is_lost_told_ = true;
      if (auto on_ready = std::exchange(on_ready_, nullptr)) {
        on_ready(fail(ErrorCode::kUnavailable, message.text));
      }
      return;
    case SupervisorWord::kLost:
      is_lost_told_ = true;
      return on_event_({EventKind::kLost, message.text});
    case SupervisorWord::kLog:
      return on_event_({EventKind::kLog, message.text});
    case SupervisorWord::kNotice:
      return on_event_({EventKind::kNotice, message.text});
  }
}

void HeadlessServer::ended() {
  boost::system::error_code ignored;
  line_->socket.close(ignored);
  reap(kStopTimeout);
  if (on_stopped_) {
    on_ready_ = nullptr;
    std::exchange(on_stopped_, nullptr)();
  } else if (auto on_ready = std::exchange(on_ready_, nullptr)) {
    is_lost_told_ = true;
    on_ready(fail(ErrorCode::kUnavailable, "the supervisor of the desktop ended while it started"));
  } else if (!is_lost_told_) {
    is_lost_told_ = true;
    on_event_({EventKind::kLost, "the supervisor of the desktop has ended"});
  }
}

// A supervisor that has closed its line is about to end; the wait is for the kernel.
void HeadlessServer::reap(std::chrono::milliseconds patience) {
  if (supervisor_ == 0) return;
  const TimePoint deadline = Clock::now() + patience;
  int status = 0;
  while (true) {
    const pid_t pid = waitpid(supervisor_, &status, WNOHANG);
    if (pid != 0) break;
    if (Clock::now() >= deadline) {
      kill(supervisor_, SIGKILL);
      waitpid(supervisor_, &status, 0);
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  supervisor_ = 0;
  was_killed_ = WIFSIGNALED(status);
}

// What a killed supervisor could not remove. Its X server was killed with it.
void HeadlessServer::remove_leftovers() const {
  if (!was_killed_ || ready_.folder.empty()) return;
  remove_display_files(ready_.display, ready_.server);
  remove_private_folder(ready_.folder);
}

}  // namespace oriel::desktop
