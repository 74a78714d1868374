#include "oriel/app/net/pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <deque>
#include <exception>
#include <list>
#include <optional>
#include <utility>

#include "oriel/base/check.h"
#include "oriel/io/net/wake_event.h"

namespace oriel::net {

using boost::asio::awaitable;

namespace {

std::unexpected<Error> closed() { return fail(ErrorCode::kClosed, "the pool is closed"); }

}  // namespace

struct PoolLease::Entry {
  std::unique_ptr<PoolConnection> connection;
  PoolConnectionStats stats;
};

// The pool itself, shared with leases and with the coroutines that make and check connections.
//
// Nothing is handed over by waking: who waits is given its result and taken off the queue in one
// step (serve), so a connection is always idle, lent, pending, or in a result that is about to be
// taken; and a result that nobody takes any more gives its connection back as a lease does.
struct PoolLease::Core : std::enable_shared_from_this<PoolLease::Core> {
  struct Waiter {
    Waiter(const boost::asio::any_io_executor& executor, TimePoint until)
        : deadline(until), done(executor) {}
    TimePoint deadline;
    WakeEvent done;
    std::optional<Result<PoolLease>> result;
  };
  // A factory or a check that runs.
  struct Pending {
    TimePoint deadline;
    bool is_late = false;
    boost::asio::cancellation_signal cancel;
    std::unique_ptr<Entry> checked;  // lives as long as its check
  };
  using PendingPlace = std::list<Pending>::iterator;

  Core(boost::asio::any_io_executor on, PoolConfig with)
      : executor(std::move(on)), config(std::move(with)), timer(executor) {}

  TimePoint now() const { return config.now(); }
  std::size_t total() const { return idle.size() + pending.size() + active; }

  void settle();
  void serve();
  std::unique_ptr<Entry> take_idle();
  bool is_old(const Entry& entry) const { return now() - entry.stats.created_at >= config.max_age; }
  void lend(std::unique_ptr<Entry> entry);
  void fail_first(const Error& error);
  void connect();
  void connected(PendingPlace place, const std::exception_ptr& problem,
                 Result<std::unique_ptr<PoolConnection>> made);
  void check(std::unique_ptr<Entry> entry);
  void checked(PendingPlace place, const std::exception_ptr& problem, bool is_healthy);
  void returned(std::unique_ptr<Entry> entry, bool may_be_reused);
  void forget(const std::shared_ptr<Waiter>& waiter);
  void expire();
  void expire_idle();
  void fill();
  std::optional<TimePoint> next_deadline() const;
  void arm();
  void close();

  boost::asio::any_io_executor executor;
  PoolConfig config;
  boost::asio::steady_timer timer;
  std::optional<TimePoint> armed;
  std::deque<std::unique_ptr<Entry>> idle;  // the last one was used last, and is lent first
  std::list<Pending> pending;
  std::size_t active = 0;
  std::deque<std::shared_ptr<Waiter>> waiters;
  TimePoint fill_after{};
  PoolStats counts;
  bool is_closed = false;
};

// ---- lending ----------------------------------------------------------------------------------

// After every change.
void PoolLease::Core::settle() {
  if (is_closed) return;
  serve();
  fill();
  arm();
}

void PoolLease::Core::serve() {
  // A waiter for whom something is pending needs nothing more.
  while (waiters.size() > pending.size()) {
    if (auto entry = take_idle()) {
      const bool is_fresh = now() - entry->stats.last_used < config.check_after;
      if (config.check && !is_fresh) {
        check(std::move(entry));
      } else {
        lend(std::move(entry));
      }
    } else if (total() < config.max) {
      connect();
    } else {
      return;
    }
  }
}

std::unique_ptr<PoolLease::Entry> PoolLease::Core::take_idle() {
  while (!idle.empty()) {
    auto entry = std::move(idle.back());
    idle.pop_back();
    if (is_old(*entry)) {
      ++counts.closed_old;
    } else if (!entry->connection->is_open()) {
      ++counts.unhealthy;
    } else {
      return entry;
    }
  }
  return nullptr;
}

// To who waits longest.
void PoolLease::Core::lend(std::unique_ptr<Entry> entry) {
  const auto waiter = std::move(waiters.front());
  waiters.pop_front();
  ++active;
  ++counts.requests;
  ++entry->stats.requests;
  entry->stats.last_used = now();
  waiter->result.emplace(PoolLease(shared_from_this(), std::move(entry)));
  waiter->done.notify();
}

void PoolLease::Core::fail_first(const Error& error) {
  if (waiters.empty()) return;
  const auto waiter = std::move(waiters.front());
  waiters.pop_front();
  waiter->result.emplace(std::unexpected(error));
  waiter->done.notify();
}

void PoolLease::Core::returned(std::unique_ptr<Entry> entry, bool may_be_reused) {
  ORIEL_CHECK(active > 0);
  --active;
  entry->stats.last_used = now();
  if (is_closed || !may_be_reused) {
    entry.reset();
  } else if (is_old(*entry)) {
    ++counts.closed_old;
  } else if (!entry->connection->is_open()) {
    ++counts.unhealthy;
  } else {
    idle.push_back(std::move(entry));
  }
  settle();
}

void PoolLease::Core::forget(const std::shared_ptr<Waiter>& waiter) {
  if (std::erase(waiters, waiter) > 0) settle();
}

// ---- making and checking ----------------------------------------------------------------------

void PoolLease::Core::connect() {
  const auto place = pending.emplace(pending.end());
  place->deadline = now() + config.connect_timeout;
  boost::asio::co_spawn(
      executor, config.connect(),
      boost::asio::bind_cancellation_slot(
          place->cancel.slot(),
          [self = shared_from_this(), place](const std::exception_ptr& problem,
                                             Result<std::unique_ptr<PoolConnection>> made) {
            self->connected(place, problem, std::move(made));
          }));
}

void PoolLease::Core::connected(PendingPlace place, const std::exception_ptr& problem,
                                Result<std::unique_ptr<PoolConnection>> made) {
  const bool is_late = place->is_late;
  pending.erase(place);
  if (is_closed) return;
  if (problem || !made || !*made) {
    ++counts.connect_failures;
    fill_after = now() + config.retry_time;
    if (is_late) {
      fail_first({ErrorCode::kTimeout, "no connection could be made in time"});
    } else if (problem) {
      fail_first({ErrorCode::kUnavailable, "making a connection was broken off"});
    } else {
      fail_first(made ? Error{ErrorCode::kUnavailable, "no connection was made"} : made.error());
    }
  } else {
    ++counts.made;
    auto entry = std::make_unique<Entry>();
    entry->connection = *std::move(made);
    entry->stats.created_at = entry->stats.last_used = now();
    if (waiters.empty()) {
      idle.push_back(std::move(entry));
    } else {
      lend(std::move(entry));
    }
  }
  settle();
}

void PoolLease::Core::check(std::unique_ptr<Entry> entry) {
  const auto place = pending.emplace(pending.end());
  place->deadline = now() + config.check_timeout;
  place->checked = std::move(entry);
  boost::asio::co_spawn(
      executor, config.check(*place->checked->connection),
      boost::asio::bind_cancellation_slot(
          place->cancel.slot(),
          [self = shared_from_this(), place](const std::exception_ptr& problem, bool is_healthy) {
            self->checked(place, problem, is_healthy);
          }));
}

void PoolLease::Core::checked(PendingPlace place, const std::exception_ptr& problem,
                              bool is_healthy) {
  auto entry = std::move(place->checked);
  const bool is_late = place->is_late;
  pending.erase(place);
  if (is_closed) return;
  if (problem || !is_healthy || is_late || !entry->connection->is_open()) {
    ++counts.unhealthy;
    entry.reset();
  } else if (waiters.empty()) {
    idle.push_back(std::move(entry));
  } else {
    lend(std::move(entry));
  }
  settle();
}

// ---- time -------------------------------------------------------------------------------------

void PoolLease::Core::expire() {
  const auto at = now();
  for (std::size_t i = 0; i < waiters.size();) {
    if (waiters[i]->deadline > at) {
      ++i;
      continue;
    }
    ++counts.timeouts;
    waiters[i]->result.emplace(
        fail(ErrorCode::kTimeout, fmt::format("no connection of the pool became free in time ({} "
                                              "of {} are in use)",
                                              active, config.max)));
    waiters[i]->done.notify();
    waiters.erase(waiters.begin() + static_cast<std::ptrdiff_t>(i));
  }
  // Their handlers come later, from the loop.
  for (auto& one : pending) {
    if (one.is_late || one.deadline > at) continue;
    one.is_late = true;
    one.cancel.emit(boost::asio::cancellation_type::terminal);
  }
  expire_idle();
}

// The front ones are idle longest.
void PoolLease::Core::expire_idle() {
  const auto at = now();
  counts.closed_old += std::erase_if(idle, [&](const auto& entry) { return is_old(*entry); });
  while (!idle.empty() && total() > config.min &&
         at - idle.front()->stats.last_used >= config.idle_time) {
    ++counts.closed_idle;
    idle.pop_front();
  }
}

void PoolLease::Core::fill() {
  while (total() < std::min(config.min, config.max) && now() >= fill_after) connect();
}

std::optional<TimePoint> PoolLease::Core::next_deadline() const {
  std::optional<TimePoint> next;
  const auto also = [&](TimePoint at) { next = next ? std::min(*next, at) : at; };
  for (const auto& waiter : waiters) also(waiter->deadline);
  for (const auto& one : pending)
    if (!one.is_late) also(one.deadline);
  for (const auto& entry : idle) also(entry->stats.created_at + config.max_age);
  if (!idle.empty() && total() > config.min) also(idle.front()->stats.last_used + config.idle_time);
  if (total() < std::min(config.min, config.max)) also(fill_after);
  return next;
}

void PoolLease::Core::arm() {
  const auto next = next_deadline();
  if (next == armed) return;
  armed = next;
  timer.cancel();
  if (!next || *next == TimePoint::max()) return;
  timer.expires_after(std::max(*next - now(), Duration(0)));
  timer.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    const auto self = weak.lock();
    if (error || !self || self->is_closed) return;
    self->armed.reset();
    self->expire();
    self->settle();
  });
}

void PoolLease::Core::close() {
  if (std::exchange(is_closed, true)) return;
  timer.cancel();
  while (!waiters.empty()) fail_first(closed().error());
  for (auto& one : pending) one.cancel.emit(boost::asio::cancellation_type::terminal);
  idle.clear();
}

// ---- the lease --------------------------------------------------------------------------------

PoolLease::PoolLease() = default;

PoolLease::PoolLease(PoolLease&&) noexcept = default;

PoolLease::PoolLease(std::shared_ptr<Core> core, std::unique_ptr<Entry> entry)
    : core_(std::move(core)), entry_(std::move(entry)) {}

PoolLease& PoolLease::operator=(PoolLease&& other) noexcept {
  if (this == &other) return *this;
  drop();
  core_ = std::move(other.core_);
  entry_ = std::move(other.entry_);
  return *this;
}

PoolLease::~PoolLease() { drop(); }

PoolConnection& PoolLease::connection() const {
  ORIEL_CHECK(entry_);
  return *entry_->connection;
}

const PoolConnectionStats& PoolLease::stats() const {
  ORIEL_CHECK(entry_);
  return entry_->stats;
}

void PoolLease::add_bytes_sent(std::uint64_t bytes) {
  ORIEL_CHECK(entry_);
  entry_->stats.bytes_sent += bytes;
  core_->counts.bytes_sent += bytes;
}

void PoolLease::add_bytes_received(std::uint64_t bytes) {
  ORIEL_CHECK(entry_);
  entry_->stats.bytes_received += bytes;
  core_->counts.bytes_received += bytes;
}

void PoolLease::add_error() {
  ORIEL_CHECK(entry_);
  ++entry_->stats.errors;
  ++core_->counts.errors;
}

void PoolLease::release() {
  if (entry_) std::exchange(core_, nullptr)->returned(std::move(entry_), true);
}

void PoolLease::drop() {
  if (entry_) std::exchange(core_, nullptr)->returned(std::move(entry_), false);
}

// ---- the pool ---------------------------------------------------------------------------------

Pool::Pool(boost::asio::any_io_executor executor, PoolConfig config)
    : core_(std::make_shared<PoolLease::Core>(std::move(executor), std::move(config))) {
  ORIEL_CHECK(core_->config.connect && core_->config.max > 0);
  core_->settle();
}

Pool::~Pool() { close(); }

awaitable<Result<PoolLease>> Pool::acquire(TimePoint deadline) {
  using Core = PoolLease::Core;
  // Also when this coroutine is destroyed while it waits.
  struct Waiting {
    ~Waiting() {
      core->forget(waiter);
      // A lease that came too late to be taken: its connection is as good as it was.
      if (waiter->result && *waiter->result) (*waiter->result)->release();
    }
    std::shared_ptr<Core> core;
    std::shared_ptr<Core::Waiter> waiter;
  };
  const auto core = core_;
  if (core->is_closed) co_return closed();
  if (core->waiters.size() >= core->config.waiting_max)
    co_return fail(ErrorCode::kUnavailable,
                   fmt::format("{} wait for a connection already", core->waiters.size()));
  const Waiting waiting{core, std::make_shared<Core::Waiter>(core->executor, deadline)};
  core->waiters.push_back(waiting.waiter);
  core->settle();
  while (!waiting.waiter->result) {
    const auto state = co_await boost::asio::this_coro::cancellation_state;
    if (state.cancelled() != boost::asio::cancellation_type::none)
      co_return fail(ErrorCode::kClosed, "waiting for a connection was given up");
    co_await waiting.waiter->done.wait();
  }
  auto result = std::move(*waiting.waiter->result);
  waiting.waiter->result.reset();
  co_return result;
}

Status Pool::add(std::unique_ptr<PoolConnection> connection) {
  if (core_->is_closed) return closed();
  if (core_->total() >= core_->config.max)
    return fail(ErrorCode::kUnavailable,
                fmt::format("the pool is full with {} connections", core_->total()));
  auto entry = std::make_unique<PoolLease::Entry>();
  entry->connection = std::move(connection);
  entry->stats.created_at = entry->stats.last_used = core_->now();
  core_->idle.push_back(std::move(entry));
  core_->settle();
  return {};
}

void Pool::close() { core_->close(); }

bool Pool::is_closed() const { return core_->is_closed; }

void Pool::tick() {
  if (core_->is_closed) return;
  core_->expire();
  core_->settle();
}

PoolStats Pool::stats() const {
  auto stats = core_->counts;
  stats.active = core_->active;
  stats.idle = core_->idle.size();
  stats.pending = core_->pending.size();
  stats.total = core_->total();
  stats.waiting = core_->waiters.size();
  stats.max = core_->config.max;
  stats.min = core_->config.min;
  stats.is_closed = core_->is_closed;
  return stats;
}

// ---- by name ----------------------------------------------------------------------------------

NamedPools::NamedPools(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

Result<Pool*> NamedPools::create(const std::string& name, PoolConfig config) {
  if (pools_.contains(name))
    return fail(ErrorCode::kInvalid, fmt::format("there is a pool named \"{}\" already", name));
  auto& pool = pools_[name];
  pool = std::make_unique<Pool>(executor_, std::move(config));
  return pool.get();
}

Pool* NamedPools::find(const std::string& name) const {
  const auto at = pools_.find(name);
  return at == pools_.end() ? nullptr : at->second.get();
}

bool NamedPools::remove(const std::string& name) { return pools_.erase(name) > 0; }

void NamedPools::close_all() { pools_.clear(); }

std::map<std::string, PoolStats> NamedPools::stats() const {
  std::map<std::string, PoolStats> all;
  for (const auto& [name, pool] : pools_) all.emplace(name, pool->stats());
  return all;
}

}  // namespace oriel::net
