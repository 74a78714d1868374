#include "oriel/app/monitor/publisher.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <utility>

#include "oriel/app/monitor/alert_notice.h"
#include "oriel/base/check.h"

namespace oriel::monitor {
namespace {

using std::chrono::milliseconds;

constexpr DocumentForm kServerForm{};

Snapshot without_processes(const Snapshot& snapshot) {
  auto copy = snapshot;
  copy.processes.reset();
  return copy;
}

void add_metrics(host::SampleRequest& request, const DocumentForm& form) {
  request.metrics = request.metrics.united(form.metrics);
  request.top_processes = std::max(request.top_processes, form.top_processes);
}

// Tells a client that there is no place for it. It has kRefusalTimeout to hear it.
boost::asio::awaitable<void> say_full(boost::asio::any_io_executor executor,
                                      net::StreamPointer the_stream) {
  const std::shared_ptr<net::Stream> stream = std::move(the_stream);
  boost::asio::steady_timer timer(executor, kRefusalTimeout);
  timer.async_wait([stream](boost::system::error_code error) {
    if (!error) stream->close();
  });
  stream->set_close_reason("Server at capacity", net::Farewell::kPolicy);
  co_await stream->shutdown_send();
  stream->close();
}

}  // namespace

Result<std::unique_ptr<Publisher>> Publisher::make(boost::asio::any_io_executor executor,
                                                   PublisherConfig config,
                                                   std::unique_ptr<SampleSource> source,
                                                   observe::Logger logger,
                                                   const observe::Metrics& metrics) {
  ORIEL_TRY(auto rules, AlertRules::make(config.rules));
  return std::make_unique<Publisher>(Private{}, std::move(executor), std::move(config),
                                     std::move(rules), std::move(source), std::move(logger),
                                     metrics);
}

Publisher::Publisher(Private, boost::asio::any_io_executor executor, PublisherConfig config,
                     AlertRules rules, std::unique_ptr<SampleSource> source, observe::Logger logger,
                     const observe::Metrics& metrics)
    : executor_(std::move(executor)),
      config_(std::move(config)),
      logger_(std::move(logger)),
      metrics_(metrics),
      timer_(executor_),
      sampled_at_(metric_table().size(), TimePoint::min()),
      rules_(std::move(rules)),
      sampler_(executor_, std::move(source)) {
  set_timer();  // for the rules
}

Publisher::~Publisher() = default;

// ---- clients ----------------------------------------------------------------------------------

void Publisher::accept(net::StreamPointer stream, const ClientIdentity& client) {
  if (is_stopping_) return stream->close();
  if (subscribers_.size() >= config_.clients_max) return refuse(std::move(stream));
  const ServerFacts& facts = *this;
  SubscriberOwner& owner = *this;
  auto& subscriber = *subscribers_.emplace_back(
      std::make_unique<Subscriber>(executor_, std::move(stream), client, facts, owner));
  metrics_.monitor_clients().set(static_cast<double>(subscribers_.size()));
  logger_.debug("monitoring client joined", {{"peer", subscriber.peer()}});
  auto form = kServerForm;
  form.dialect = client.dialect;
  join(subscriber, feed_for(form, config_.timing.server_interval, false), {});
  subscriber.start();
}

void Publisher::end_log_in(std::uint64_t log_in) {
  if (log_in == 0) return;
  for (auto& subscriber : subscribers_)
    if (subscriber->client().log_in == log_in)
      subscriber->close("logged out", net::Farewell::kPolicy);
}

void Publisher::watch_alone(bool wants_alerts) {
  wants_alerts_ = wants_alerts && !config_.rules.empty();
  set_timer();
}

void Publisher::refuse(net::StreamPointer stream) {
  logger_.warning("monitoring client refused",
                  {{"peer", stream->peer()}, {"reason", "the limit of clients is reached"}});
  if (*refusals_ >= kRefusalsMax) return stream->close();
  ++*refusals_;
  boost::asio::co_spawn(executor_, say_full(executor_, std::move(stream)),
                        [refusals = refusals_](std::exception_ptr) { --*refusals; });
}

void Publisher::subscribed(Subscriber& subscriber, const Subscribe& subscribe) {
  std::vector<SharedSnapshot> history;
  if (subscribe.since_us) history = history_.since(subscribe.since_us);
  leave_feed(subscriber);
  auto& feed = feed_for(form_of(subscribe), subscribe.interval, subscribe.wants_delta);
  join(subscriber, feed, std::move(history));
  subscriber.offer();
}

void Publisher::join(Subscriber& subscriber, Feed& feed, std::vector<SharedSnapshot> history) {
  feed.subscribers.push_back(&subscriber);
  subscriber.follow(feed, std::move(history));
  set_timer();
}

// A new feed gets its first sample soon, but with rates: what has not been read lately is read at
// once.
Feed& Publisher::feed_for(const DocumentForm& form, milliseconds interval, bool wants_delta) {
  const auto found = std::ranges::find_if(feeds_, [&](const Feed& feed) {
    return feed.form == form && feed.interval == interval && feed.wants_delta == wants_delta;
  });
  if (found != feeds_.end()) return *found;
  auto& feed = feeds_.emplace_back();
  feed.form = form;
  feed.interval = interval;
  feed.wants_delta = wants_delta;
  const auto now = Clock::now();
  feed.due = grid_.tick_at(now + config_.timing.rate_window);
  feed.is_cold = has_slept_ || !is_warm(form.metrics, now);
  if (feed.is_cold) cold_ = cold_.united(form.metrics);
  return feed;
}

void Publisher::leave_feed(Subscriber& subscriber) {
  auto* feed = subscriber.feed();
  if (feed == nullptr) return;
  std::erase(feed->subscribers, &subscriber);
  if (!feed->subscribers.empty()) return;
  std::erase(asked_, feed);
  feeds_.remove_if([feed](const Feed& each) { return &each == feed; });
}

void Publisher::subscriber_ended(Subscriber& subscriber, const Error& reason) {
  logger_.debug("monitoring client left",
                {{"peer", subscriber.peer()}, {"reason", reason.message}});
  leave_feed(subscriber);
  subscribers_.remove_if([&](const auto& each) { return each.get() == &subscriber; });
  metrics_.monitor_clients().set(static_cast<double>(subscribers_.size()));
  set_timer();
  if (is_stopping_ && subscribers_.empty() && stopped_) std::exchange(stopped_, nullptr)();
}

void Publisher::stop(std::function<void()> stopped) {
  is_stopping_ = true;
  timer_.cancel();
  if (subscribers_.empty()) return stopped();
  stopped_ = std::move(stopped);
  for (auto& subscriber : subscribers_)
    subscriber->close("the server is going away", net::Farewell::kGoingAway);
}

// ---- when samples are taken -------------------------------------------------------------------

milliseconds Publisher::house_interval() const {
  return subscribers_.empty() ? config_.timing.alone_interval : config_.timing.house_interval;
}

bool Publisher::is_warm(MetricSet metrics, TimePoint now) const {
  return std::ranges::all_of(metric_table(), [&](const MetricRow& row) {
    const auto at = sampled_at_[static_cast<std::size_t>(row.metric)];
    return !metrics.has(row.metric) ||
           (at != TimePoint::min() && now - at <= config_.timing.warm_for);
  });
}

// For what is due first; nothing while a sample is under way or nobody listens.
void Publisher::set_timer() {
  if (is_stopping_ || sampler_.is_busy()) return;
  if (!is_active()) {
    has_slept_ = true;
    has_late_ = false;
    cold_ = {};
    house_due_ = {};
    timer_.cancel();
    return;
  }
  const auto now = Clock::now();
  if (house_due_ == TimePoint{}) {
    house_due_ = grid_.tick_at(now + config_.timing.rate_window);
    cold_ = cold_.united(all_but_processes());
    is_house_cold_ = true;
  }
  auto due = cold_.is_empty() ? house_due_ : now;
  if (has_late_) due = std::min(due, grid_.tick_at(now));
  for (const auto& feed : feeds_) due = std::min(due, feed.due);
  timer_.expires_at(due);
  timer_.async_wait([this, alive = std::weak_ptr(is_alive_)](boost::system::error_code error) {
    if (!error && alive.lock()) tick();
  });
}

void Publisher::subscriber_is_late() {
  if (!std::exchange(has_late_, true)) set_timer();
}

// Also comes when a timer that was set anew had already expired.
void Publisher::tick() {
  if (is_stopping_ || !is_active() || sampler_.is_busy()) return;
  if (std::exchange(has_late_, false)) {
    for (auto& subscriber : subscribers_) subscriber->offer();
  }
  ask_for_sample(Clock::now());
  set_timer();
}

// One sample for all that is due. Cold figures are read alone: the sample after has their rates.
void Publisher::ask_for_sample(TimePoint now) {
  host::SampleRequest request{
      .metrics = std::exchange(cold_, {}),
      .top_processes = 1,
      .process_orders = {ProcessOrder::kCpu, ProcessOrder::kMemory, ProcessOrder::kIo}};
  bool is_for_house = false;
  if (house_due_ <= now) {
    house_due_ = grid_.due_after(now, house_interval());
    is_for_house = true;
    request.metrics = request.metrics.united(all_but_processes());
  }
  for (auto& feed : feeds_) {
    if (feed.due > now || feed.is_cold) continue;
    // The first one comes out of step, and should not have the second on its heels.
    feed.due = grid_.due_after(feed.newest ? now : now + feed.interval / 2, feed.interval);
    asked_.push_back(&feed);
    add_metrics(request, feed.form);
  }
  if (request.metrics.is_empty()) return;
  const auto metrics = request.metrics;
  sampler_.ask({.request = std::move(request),
                .restarts = std::exchange(has_slept_, false),
                .done = [this, metrics, is_for_house](TakenSample taken) {
                  sample_taken(std::move(taken), metrics, is_for_house);
                }});
}

void Publisher::sample_taken(TakenSample taken, MetricSet metrics, bool is_for_house) {
  ++samples_;
  metrics_.monitor_samples_total().increment();
  for (const auto& notice : taken.notices) logger_.warning(notice);
  for (const auto& row : metric_table())
    if (metrics.has(row.metric)) sampled_at_[static_cast<std::size_t>(row.metric)] = taken.taken;
  const bool has_all = metrics.united(all_but_processes()) == metrics;
  if (has_all) look_at_alerts(*taken.snapshot, taken.taken);
  if (std::exchange(is_house_cold_, false))
    house_due_ = std::max(house_due_, grid_.tick_at(taken.taken + config_.timing.rate_window));
  if (is_for_house)
    history_.add(std::make_shared<const Snapshot>(without_processes(*taken.snapshot)));
  publish(taken.snapshot);
  for (auto& feed : feeds_) {
    if (!feed.is_cold || !is_warm(feed.form.metrics, taken.taken)) continue;
    feed.is_cold = false;
    feed.due = grid_.tick_at(taken.taken + config_.timing.rate_window);
  }
  set_timer();
}

// People who are told nothing within a cooldown find it here.
void Publisher::log_alert(const AlertRules::Event& event) {
  const auto& [alert, change] = event;
  const bool is_over = change.to == AlertLevel::kNone;
  const auto level = change.to < change.from ? config::LogLevel::kInfo : config::LogLevel::kWarning;
  const auto message =
      is_over
          ? notice_message(
                {.alert = alert, .level = alert.level, .is_ended = true, .time = {}, .host = {}})
          : alert_message(alert);
  logger_.log(level,
              is_over                    ? "alert over"
              : change.to == change.from ? "alert lasts"
                                         : "alert",
              {{"level", alert_level_name(alert.level)},
               {"component", alert.component},
               {"metric", alert.metric},
               {"message", message},
               {"told", change.is_notice ? "yes" : "no"}});
}

void Publisher::look_at_alerts(const Snapshot& snapshot, TimePoint now) {
  const auto events = rules_.update(snapshot, now);
  alerts_ = rules_.active();
  for (const auto& event : events) {
    log_alert(event);
    if (config_.on_alert) config_.on_alert(event);
  }
}

void Publisher::publish(SharedSnapshot snapshot) {
  if (asked_.empty()) return;
  const auto edition = std::make_shared<Edition>(++editions_, std::move(snapshot), alerts_);
  for (auto* feed : std::exchange(asked_, {})) {
    feed->before = std::exchange(feed->newest, edition);
    for (auto* subscriber : feed->subscribers) subscriber->offer();
  }
  lines_made_ += edition->lines_made();
}

}  // namespace oriel::monitor
