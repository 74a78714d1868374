#include <fcntl.h>
#include <unistd.h>

#include <span>

#include "oriel/app/cli/command_table.h"
#include "oriel/app/net/large_memory.h"

namespace {

// A program that is started with a standard stream closed would give its number to the next file or
// socket, and what is said to the stream would go there.
void open_missing_standard_streams() {
  for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream)
    if (::fcntl(stream, F_GETFD) == -1) (void)::open("/dev/null", O_RDWR);
}

}  // namespace

int main(int argc, char** argv) {
  open_missing_standard_streams();
  oriel::net::keep_large_memory();
  const std::span<const char* const> arguments(argv, static_cast<std::size_t>(argc));
  if (arguments.empty()) return oriel::cli::run_program({});
  return oriel::cli::run_program_as(arguments[0], arguments.subspan(1));
}
