#pragma once
// One sample for whoever asks, with rates, and no thread or reading while nobody does. Those who
// ask meanwhile share it.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>

#include "oriel/app/monitor/sampler_thread.h"
#include "oriel/core/monitor/metric_table.h"
#include "oriel/io/net/wake_event.h"

namespace oriel::monitor {

// One strand owns it; it outlives the coroutines.
class SampleOnce {
 public:
  SampleOnce(boost::asio::any_io_executor executor, std::unique_ptr<SampleSource> source);

  // All sections but the processes. Rates are those of the last kRateTime at least.
  boost::asio::awaitable<SharedSnapshot> take();

 private:
  boost::asio::awaitable<TakenSample> sample();

  boost::asio::any_io_executor executor_;
  SamplerThread thread_;
  bool is_taking_ = false;
  std::optional<TakenSample> last_;
  net::WakeEvent taken_;
};

}  // namespace oriel::monitor
