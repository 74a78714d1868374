#pragma once
// The server of the monitoring stream: samples the host while somebody listens, and sends each
// client what it subscribed to. One thread samples; everything else is on the loop.
//
//   sampler thread -> Edition -> feeds (who reads the same) -> subscribers -> their streams

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <vector>

#include "oriel/app/monitor/interval_grid.h"
#include "oriel/app/monitor/limits.h"
#include "oriel/app/monitor/sample_source.h"
#include "oriel/app/monitor/sampler_thread.h"
#include "oriel/app/monitor/subscriber.h"
#include "oriel/app/observe/log.h"
#include "oriel/app/observe/metrics.h"
#include "oriel/core/monitor/alert.h"
#include "oriel/core/monitor/history.h"
#include "oriel/core/monitor/limits.h"
#include "oriel/io/host/limits.h"

namespace oriel::monitor {

// When samples are taken. Plain values, so that tests need not wait.
struct PublisherTiming {
  // Samples are taken at multiples of this, so that clients with different intervals share them.
  std::chrono::milliseconds tick{100};
  std::chrono::milliseconds server_interval = kServerInterval;  // of who never subscribes
  // For the history and the alerts while somebody listens, and for the alerts alone.
  std::chrono::milliseconds house_interval{1000};
  std::chrono::milliseconds alone_interval{5000};
  // Rates need an earlier reading: at least so old, but not older than that.
  Duration rate_window = host::kRateWindow;
  Duration warm_for = std::chrono::seconds(5);
};

struct PublisherConfig {
  std::size_t clients_max = 1000;
  std::vector<AlertRule> rules = default_alert_rules();
  // Hears of every change of an alert, on the loop. May be empty.
  std::function<void(const AlertRules::Event&)> on_alert;
  // Watch the rules also while nobody listens: somebody is told.
  bool watches_alone = false;
  PublisherTiming timing;
};

// One strand owns it.
class Publisher final : private ServerFacts, private SubscriberOwner {
 public:
  // `metrics` outlives it. Errors: a rule that check_rule refuses.
  static Result<std::unique_ptr<Publisher>> make(boost::asio::any_io_executor executor,
                                                 PublisherConfig config,
                                                 std::unique_ptr<SampleSource> source,
                                                 observe::Logger logger,
                                                 const observe::Metrics& metrics);
  // Without a goodbye.
  ~Publisher() override;
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  // A new client on a stream of lines. Beyond the limit it is told "Server at capacity".
  void accept(net::StreamPointer stream, const ClientIdentity& client = {});
  // Says goodbye to those who came by this log-in; 0 is nobody's.
  void end_log_in(std::uint64_t log_in);

  // Somebody else wants to hear of alerts, also while nobody listens to the stream; or not any
  // more.
  void watch_alone(bool wants_alerts);

  // Says goodbye to all; `stopped` comes when they have gone, at once when nobody is there.
  void stop(std::function<void()> stopped);

  std::size_t clients() const { return subscribers_.size(); }
  std::uint64_t samples() const { return samples_; }
  // Documents that were serialized when their sample came; who is late may need another one.
  std::uint64_t lines_made() const { return lines_made_; }

 private:
  struct Private {};  // make() alone makes one

 public:
  Publisher(Private, boost::asio::any_io_executor executor, PublisherConfig config,
            AlertRules rules, std::unique_ptr<SampleSource> source, observe::Logger logger,
            const observe::Metrics& metrics);

 private:
  // ServerFacts
  WallTime wall_time() const override { return host::wall_time_now(); }
  std::size_t connected_clients() const override { return subscribers_.size(); }
  bool is_active() const override {
    return !subscribers_.empty() || config_.watches_alone || wants_alerts_;
  }

  // SubscriberOwner
  void subscribed(Subscriber& subscriber, const Subscribe& subscribe) override;
  void subscriber_is_late() override;
  void message_sent() override { metrics_.monitor_messages_total().increment(); }
  void subscriber_ended(Subscriber& subscriber, const Error& reason) override;

  Feed& feed_for(const DocumentForm& form, std::chrono::milliseconds interval, bool wants_delta);
  void leave_feed(Subscriber& subscriber);
  void join(Subscriber& subscriber, Feed& feed, std::vector<SharedSnapshot> history);
  void refuse(net::StreamPointer stream);

  // When samples are taken.
  std::chrono::milliseconds house_interval() const;
  bool is_warm(MetricSet metrics, TimePoint now) const;
  void set_timer();
  void tick();
  void ask_for_sample(TimePoint now);
  void sample_taken(TakenSample taken, MetricSet metrics, bool is_for_house);
  void log_alert(const AlertRules::Event& event);
  void look_at_alerts(const Snapshot& snapshot, TimePoint now);
  void publish(SharedSnapshot snapshot);

  boost::asio::any_io_executor executor_;
  PublisherConfig config_;
  observe::Logger logger_;
  const observe::Metrics& metrics_;
  const IntervalGrid grid_{Clock::now(), config_.timing.tick};

  std::list<std::unique_ptr<Subscriber>> subscribers_;
  std::list<Feed> feeds_;
  std::shared_ptr<std::size_t> refusals_ = std::make_shared<std::size_t>(0);  // under way
  std::function<void()> stopped_;
  bool wants_alerts_ = false;  // somebody else than the subscribers
  bool is_stopping_ = false;
  std::shared_ptr<bool> is_alive_ = std::make_shared<bool>(true);

  // Samples.
  boost::asio::steady_timer timer_;
  bool has_slept_ = true;              // nobody listened: earlier readings do not count
  bool has_late_ = false;              // somebody is to be offered the newest again
  MetricSet cold_;                     // to be read at once, for rates that come after
  std::vector<Feed*> asked_;           // for whom a sample is under way
  std::vector<TimePoint> sampled_at_;  // by metric
  TimePoint house_due_{};              // of the history and the alerts; none while nobody listens
  bool is_house_cold_ = false;
  std::uint64_t samples_ = 0;
  std::int64_t editions_ = 0;
  std::uint64_t lines_made_ = 0;

  AlertRules rules_;
  std::vector<Alert> alerts_;  // that last
  History history_;
  SamplerThread sampler_;  // the last: it ends first
};

}  // namespace oriel::monitor
