#include "oriel/app/cli/session_turns.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "oriel/app/agent/waits.h"

namespace oriel::cli {

std::string describe(const SessionCommand& command, TimePoint now) {
  return fmt::format("{} (process {}), for {}", command.what, command.process,
                     agent::shown(now - command.began));
}

boost::asio::awaitable<std::unique_ptr<SessionTurns::Turn>> SessionTurns::take(
    SessionCommand command, TimePoint until, std::stop_token stop, std::function<void()> waits) {
  // Leaves the queue also when it is in vain.
  struct Place {
    SessionTurns& turns;
    std::list<std::uint64_t>::iterator at;
    ~Place() {
      turns.queue_.erase(at);
      turns.changed_.ring();
    }
  } const place{*this, queue_.insert(queue_.end(), ++last_number_)};
  const std::stop_callback stopped(stop, [this] { changed_.ring(); });
  const auto notice = Clock::now() + kNoticeAfter;
  bool is_told = false;
  while (has_holder_ || queue_.begin() != place.at) {
    const auto now = Clock::now();
    if (stop.stop_requested() || now >= until) co_return nullptr;
    if (!is_told && now >= notice) {
      is_told = true;
      waits();
    }
    co_await changed_.wait(is_told ? until : std::min(until, notice));
  }
  has_holder_ = true;
  holder_ = std::move(command);
  holder_.began = Clock::now();
  co_return std::make_unique<Turn>(*this);
}

void SessionTurns::end() {
  has_holder_ = false;
  changed_.ring();
}

}  // namespace oriel::cli
