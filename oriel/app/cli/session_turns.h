#pragma once
// Who acts in a session: one command at a time, in the order in which they came. Those that only
// look need no turn.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <stop_token>
#include <string>

#include "oriel/app/agent/bell.h"
#include "oriel/base/time.h"

namespace oriel::cli {

// A command that a session does.
struct SessionCommand {
  std::string what;  // its verbs, without what is typed
  std::int64_t process = 0;
  TimePoint began{};
};

// "wait still (process 123), for 2.1 s".
std::string describe(const SessionCommand& command, TimePoint now);

// One strand owns it; it outlives whoever waits.
class SessionTurns {
 public:
  explicit SessionTurns(const boost::asio::any_io_executor& executor) : changed_(executor) {}

  // A turn that was taken; it ends with this object.
  class Turn {
   public:
    explicit Turn(SessionTurns& turns) : turns_(&turns) {}
    ~Turn() { turns_->end(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    SessionTurns* turns_;
  };

  // Waits for its turn. Null: it did not come until then, or the stop was requested, on the same
  // strand. `waits` is told once, after kNoticeAfter.
  boost::asio::awaitable<std::unique_ptr<Turn>> take(SessionCommand command, TimePoint until,
                                                     std::stop_token stop,
                                                     std::function<void()> waits);
  // Null: nobody acts.
  const SessionCommand* holder() const { return has_holder_ ? &holder_ : nullptr; }

  static constexpr std::chrono::seconds kNoticeAfter{1};

 private:
  void end();

  agent::Bell changed_;
  std::list<std::uint64_t> queue_;  // the first is the next
  std::uint64_t last_number_ = 0;
  bool has_holder_ = false;
  SessionCommand holder_;
};

}  // namespace oriel::cli
