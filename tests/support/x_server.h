#pragma once
// An X server that a test starts and that never outlives it.

#include <memory>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/picture.h"

namespace oriel::support {

class XServer {
 public:
  // `command` is the program and its arguments, such as {"Xvfb", "-screen", "0", "640x480x16"}.
  // `number`: -1 takes a free one. Throws std::runtime_error with its output when it does not
  // start.
  explicit XServer(std::vector<std::string> command, int number = -1);

  int number() const { return number_; }
  std::string name() const { return ":" + std::to_string(number_); }
  XDisplay display() const { return {name(), ""}; }
  ChildProcess& process() { return *process_; }
  std::string output() const { return process_->output(); }
  // Runs a program on it to its end, and returns its output.
  std::string run_client(const std::vector<std::string>& arguments) const;

 private:
  int number_;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace oriel::support
