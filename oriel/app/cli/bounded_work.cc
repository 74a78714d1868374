#include "oriel/app/cli/bounded_work.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <memory>
#include <utility>

#include "oriel/io/net/wake_event.h"

namespace oriel::cli {
namespace {

namespace asio = boost::asio;

// Shared with what may come after the end: the timer, and the completion of the work.
struct Bounds {
  explicit Bounds(const asio::any_io_executor& executor) : timer(executor), ended(executor) {}

  void cancel(WorkEnd why) {
    if (is_over || end != WorkEnd::kDone) return;
    end = why;
    signal.emit(asio::cancellation_type::terminal);
  }

  asio::cancellation_signal signal;
  asio::steady_timer timer;
  net::WakeEvent ended;
  bool is_over = false;
  WorkEnd end = WorkEnd::kDone;
  std::exception_ptr thrown;
};

}  // namespace

asio::awaitable<WorkEnd> run_bounded(asio::awaitable<void> work, std::optional<TimePoint> until,
                                     std::stop_token stop) {
  const auto executor = co_await asio::this_coro::executor;
  const auto bounds = std::make_shared<Bounds>(executor);
  auto completion = asio::bind_cancellation_slot(bounds->signal.slot(),
                                                 [bounds](const std::exception_ptr& thrown) {
                                                   bounds->is_over = true;
                                                   bounds->thrown = thrown;
                                                   bounds->ended.notify();
                                                 });
  asio::co_spawn(executor, std::move(work), std::move(completion));
  if (until) {
    bounds->timer.expires_at(*until);
    bounds->timer.async_wait([bounds](const boost::system::error_code& error) {
      if (!error) bounds->cancel(WorkEnd::kTimeout);
    });
  }
  const std::stop_callback stopped(std::move(stop),
                                   [bounds] { bounds->cancel(WorkEnd::kStopped); });
  while (!bounds->is_over) co_await bounds->ended.wait();
  bounds->timer.cancel();
  if (bounds->thrown && bounds->end == WorkEnd::kDone) std::rethrow_exception(bounds->thrown);
  co_return bounds->end;
}

}  // namespace oriel::cli
