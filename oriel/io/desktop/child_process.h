#pragma once
// Starts programs from a process that has one thread: the supervisor.

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace oriel::desktop {

struct ChildPlan {
  std::vector<std::string> arguments;  // the first one is the program's path
  std::map<std::string, std::string> environment;
  std::string folder;  // where it starts; stays here when it is empty or cannot be entered
  int output = -1;     // becomes its standard output and error
  // An X server that finds SIGUSR1 ignored sends it to its parent when it is ready (Xserver(1)).
  bool wants_ready_signal = false;
};

// Its process id, or nothing when the system has no more. The child leads a session of its own, has
// default signals, inherits no other files, and is killed when the supervisor is.
std::optional<pid_t> start_child(const ChildPlan& plan);

// The path of an executable program, searched in $PATH.
std::optional<std::string> find_program(const std::string& name);

// "exit code 1", "signal 9 (Killed)", of a status of waitpid.
std::string describe_exit(int status);

}  // namespace oriel::desktop
