#include "oriel/io/programs/program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

extern char** environ;

namespace oriel::programs {
namespace {

constexpr int kSignalled = 128;

int milliseconds_until(TimePoint deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000'000));
}

std::unexpected<Error> failed(const char* what) {
  return fail(ErrorCode::kUnavailable, fmt::format("{}: {}", what, std::strerror(errno)));
}

}  // namespace

class Program::Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { ::close(number_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

Result<std::unique_ptr<Program>> Program::start(const std::vector<std::string>& arguments) {
  // Sockets, because writing to one whose reader has gone can be told not to raise a signal.
  std::array<std::array<int, 2>, 3> pairs{};
  std::vector<std::unique_ptr<Descriptor>> ours, theirs;
  for (auto& pair : pairs) {
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0)
      return failed("cannot make a pipe");
    ours.push_back(std::make_unique<Descriptor>(pair[0]));
    theirs.push_back(std::make_unique<Descriptor>(pair[1]));
    ::fcntl(pair[0], F_SETFL, O_NONBLOCK);
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (int i = 0; i < 3; ++i)
    posix_spawn_file_actions_adddup2(&actions, theirs[static_cast<std::size_t>(i)]->number(), i);
  std::vector<char*> words;
  for (const auto& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  auto program = std::unique_ptr<Program>(new Program());
  const int error =
      posix_spawnp(&program->process_, words[0], &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    program->process_ = -1;
    return fail(ErrorCode::kUnavailable,
                fmt::format("cannot run {}: {}", arguments[0], std::strerror(error)));
  }
  program->input_ = std::move(ours[0]);
  program->output_ = std::move(ours[1]);
  program->errors_ = std::move(ours[2]);
  return program;
}

Program::~Program() {
  if (process_ < 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
}

// Whether there may be more.
bool Program::read_some(Descriptor& from, Bytes& into) {
  std::array<std::uint8_t, 65536> buffer;
  const auto count = ::recv(from.number(), buffer.data(), buffer.size(), 0);
  if (count < 0) return errno == EAGAIN || errno == EINTR;
  into.insert(into.end(), buffer.begin(), buffer.begin() + count);
  return count > 0;
}

// Moves bytes both ways until `input` is written, or with no input left to write, until the
// program has closed its outputs.
Status Program::pump(ByteSpan& input, TimePoint deadline) {
  while (true) {
    const bool is_writing = input_ && !input.empty();
    if (!is_writing && (input_ || (!output_ && !errors_))) return {};
    std::array<pollfd, 3> polled{{{is_writing ? input_->number() : -1, POLLOUT, 0},
                                  {output_ ? output_->number() : -1, POLLIN, 0},
                                  {errors_ ? errors_->number() : -1, POLLIN, 0}}};
    const int wait = milliseconds_until(deadline);
    const int ready = ::poll(polled.data(), polled.size(), wait);
    if (ready == 0 && wait == 0)
      return fail(ErrorCode::kTimeout, "the program did not end in its time");
    if (ready < 0 && errno != EINTR) return failed("cannot wait for a program");
    if (ready <= 0) continue;
    if (polled[1].revents != 0 && !read_some(*output_, output_bytes_)) output_.reset();
    if (polled[2].revents != 0 && !read_some(*errors_, error_bytes_)) errors_.reset();
    if (output_bytes_.size() > kOutputBytesMax)
      return fail(ErrorCode::kTooLarge,
                  fmt::format("the program wrote more than {} bytes", kOutputBytesMax));
    if (error_bytes_.size() > 2 * kComplaintBytesMax)
      error_bytes_.erase(error_bytes_.begin(), error_bytes_.end() - kComplaintBytesMax);
    if (polled[0].revents == 0) continue;
    const auto count = ::send(input_->number(), input.data(), input.size(), MSG_NOSIGNAL);
    if (count >= 0)
      input = input.subspan(static_cast<std::size_t>(count));
    else if (errno != EAGAIN && errno != EINTR)
      return fail(ErrorCode::kClosed, "the program takes no more input");
  }
}

Status Program::write(ByteSpan input, TimePoint deadline) { return pump(input, deadline); }

// The status of waitpid.
Result<int> Program::reap(TimePoint deadline) {
  const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, process_, 0)));
  pollfd ended{process.number(), POLLIN, 0};
  if (process.number() >= 0 && ::poll(&ended, 1, milliseconds_until(deadline)) == 0)
    return fail(ErrorCode::kTimeout, "the program did not end in its time");
  int status = 0;
  ::waitpid(std::exchange(process_, -1), &status, 0);
  return status;
}

Result<ProgramEnd> Program::finish(TimePoint deadline) {
  input_.reset();
  ByteSpan none;
  ORIEL_TRY_VOID(pump(none, deadline));
  ORIEL_TRY(const int status, reap(deadline));
  const auto kept = std::min(error_bytes_.size(), kComplaintBytesMax);
  return ProgramEnd{std::move(output_bytes_),
                    std::string(error_bytes_.end() - std::ptrdiff_t(kept), error_bytes_.end()),
                    WIFEXITED(status) ? WEXITSTATUS(status) : kSignalled + WTERMSIG(status)};
}

Result<ProgramEnd> run_program(const std::vector<std::string>& arguments, ByteSpan input,
                               TimePoint deadline) {
  ORIEL_TRY(auto program, Program::start(arguments));
  // One that has seen enough says so by its end.
  if (auto written = program->write(input, deadline);
      !written && written.error().code != ErrorCode::kClosed)
    return std::unexpected(written.error());
  return program->finish(deadline);
}

}  // namespace oriel::programs
