#pragma once
// Streams of values over a conversation, both ways, by the methods and messages of the real
// programs (docs/conduit_streams.md), and with credit between our own: a producer sends no more
// than its consumer has said that it can take, so that a slow one holds up nobody.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "oriel/app/conduit/connection.h"
#include "oriel/app/conduit/dispatcher.h"
#include "oriel/core/conduit/outbox.h"
#include "oriel/io/net/wake_event.h"

namespace oriel::conduit {

inline constexpr std::size_t kStreamBuffer = 100;
inline constexpr std::size_t kStreamBufferMax = 100'000;
inline constexpr std::size_t kStreamsMax = 1000;  // of one hub, each way

struct StreamOptions {
  // Values that wait for one consumer, and what happens when there are more.
  std::size_t buffer = kStreamBuffer;
  TopicPolicy policy = TopicPolicy::kDropOldest;
  std::string role;  // that consumers need
  // What its values are, for `describe`: describe_result<T>().
  std::optional<ResultDescription> element = {};
};

struct StreamStats {
  std::uint64_t pushed = 0;
  std::uint64_t sent = 0;  // to all consumers together
  std::uint64_t dropped = 0;
  std::size_t consumers = 0;
};

// What this side sends. The hub's strand owns it.
class OutgoingStream : public std::enable_shared_from_this<OutgoingStream> {
 public:
  OutgoingStream(std::string name, StreamOptions options, boost::asio::any_io_executor executor,
                 Compression compression);

  const std::string& name() const { return name_; }
  const std::string& id() const { return id_; }
  const StreamOptions& options() const { return options_; }
  bool is_active() const { return is_active_; }
  StreamStats stats() const;

  // Sends a value to each consumer that can take it, keeps it for the others, and returns how many
  // it goes to. Serialized once.
  std::size_t push(const Value& data);
  // The same, and first waits until each consumer has room (or has gone, or the stream is closed).
  boost::asio::awaitable<std::size_t> async_push(Value data);
  // Nothing new is taken; consumers are told behind what waits for them.
  void close();

  // credit: how many values the consumer takes; nothing: it counts none (a real program).
  void add_consumer(std::shared_ptr<Connection> consumer, std::optional<std::uint64_t> credit);
  bool remove_consumer(const std::string& connection_id);
  void add_credit(const std::string& connection_id, std::uint64_t credit);

 private:
  struct Consumer {
    std::shared_ptr<Connection> connection;
    std::optional<std::uint64_t> credit;
    std::deque<MessageFrame> waiting;
  };

  bool has_room_everywhere() const;
  bool give(Consumer& consumer, const MessageFrame& frame);
  void flush(Consumer& consumer);
  void forget_gone();
  void cut_off_slow();
  void end_drained();

  std::string name_;
  std::string id_;
  StreamOptions options_;
  Compression compression_;
  TopicId topic_;
  bool is_active_ = true;
  std::vector<Consumer> consumers_;
  std::vector<std::shared_ptr<Connection>> too_slow_;  // by the policy, during a push
  std::shared_ptr<OutgoingStream> draining_;           // itself, closed, while something waits
  StreamStats stats_;
  net::WakeEvent changed_;
};

// What a peer sends. The hub's strand owns it.
class IncomingStream {
 public:
  IncomingStream(std::shared_ptr<Connection> producer, std::string name, std::size_t credit);
  // Tells nobody; see StreamHub::unsubscribe.
  ~IncomingStream() = default;

  const std::string& name() const { return name_; }
  Connection& producer() const { return *producer_; }
  std::uint64_t dropped() const { return dropped_; }

  // The next value; kClosed when the stream or its connection has ended and all is taken. One call
  // at a time.
  boost::asio::awaitable<Result<Value>> next();
  std::optional<Value> try_next();

  void came(Value data);
  void close(std::string reason);

 private:
  void count_taken();

  std::shared_ptr<Connection> producer_;
  std::string name_;
  std::size_t credit_;
  std::size_t taken_ = 0;  // since credit was given
  std::deque<Value> values_;
  std::uint64_t dropped_ = 0;
  std::optional<std::string> closed_;
  net::WakeEvent changed_;
};

// All streams of a server or a client. One strand, that of its connections, owns it.
class StreamHub : public std::enable_shared_from_this<StreamHub> {
 public:
  explicit StreamHub(boost::asio::any_io_executor executor,
                     Compression compression = Compression::kNone)
      : executor_(std::move(executor)), compression_(compression) {}

  // Adds the methods and handlers; `dispatcher` keeps the hub alive.
  void serve(Dispatcher& dispatcher);
  // ---- streams that others subscribe to

  // One of this name that exists is given again. Null: there are kStreamsMax.
  std::shared_ptr<OutgoingStream> create(std::string name, StreamOptions options = {});
  std::shared_ptr<OutgoingStream> find(const std::string& name) const;
  // Closes and forgets it.
  bool close(const std::string& name);

  // ---- streams of peers

  // Subscribes to a stream of the peer, which sends at most `credit` values ahead.
  boost::asio::awaitable<CallResult<std::shared_ptr<IncomingStream>>> subscribe(
      std::shared_ptr<Connection> producer, std::string name, std::size_t credit = kStreamBuffer);
  boost::asio::awaitable<void> unsubscribe(std::shared_ptr<IncomingStream> stream);

  // Makes a stream at the peer that we push to; it has one consumer, the peer.
  boost::asio::awaitable<CallResult<std::shared_ptr<OutgoingStream>>> create_at(
      std::shared_ptr<Connection> consumer, std::string name, StreamOptions options = {});
  // Takes streams of this name that peers make here. `taken` gets each new one. `element`: what
  // their values are to be, for `describe`.
  void on_peer_stream(std::string name, std::function<void(std::shared_ptr<IncomingStream>)> taken,
                      std::size_t credit = kStreamBuffer,
                      std::optional<ResultDescription> element = {});

 private:
  struct Acceptor {
    std::function<void(std::shared_ptr<IncomingStream>)> taken;
    std::size_t credit = kStreamBuffer;
    std::optional<ResultDescription> element;
  };
  // Connection id and name.
  using PeerKey = std::pair<std::string, std::string>;

  // Forgets what belongs to the connection when it ends.
  void watch(Connection& connection);
  void connection_ended(const std::string& id);
  void describe(const OutgoingStream& stream);
  void describe(const std::string& name, const Acceptor& acceptor);
  void serve_methods(Dispatcher& dispatcher);
  void serve_messages(Dispatcher& dispatcher);
  std::shared_ptr<IncomingStream> accept(std::shared_ptr<Connection> producer,
                                         const std::string& name);
  Reply data_came(Connection& connection, const Value& message);
  void credit_came(Connection& connection, const Value& message);
  void closed_came(Connection& connection, const Value& message);

  boost::asio::any_io_executor executor_;
  Compression compression_;
  std::map<std::string, std::shared_ptr<OutgoingStream>> outgoing_;
  std::vector<std::weak_ptr<OutgoingStream>> closing_;       // something waits for a consumer
  std::map<PeerKey, std::weak_ptr<OutgoingStream>> pushed_;  // made at peers
  std::map<PeerKey, std::shared_ptr<IncomingStream>> incoming_;
  std::map<std::string, Acceptor> acceptors_;
  std::set<std::string> watched_;           // ids of connections
  std::vector<StreamTablePointer> tables_;  // of the dispatchers that it serves
};

}  // namespace oriel::conduit
