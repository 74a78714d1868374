#pragma once
// The one connection pool: connections that a factory makes, lent to one user at a time, first
// come, first served. It knows no protocol. One strand owns a pool with its leases, and the
// io_context must run for waiting to end.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "oriel/base/result.h"
#include "oriel/base/time.h"

namespace oriel::net {

// What can be pooled. Destroying it closes it.
class PoolConnection {
 public:
  virtual ~PoolConnection() = default;

  // False when it is known to be lost, without asking anybody: it is dropped, not lent.
  virtual bool is_open() const { return true; }
};

struct PoolConfig {
  using Connect = std::function<boost::asio::awaitable<Result<std::unique_ptr<PoolConnection>>>()>;
  using Check = std::function<boost::asio::awaitable<bool>(PoolConnection&)>;

  // Makes one connection. Cancelled (terminal) after connect_timeout and when the pool closes.
  Connect connect;
  // Asked before an idle connection is lent; false drops it. Cancelled after check_timeout, which
  // is a no. Null: is_open() is enough.
  Check check = nullptr;
  std::size_t max = 100;  // connections, those that are being made included
  std::size_t min = 0;    // kept also when nobody needs them
  std::size_t waiting_max = 1024;
  std::chrono::milliseconds idle_time{300'000};  // beyond min, an idle one is closed after it
  std::chrono::milliseconds max_age{3'600'000};  // an older one is not lent again
  std::chrono::milliseconds check_after{0};      // idle for less: lent without asking
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds check_timeout{5'000};
  std::chrono::milliseconds retry_time{1'000};  // after a failure, before min is filled up again
  std::function<TimePoint()> now = [] { return Clock::now(); };
};

// Of one connection since it was made.
struct PoolConnectionStats {
  TimePoint created_at{}, last_used{};
  std::uint64_t requests = 0;                        // how often it was lent
  std::uint64_t bytes_sent = 0, bytes_received = 0;  // as its users report them
  std::uint64_t errors = 0;                          // likewise
};

struct PoolStats {
  std::size_t active = 0;  // lent
  std::size_t idle = 0;
  std::size_t pending = 0;  // being made or checked
  std::size_t total = 0;    // all of these
  std::size_t waiting = 0;  // who waits for one
  std::size_t max = 0, min = 0;
  // Since the pool was made:
  std::uint64_t requests = 0;  // lent
  std::uint64_t made = 0, connect_failures = 0;
  std::uint64_t timeouts = 0;  // of those who waited
  std::uint64_t unhealthy = 0, closed_idle = 0, closed_old = 0;
  std::uint64_t bytes_sent = 0, bytes_received = 0, errors = 0;
  bool is_closed = false;
};

// One connection, lent. Movable; may outlive the pool.
class PoolLease {
 public:
  PoolLease();
  PoolLease(PoolLease&&) noexcept;
  PoolLease& operator=(PoolLease&&) noexcept;
  // Without release(): the connection is dropped, because nobody knows in what state it is left.
  ~PoolLease();

  explicit operator bool() const { return entry_ != nullptr; }
  PoolConnection& connection() const;
  // The same as what the factory really made.
  template <typename T>
  T& as() const {
    return static_cast<T&>(connection());
  }
  const PoolConnectionStats& stats() const;

  void add_bytes_sent(std::uint64_t bytes);
  void add_bytes_received(std::uint64_t bytes);
  void add_error();

  // Gives it back for the next user, or drops it. The lease is empty afterwards.
  void release();
  void drop();

 private:
  friend class Pool;
  struct Entry;
  struct Core;  // the pool's
  PoolLease(std::shared_ptr<Core> core, std::unique_ptr<Entry> entry);

  std::shared_ptr<Core> core_;
  std::unique_ptr<Entry> entry_;
};

class Pool {
 public:
  Pool(boost::asio::any_io_executor executor, PoolConfig config);
  // Closes.
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Waits for a connection, at most until `deadline`. Errors: kTimeout; kClosed when the pool is,
  // or when waiting was cancelled; kUnavailable when waiting_max others wait; what the factory
  // failed with. May be cancelled and destroyed at any time: what it was about to get goes to the
  // next.
  boost::asio::awaitable<Result<PoolLease>> acquire(TimePoint deadline);

  // Gives an idle connection made elsewhere to the pool; kUnavailable when it is full, kClosed.
  Status add(std::unique_ptr<PoolConnection> connection);

  // Ends who waits, drops what is idle and what is being made. Leases drop theirs at their end.
  void close();
  bool is_closed() const;

  // What is due by now: deadlines, idle and old connections, min. The pool's own timer calls it.
  void tick();

  PoolStats stats() const;

 private:
  std::shared_ptr<PoolLease::Core> core_;
};

// Pools by name.
class NamedPools {
 public:
  explicit NamedPools(boost::asio::any_io_executor executor);

  // kInvalid when there is one of this name.
  Result<Pool*> create(const std::string& name, PoolConfig config);
  // Null: there is none.
  Pool* find(const std::string& name) const;
  // Closes it; false when there is none.
  bool remove(const std::string& name);
  void close_all();
  std::map<std::string, PoolStats> stats() const;

 private:
  boost::asio::any_io_executor executor_;
  std::map<std::string, std::unique_ptr<Pool>> pools_;
};

}  // namespace oriel::net
