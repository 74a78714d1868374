#pragma once
// One client of the stream: its session, and what it is to be sent next. A slow reader gets the
// newest sample when it can take it, never those that it missed.

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "oriel/app/monitor/edition.h"
#include "oriel/core/monitor/limits.h"
#include "oriel/core/monitor/server_session.h"
#include "oriel/io/net/session_driver.h"
#include "oriel/io/net/stream.h"

namespace oriel::monitor {

class Subscriber;

// A client as the door knows it.
struct ClientIdentity {
  Dialect dialect = Dialect::kServer;  // until its requests show otherwise
  std::uint64_t log_in = 0;            // that it came by; 0: none
};

// Whoever subscribes to the same, at the same interval.
struct Feed {
  DocumentForm form;
  std::chrono::milliseconds interval{kServerInterval};
  bool wants_delta = false;
  TimePoint due{};
  bool is_cold = false;  // some of its figures have no rate yet
  std::vector<Subscriber*> subscribers;
  std::shared_ptr<Edition> newest;
  std::shared_ptr<Edition> before;  // the newest, for deltas
};

class SubscriberOwner {
 public:
  virtual ~SubscriberOwner() = default;
  virtual void subscribed(Subscriber& subscriber, const Subscribe& subscribe) = 0;
  // It could not take the newest sample because an earlier message has not left: ask again.
  virtual void subscriber_is_late() = 0;
  virtual void message_sent() = 0;
  // The last call; it destroys the subscriber.
  virtual void subscriber_ended(Subscriber& subscriber, const Error& reason) = 0;
};

// Its owner's strand owns it.
class Subscriber final : private net::SessionHost {
 public:
  // All of the references outlive it.
  Subscriber(const boost::asio::any_io_executor& executor, net::StreamPointer stream,
             const ClientIdentity& client, const ServerFacts& facts, SubscriberOwner& owner);

  void start() { driver_->start(); }

  // What it reads from now on; `feed` outlives that. `history` goes first.
  void follow(Feed& feed, std::vector<SharedSnapshot> history);
  Feed* feed() const { return feed_; }
  const ClientIdentity& client() const { return client_; }
  std::string peer() const { return driver_->peer(); }

  // There is something newer in its feed, or it was late: sends it if it can.
  void offer();
  // Says goodbye; the owner hears of the end.
  void close(std::string clause, net::Farewell farewell);

 private:
  // net::SessionHost
  void session_progressed() override;
  void session_writable() override;
  // Of the past there is more at once; of now only when there is a new sample.
  bool waits_for_room() const override { return !history_.empty(); }
  void session_ended(const Error& reason) override;

  bool has_news() const;
  void send_history();
  void send_newest();

  ClientIdentity client_;
  SubscriberOwner& owner_;
  ServerSession session_;
  std::shared_ptr<net::SessionDriver> driver_;
  Feed* feed_ = nullptr;
  std::int64_t seen_ = 0;  // number of the edition of this feed that it was last sent
  bool is_ready_ = false;  // all that was queued has left
  std::vector<SharedSnapshot> history_;
  std::size_t history_sent_ = 0;
  std::unique_ptr<Edition> history_base_;  // the last one sent, for deltas
};

}  // namespace oriel::monitor
