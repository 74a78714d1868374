#include "oriel/app/monitor/sampler_thread.h"

#include <boost/asio/post.hpp>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "oriel/app/monitor/limits.h"
#include "oriel/base/check.h"

namespace oriel::monitor {

struct SamplerThread::Shared : std::enable_shared_from_this<SamplerThread::Shared> {
  Shared(boost::asio::any_io_executor the_executor, std::unique_ptr<SampleSource> the_source)
      : executor(std::move(the_executor)), source(std::move(the_source)) {}

  const boost::asio::any_io_executor executor;
  const std::unique_ptr<SampleSource> source;  // the thread's
  Done done;                                   // the owner's; set while busy

  std::mutex mutex;  // of what follows
  std::condition_variable changed;
  std::optional<Order> order;
  bool is_sampling = false;
  bool is_closed = false;
};

SamplerThread::SamplerThread(boost::asio::any_io_executor executor,
                             std::unique_ptr<SampleSource> source)
    : shared_(std::make_shared<Shared>(std::move(executor), std::move(source))) {}

SamplerThread::~SamplerThread() {
  if (!thread_.joinable()) return;
  shared_->done = nullptr;
  std::unique_lock lock(shared_->mutex);
  shared_->is_closed = true;
  shared_->changed.notify_all();
  const bool is_over =
      shared_->changed.wait_for(lock, kSampleEndPatience, [this] { return !shared_->is_sampling; });
  lock.unlock();
  if (is_over) {
    thread_.join();
  } else {
    thread_.detach();
  }
}

void SamplerThread::ask(Order order) {
  ORIEL_CHECK(!is_busy());
  shared_->done = std::exchange(order.done, nullptr);
  if (!thread_.joinable()) thread_ = std::thread([shared = shared_] { run(shared); });
  const std::lock_guard lock(shared_->mutex);
  shared_->order = std::move(order);
  shared_->changed.notify_all();
}

bool SamplerThread::is_busy() const { return shared_->done != nullptr; }

void SamplerThread::run(const std::shared_ptr<Shared>& shared) {
  std::unique_lock lock(shared->mutex);
  while (true) {
    shared->changed.wait(lock, [&] { return shared->order || shared->is_closed; });
    if (shared->is_closed) return;
    const auto order = *std::exchange(shared->order, std::nullopt);
    shared->is_sampling = true;
    lock.unlock();
    if (order.restarts) shared->source->restart();
    const auto now = Clock::now();
    TakenSample taken{std::make_shared<const Snapshot>(
                          shared->source->sample(order.request, now, host::wall_time_now())),
                      now, shared->source->take_notices()};
    lock.lock();
    shared->is_sampling = false;
    shared->changed.notify_all();
    if (shared->is_closed) return;
    // Under the lock, so that the executor is there: its owner closes us before it goes.
    boost::asio::post(shared->executor, [shared, taken = std::move(taken)]() mutable {
      if (const auto done = std::exchange(shared->done, nullptr)) done(std::move(taken));
    });
  }
}

}  // namespace oriel::monitor
