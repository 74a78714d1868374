#include "tests/support/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

#include "tests/support/wait_until.h"

namespace oriel::support {
namespace {

// An unnamed file, so that a child that writes much never waits for a reader. It appends: the
// kernel does not guard the position of such a file, and two threads of the child that write at the
// same time, one to each stream, would overwrite each other.
int make_output_file() {
  const int file = memfd_create("output", MFD_CLOEXEC);
  fcntl(file, F_SETFL, O_APPEND);
  return file;
}

std::string read_all(int fd) {
  std::string text;
  char piece[65536];
  off_t offset = 0;
  for (ssize_t got; (got = pread(fd, piece, sizeof piece, offset)) > 0; offset += got) {
    text.append(piece, static_cast<std::size_t>(got));
  }
  return text;
}

pid_t spawn(const Command& command, int output_fd, int error_fd) {
  // All memory is taken before fork: the child of a threaded program may not allocate.
  std::vector<char*> argv;
  for (const std::string& argument : command.arguments) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  argv.push_back(nullptr);
  std::vector<std::string> variables;
  for (char** variable = environ; *variable; ++variable) {
    const std::string text = *variable;
    if (!command.environment.contains(text.substr(0, text.find('=')))) variables.push_back(text);
  }
  for (const auto& [name, value] : command.environment) variables.push_back(name + "=" + value);
  std::vector<char*> envp;
  for (std::string& variable : variables) envp.push_back(variable.data());
  envp.push_back(nullptr);

  const pid_t pid = fork();
  if (pid < 0) throw std::runtime_error("fork failed");
  if (pid > 0) return pid;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
  dup2(output_fd, STDOUT_FILENO);
  dup2(error_fd, STDERR_FILENO);
  execvpe(argv[0], argv.data(), envp.data());
  _exit(127);
}

int code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

}  // namespace

ChildProcess::ChildProcess(const Command& command) : output_fd_(make_output_file()) {
  pid_ = spawn(command, output_fd_, output_fd_);
}

ChildProcess::~ChildProcess() {
  if (!exit_code()) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close(output_fd_);
}

std::string ChildProcess::output() const { return read_all(output_fd_); }

std::optional<int> ChildProcess::exit_code() {
  int status = 0;
  if (!exit_code_ && waitpid(pid_, &status, WNOHANG) == pid_) exit_code_ = code_of(status);
  return exit_code_;
}

std::optional<int> ChildProcess::stop(int signal, std::chrono::milliseconds patience) {
  if (!exit_code()) kill(pid_, signal);
  wait_until([this] { return exit_code().has_value(); }, patience);
  return exit_code_;
}

std::string run(const Command& command) {
  const int output_fd = make_output_file();
  const int error_fd = make_output_file();
  int status = 0;
  waitpid(spawn(command, output_fd, error_fd), &status, 0);
  std::string output = read_all(output_fd);
  const std::string errors = read_all(error_fd);
  close(output_fd);
  close(error_fd);
  if (code_of(status) != 0) {
    throw std::runtime_error(
        fmt::format("{} ended with {}: {}", command.arguments[0], code_of(status), errors));
  }
  return output;
}

}  // namespace oriel::support
