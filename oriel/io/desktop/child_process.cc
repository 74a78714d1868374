#include "oriel/io/desktop/child_process.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace oriel::desktop {
namespace {

constexpr int kExecFailed = 127;

[[noreturn]] void become(const ChildPlan& plan, pid_t parent, char* const* arguments,
                         char* const* environment) {
  setsid();
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(kExecFailed);  // it died before it could be asked for

  const int input = open("/dev/null", O_RDONLY);
  const int output = fcntl(plan.output, F_DUPFD, STDERR_FILENO + 1);
  if (input < 0 || output < 0) _exit(kExecFailed);
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  close_range(STDERR_FILENO + 1, ~0u, 0);

  if (!plan.folder.empty() && chdir(plan.folder.c_str()) != 0) {
    // A home that does not exist: stay.
  }
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  if (plan.wants_ready_signal) signal(SIGUSR1, SIG_IGN);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  execve(arguments[0], arguments, environment);
  const std::string reason = fmt::format("cannot run {}: {}\n", arguments[0], std::strerror(errno));
  [[maybe_unused]] const auto written = write(STDERR_FILENO, reason.data(), reason.size());
  _exit(kExecFailed);
}

}  // namespace

std::optional<pid_t> start_child(const ChildPlan& plan) {
  std::vector<char*> arguments, environment;
  for (const auto& argument : plan.arguments)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  std::vector<std::string> assignments;
  for (const auto& [name, value] : plan.environment) assignments.push_back(name + '=' + value);
  for (auto& assignment : assignments) environment.push_back(assignment.data());
  environment.push_back(nullptr);

  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) return std::nullopt;
  if (child == 0) become(plan, parent, arguments.data(), environment.data());
  return child;
}

std::optional<std::string> find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::string_view folders = path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin";
  while (true) {
    const std::size_t end = folders.find(':');
    std::string file = fmt::format("{}/{}", folders.substr(0, end), name);
    struct stat status{};
    if (stat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
        access(file.c_str(), X_OK) == 0) {
      return file;
    }
    if (end == std::string_view::npos) return std::nullopt;
    folders.remove_prefix(end + 1);
  }
}

std::string describe_exit(int status) {
  if (WIFEXITED(status)) return fmt::format("exit code {}", WEXITSTATUS(status));
  const int number = WTERMSIG(status);
  return fmt::format("signal {} ({})", number, strsignal(number));
}

}  // namespace oriel::desktop
