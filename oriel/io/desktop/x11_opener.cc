#include "oriel/io/desktop/x11_opener.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "oriel/base/check.h"
#include "oriel/io/desktop/limits.h"
#include "oriel/io/desktop/x11.h"

namespace oriel::desktop {

using OpenResult = Result<std::unique_ptr<Desktop>>;

// One opening; shared by the loop and the thread.
struct X11Opener::Attempt {
  Attempt(boost::asio::io_context& io, DesktopDone told)
      : timer(std::in_place, io), work(io.get_executor()), done(std::move(told)) {}

  // Of the loop, and gone when it has been given up: the thread may outlive the loop then.
  std::optional<boost::asio::steady_timer> timer;
  // While the thread works the loop does not run out of work.
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work;
  DesktopDone done;
  std::thread thread;
  std::optional<OpenResult> result;  // given by the thread before it posts

  X11OpenGuard guard;

  std::mutex mutex;          // of what follows
  bool is_given_up = false;  // then the thread touches no loop any more

  // On the loop.
  void finish() {
    if (!done) return;
    timer.reset();
    work.reset();
    auto desktop = std::move(*result);
    result.reset();
    std::exchange(done, nullptr)(std::move(desktop));
  }
};

X11Opener::X11Opener(boost::asio::io_context& io, std::string display,
                     ClipboardSelections selections)
    : io_(io), display_(std::move(display)), selections_(selections) {}

X11Opener::~X11Opener() { give_up(); }

void X11Opener::open(DesktopDone done) {
  ORIEL_CHECK(!attempt_ || !attempt_->done);
  give_up();
  attempt_ = std::make_shared<Attempt>(io_, std::move(done));
  attempt_->timer->expires_after(kDisplayOpenTimeout);
  attempt_->timer->async_wait(
      [this, weak = std::weak_ptr(attempt_)](const boost::system::error_code& error) {
        const auto attempt = weak.lock();
        if (error || !attempt || !attempt->done) return;
        auto told = std::exchange(attempt->done, nullptr);
        give_up();
        told(fail(ErrorCode::kTimeout, silent_display_message(display_)));
      });
  attempt_->thread =
      std::thread([attempt = attempt_, &io = io_, display = display_, selections = selections_] {
        auto desktop =
            X11Desktop::open(io, display, PixelTransport::kSharedMemory, &attempt->guard);
        if (desktop) (*desktop)->choose_selections(selections);
        const std::lock_guard lock(attempt->mutex);
        if (attempt->is_given_up) return;
        attempt->result = std::move(desktop);
        boost::asio::post(io, [attempt] { attempt->finish(); });
      });
}

// Ends the thread: at once, but for one that looks up a name. That one finds itself given up before
// it makes anything that belongs to the loop.
void X11Opener::give_up() {
  if (!attempt_) return;
  const auto attempt = std::exchange(attempt_, nullptr);
  attempt->done = nullptr;
  attempt->timer.reset();
  attempt->work.reset();
  {
    const std::lock_guard lock(attempt->mutex);
    attempt->is_given_up = true;
  }
  attempt->guard.abandon();
  if (attempt->guard.can_end()) {
    attempt->thread.join();
  } else {
    attempt->thread.detach();
  }
  attempt->result.reset();
}

}  // namespace oriel::desktop
