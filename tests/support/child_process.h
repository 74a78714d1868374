#pragma once
// A program that a test starts and that never outlives it.

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace oriel::support {

struct Command {
  std::vector<std::string> arguments;              // the program first, found by PATH
  std::map<std::string, std::string> environment;  // added to the test's own
};

// Standard output and error go to a file that output() reads. Owned by one thread.
class ChildProcess {
 public:
  explicit ChildProcess(const Command& command);
  ~ChildProcess();  // kills it, if it still runs
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }

  // All that it wrote so far.
  std::string output() const;

  // The exit code (128 + number for a signal) once it has ended, without waiting.
  std::optional<int> exit_code();

  // Sends the signal; the exit code, or nothing when it still runs after `patience`.
  std::optional<int> stop(int signal, std::chrono::milliseconds patience);

 private:
  pid_t pid_ = -1;
  int output_fd_ = -1;
  std::optional<int> exit_code_;
};

// Runs a program to its end and returns its standard output; throws std::runtime_error with its
// standard error when it fails.
std::string run(const Command& command);

}  // namespace oriel::support
