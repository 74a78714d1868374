#include "oriel/app/monitor/sample_once.h"

#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "oriel/io/host/limits.h"

namespace oriel::monitor {
namespace {

// A sample is used again for this long, and rates are not measured over longer.
constexpr std::chrono::milliseconds kFresh{100};
constexpr std::chrono::seconds kRateWindowMax{5};

}  // namespace

SampleOnce::SampleOnce(boost::asio::any_io_executor executor, std::unique_ptr<SampleSource> source)
    : executor_(executor), thread_(executor, std::move(source)), taken_(executor) {}

boost::asio::awaitable<SharedSnapshot> SampleOnce::take() {
  while (is_taking_) co_await taken_.wait();
  const auto now = Clock::now();
  if (last_ && now - last_->taken < kFresh) co_return last_->snapshot;
  is_taking_ = true;
  if (!last_ || now - last_->taken > kRateWindowMax) {
    last_ = co_await sample();
    boost::asio::steady_timer timer(executor_, host::kRateWindow + std::chrono::milliseconds(5));
    co_await timer.async_wait(boost::asio::use_awaitable);
  }
  last_ = co_await sample();
  is_taking_ = false;
  taken_.notify();
  co_return last_->snapshot;
}

boost::asio::awaitable<TakenSample> SampleOnce::sample() {
  // Shared with the callback, which may come after the coroutine has been destroyed.
  struct Arrival {
    explicit Arrival(const boost::asio::any_io_executor& executor) : came(executor) {}
    std::optional<TakenSample> sample;
    net::WakeEvent came;
  };
  const auto arrival = std::make_shared<Arrival>(executor_);
  thread_.ask({.request = {.metrics = all_but_processes()},
               .restarts = false,
               .done = [arrival](TakenSample taken) {
                 arrival->sample = std::move(taken);
                 arrival->came.notify();
               }});
  while (!arrival->sample) co_await arrival->came.wait();
  co_return std::move(*arrival->sample);
}

}  // namespace oriel::monitor
