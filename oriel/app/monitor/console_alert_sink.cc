#include "oriel/app/monitor/console_alert_sink.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace oriel::monitor {
namespace {

constexpr int kPollMs = 100;

std::string_view color_of(const AlertNotice& notice) {
  if (notice.is_ended) return "\x1b[92m";
  return notice.level == AlertLevel::kCritical ? "\x1b[91m" : "\x1b[93m";
}

}  // namespace

bool shows_color(int fd) {
  const char* no_color = std::getenv("NO_COLOR");
  return ::isatty(fd) == 1 && (no_color == nullptr || *no_color == '\0');
}

Status ConsoleAlertSink::deliver(const AlertNotice& notice) {
  auto line = notice_line(notice);
  if (has_color_) line = std::string(color_of(notice)) + line + "\x1b[0m";
  line += '\n';
  std::string_view left = line;
  while (!left.empty()) {
    if (is_interrupted_) return fail(ErrorCode::kClosed, "nobody reads the console");
    pollfd wait{fd_, POLLOUT, 0};
    if (::poll(&wait, 1, kPollMs) <= 0) continue;
    const auto written = ::write(fd_, left.data(), left.size());
    if (written < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (written <= 0) return fail(ErrorCode::kInvalid, std::strerror(errno));
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace oriel::monitor
