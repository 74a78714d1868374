#include "oriel/app/cli/line_output.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace oriel::cli {

Status LineOutput::write(std::string_view text) {
  std::string line(text);
  line += '\n';
  std::string_view rest = line;
  while (!rest.empty()) {
    const auto count = ::write(fd_, rest.data(), rest.size());
    if (count >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {  // whoever shares the stream made it so
      pollfd ready{.fd = fd_, .events = POLLOUT, .revents = 0};
      (void)::poll(&ready, 1, -1);
    } else if (errno == EPIPE) {
      return fail(ErrorCode::kClosed, "standard output: nobody reads it any more");
    } else if (errno != EINTR) {
      return fail(ErrorCode::kUnavailable,
                  fmt::format("cannot write to standard output: {}", std::strerror(errno)));
    }
  }
  return {};
}

}  // namespace oriel::cli
