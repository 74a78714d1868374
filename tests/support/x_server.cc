#include "tests/support/x_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <stdexcept>

#include "tests/support/wait_until.h"

namespace oriel::support {
namespace {

// The display number is the one line that consists of digits: what -displayfd writes when the
// server is ready. -1 while it is not there.
int number_in(const std::string& output) {
  std::size_t begin = 0;
  for (std::size_t end; (end = output.find('\n', begin)) != std::string::npos; begin = end + 1) {
    const std::string line = output.substr(begin, end - begin);
    const auto is_digit = [](unsigned char c) { return std::isdigit(c) != 0; };
    if (!line.empty() && std::ranges::all_of(line, is_digit)) return std::stoi(line);
  }
  return -1;
}

}  // namespace

XServer::XServer(std::vector<std::string> command, int number) : number_(number) {
  if (number >= 0) command.insert(command.begin() + 1, fmt::format(":{}", number));
  for (const char* argument : {"-noreset", "-nolisten", "tcp", "-displayfd", "1"}) {
    command.push_back(argument);
  }
  process_ = std::make_unique<ChildProcess>(Command{command, {}});
  wait_until([this] { return number_in(process_->output()) >= 0 || process_->exit_code(); });
  number_ = number_in(process_->output());
  if (number_ < 0) {
    throw std::runtime_error(fmt::format("{} did not start: {}", command[0], process_->output()));
  }
}

std::string XServer::run_client(const std::vector<std::string>& arguments) const {
  return run(Command{arguments, {{"DISPLAY", name()}}});
}

}  // namespace oriel::support
