#include "oriel/app/conduit/streams.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "oriel/app/conduit/binding.h"
#include "oriel/app/conduit/map_members.h"
#include "oriel/app/conduit/random_text.h"

namespace oriel::conduit {
namespace {

using boost::asio::awaitable;

// Topics of streams do not meet those of broadcasts, which count from the other end.
TopicId next_topic() {
  static std::atomic<TopicId> last = TopicId{1} << 63;
  return ++last;
}

double unix_seconds(std::uint64_t unix_ms) { return static_cast<double>(unix_ms) / 1000; }

// What the methods give, for their schemas.
struct ListedStream {
  std::string name;
  std::string owner;  // "server", or the id of the connection that sends it here
  std::uint64_t subscribers = 0;
  bool active = true;
};
BOOST_DESCRIBE_STRUCT(ListedStream, (), (name, owner, subscribers, active))

struct StreamList {
  std::vector<ListedStream> streams;
};
BOOST_DESCRIBE_STRUCT(StreamList, (), (streams))

struct StreamSubscription {
  bool subscribed = true;
  std::string stream, stream_id;
};
BOOST_DESCRIBE_STRUCT(StreamSubscription, (), (subscribed, stream, stream_id))

struct StreamUnsubscription {
  bool unsubscribed = true;
};
BOOST_DESCRIBE_STRUCT(StreamUnsubscription, (), (unsubscribed))

struct StreamCreation {
  bool created = true;
  std::string stream, stream_id;
  std::uint64_t credit = 0;  // values that may be sent ahead
};
BOOST_DESCRIBE_STRUCT(StreamCreation, (), (created, stream, stream_id, credit))

CallError no_such_stream(const std::string& name) { return CallError::not_found("Stream", name); }

}  // namespace

// ---- out

OutgoingStream::OutgoingStream(std::string name, StreamOptions options,
                               boost::asio::any_io_executor executor, Compression compression)
    : name_(std::move(name)),
      id_(random_uuid()),
      options_(std::move(options)),
      compression_(compression),
      topic_(next_topic()),
      changed_(executor) {
  options_.buffer = std::clamp<std::size_t>(options_.buffer, 1, kStreamBufferMax);
}

StreamStats OutgoingStream::stats() const {
  auto stats = stats_;
  stats.consumers = consumers_.size();
  return stats;
}

void OutgoingStream::forget_gone() {
  if (std::erase_if(consumers_, [](const auto& one) { return !one.connection->is_connected(); }) >
      0)
    changed_.notify();
}

std::size_t OutgoingStream::push(const Value& data) {
  if (!is_active_) return 0;
  forget_gone();
  const auto sequence = stats_.pushed++;
  if (consumers_.empty()) return 0;
  const auto unix_ms = consumers_.front().connection->unix_ms();
  auto frame = make_message_frame("stream_data",
                                  Map{{"stream", name_},
                                      {"stream_id", id_},
                                      {"data", data},
                                      {"timestamp", unix_seconds(unix_ms)},
                                      {"sequence", sequence}},
                                  compression_, unix_ms);
  if (!frame) {
    ++stats_.dropped;
    return 0;
  }
  std::size_t given = 0;
  for (auto& consumer : consumers_) given += give(consumer, *frame) ? 1 : 0;
  cut_off_slow();
  forget_gone();
  return given;
}

// Apart from the loop over the consumers: whoever ends may be forgotten at once.
void OutgoingStream::cut_off_slow() {
  for (const auto& connection : std::exchange(too_slow_, {})) {
    remove_consumer(connection->id());
    connection->close_now({ErrorCode::kTooLarge, fmt::format("too slow for the stream {}", name_)});
  }
}

bool OutgoingStream::give(Consumer& consumer, const MessageFrame& frame) {
  if (!consumer.credit) {
    const auto sent = consumer.connection->offer(frame, topic_, options_.policy);
    if (sent == Sent::kTooSlow) too_slow_.push_back(consumer.connection);
    sent == Sent::kQueued ? ++stats_.sent : ++stats_.dropped;
    return sent == Sent::kQueued;
  }
  auto& waiting = consumer.waiting;
  if (options_.policy == TopicPolicy::kKeepLatest && !waiting.empty()) {
    stats_.dropped += waiting.size();
    waiting.clear();
  } else if (waiting.size() >= options_.buffer) {
    ++stats_.dropped;
    if (options_.policy == TopicPolicy::kDisconnect) too_slow_.push_back(consumer.connection);
    if (options_.policy != TopicPolicy::kDropOldest) return false;
    waiting.pop_front();
  }
  waiting.push_back(frame);
  flush(consumer);
  return true;
}

void OutgoingStream::flush(Consumer& consumer) {
  while (!consumer.waiting.empty() && *consumer.credit > 0) {
    const auto sent =
        consumer.connection->offer(consumer.waiting.front(), topic_, TopicPolicy::kBlock);
    if (sent == Sent::kDropped) {  // longer than it takes
      consumer.waiting.pop_front();
      ++stats_.dropped;
      changed_.notify();
      continue;
    }
    if (sent != Sent::kQueued) {
      // Its connection is full: again when there is room, if it is still there.
      if (consumer.connection->is_connected())
        consumer.connection->when_room(
            [weak = weak_from_this(), id = consumer.connection->id()](const Status& room) {
              if (const auto self = weak.lock(); self && room) self->add_credit(id, 0);
            });
      return;
    }
    consumer.waiting.pop_front();
    --*consumer.credit;
    ++stats_.sent;
    changed_.notify();
  }
}

bool OutgoingStream::has_room_everywhere() const {
  return std::ranges::all_of(consumers_, [&](const Consumer& one) {
    return !one.credit || one.waiting.size() < options_.buffer || !one.connection->is_connected();
  });
}

awaitable<std::size_t> OutgoingStream::async_push(Value data) {
  const auto self = shared_from_this();
  while (is_active_ && !has_room_everywhere()) co_await changed_.wait();
  co_return push(data);
}

void OutgoingStream::close() {
  if (!std::exchange(is_active_, false)) return;
  end_drained();
  if (!consumers_.empty()) draining_ = shared_from_this();
  changed_.notify();
}

// What waits for a consumer comes before the end, as its credit comes.
void OutgoingStream::end_drained() {
  if (is_active_) return;
  std::erase_if(consumers_, [&](const Consumer& one) {
    if (!one.waiting.empty() && one.connection->is_connected()) return false;
    (void)one.connection->send_message("stream_closed", Map{{"stream", name_}, {"closed", true}});
    return true;
  });
  if (consumers_.empty()) draining_.reset();
}

void OutgoingStream::add_consumer(std::shared_ptr<Connection> consumer,
                                  std::optional<std::uint64_t> credit) {
  remove_consumer(consumer->id());
  consumers_.push_back({std::move(consumer), credit, {}});
}

bool OutgoingStream::remove_consumer(const std::string& connection_id) {
  const auto removed = std::erase_if(
      consumers_, [&](const Consumer& one) { return one.connection->id() == connection_id; });
  if (removed > 0) changed_.notify();
  if (consumers_.empty() && !is_active_) draining_.reset();
  return removed > 0;
}

void OutgoingStream::add_credit(const std::string& connection_id, std::uint64_t credit) {
  for (auto& consumer : consumers_)
    if (consumer.connection->id() == connection_id && consumer.credit) {
      *consumer.credit = std::min<std::uint64_t>(*consumer.credit + credit, kStreamBufferMax);
      flush(consumer);
    }
  const auto self = shared_from_this();  // end_drained may give up the last hold
  end_drained();
}

// ---- in

IncomingStream::IncomingStream(std::shared_ptr<Connection> producer, std::string name,
                               std::size_t credit)
    : producer_(std::move(producer)),
      name_(std::move(name)),
      credit_(std::clamp<std::size_t>(credit, 1, kStreamBufferMax)),
      changed_(producer_->executor()) {}

void IncomingStream::came(Value data) {
  // One of ours never sends more than it has credit for.
  if (values_.size() >= credit_) {
    values_.pop_front();
    ++dropped_;
  }
  values_.push_back(std::move(data));
  changed_.notify();
}

void IncomingStream::close(std::string reason) {
  if (!closed_) closed_ = std::move(reason);
  changed_.notify();
}

std::optional<Value> IncomingStream::try_next() {
  if (values_.empty()) return std::nullopt;
  auto value = std::move(values_.front());
  values_.pop_front();
  count_taken();
  return value;
}

// Credit goes back in halves, so that it is one message for many values.
void IncomingStream::count_taken() {
  ++taken_;
  if (!producer_->program().is_oriel || closed_ || taken_ < (credit_ + 1) / 2) return;
  if (producer_->send_message("stream_credit", Map{{"stream", name_}, {"credit", taken_}}))
    taken_ = 0;
}

awaitable<Result<Value>> IncomingStream::next() {
  while (true) {
    if (auto value = try_next()) co_return std::move(*value);
    if (closed_) co_return fail(ErrorCode::kClosed, *closed_);
    co_await changed_.wait();
  }
}

// ---- the hub

std::shared_ptr<OutgoingStream> StreamHub::create(std::string name, StreamOptions options) {
  const auto known = outgoing_.find(name);
  if (known != outgoing_.end()) return known->second;
  if (outgoing_.size() >= kStreamsMax) return nullptr;
  auto stream = std::make_shared<OutgoingStream>(name, std::move(options), executor_, compression_);
  outgoing_.emplace(std::move(name), stream);
  describe(*stream);
  return stream;
}

void StreamHub::describe(const OutgoingStream& stream) {
  for (const auto& table : tables_)
    table->add({.name = stream.name(),
                .direction = StreamDirection::kOut,
                .element = stream.options().element,
                .role = stream.options().role});
}

void StreamHub::describe(const std::string& name, const Acceptor& acceptor) {
  for (const auto& table : tables_)
    table->add({.name = name, .direction = StreamDirection::kIn, .element = acceptor.element});
}

std::shared_ptr<OutgoingStream> StreamHub::find(const std::string& name) const {
  const auto found = outgoing_.find(name);
  return found != outgoing_.end() ? found->second : nullptr;
}

bool StreamHub::close(const std::string& name) {
  const auto found = outgoing_.find(name);
  if (found == outgoing_.end()) return false;
  const auto stream = found->second;
  outgoing_.erase(found);
  for (const auto& table : tables_) table->remove(name, StreamDirection::kOut);
  stream->close();
  std::erase_if(closing_, [](const auto& one) { return one.expired(); });
  if (stream->stats().consumers > 0) closing_.push_back(stream);
  return true;
}

void StreamHub::watch(Connection& connection) {
  if (!watched_.insert(connection.id()).second) return;
  connection.when_ended([weak = weak_from_this(), id = connection.id()] {
    if (const auto self = weak.lock()) self->connection_ended(id);
  });
}

void StreamHub::connection_ended(const std::string& id) {
  watched_.erase(id);
  for (auto& [name, stream] : outgoing_) stream->remove_consumer(id);
  for (const auto& closing : closing_)
    if (const auto stream = closing.lock()) stream->remove_consumer(id);
  std::erase_if(pushed_, [&](const auto& one) {
    if (one.first.first != id) return false;
    if (const auto stream = one.second.lock()) stream->remove_consumer(id);
    return true;
  });
  std::erase_if(incoming_, [&](const auto& one) {
    if (one.first.first != id) return false;
    one.second->close("the connection has ended");
    return true;
  });
}

void StreamHub::serve(Dispatcher& dispatcher) {
  tables_.push_back(dispatcher.streams());
  for (const auto& [name, stream] : outgoing_) describe(*stream);
  for (const auto& [name, acceptor] : acceptors_) describe(name, acceptor);
  serve_methods(dispatcher);
  serve_messages(dispatcher);
}

void StreamHub::serve_methods(Dispatcher& dispatcher) {
  const auto self = shared_from_this();
  dispatcher.add_method(make_method(
      "stream_list",
      [self] {
        StreamList list;
        for (const auto& [name, stream] : self->outgoing_)
          list.streams.push_back({.name = name,
                                  .owner = "server",
                                  .subscribers = stream->stats().consumers,
                                  .active = stream->is_active()});
        for (const auto& [key, stream] : self->incoming_)
          list.streams.push_back({.name = key.second, .owner = key.first});
        return list;
      },
      {.description = "Lists the streams that can be subscribed to.", .run = Run::kLoop}));
  dispatcher.add_method(make_method(
      "stream_subscribe",
      [self](Context& context, std::string stream_name,
             std::optional<std::uint64_t> credit) -> CallResult<StreamSubscription> {
        const auto stream = self->find(stream_name);
        if (!stream) return std::unexpected(no_such_stream(stream_name));
        if (!context.connection().may(stream->options().role))
          return std::unexpected(CallError::permission_denied(
              fmt::format("{} needs the role {}", stream_name, stream->options().role)));
        stream->add_consumer(context.connection().shared_from_this(), credit);
        self->watch(context.connection());
        return StreamSubscription{.stream = stream_name, .stream_id = stream->id()};
      },
      {.parameters = {"stream_name", {"credit", Value()}},
       .description = "Subscribes to a stream; with credit, it sends no more than that ahead.",
       .run = Run::kLoop}));
  dispatcher.add_method(make_method(
      "stream_unsubscribe",
      [self](Context& context, std::string stream_name) {
        if (const auto stream = self->find(stream_name))
          stream->remove_consumer(context.connection().id());
        return StreamUnsubscription{};
      },
      {.parameters = {"stream_name"}, .description = "Ends a subscription.", .run = Run::kLoop}));
  dispatcher.add_method(make_method(
      "stream_create",
      [self](Context& context, std::string stream_name) -> CallResult<StreamCreation> {
        const auto acceptor = self->acceptors_.find(stream_name);
        if (acceptor == self->acceptors_.end()) return std::unexpected(no_such_stream(stream_name));
        if (self->incoming_.contains({context.connection().id(), stream_name}))
          return std::unexpected(CallError::validation("Stream already exists", "stream_name"));
        if (self->accept(context.connection().shared_from_this(), stream_name) == nullptr)
          return std::unexpected(CallError::rate_limited());
        return StreamCreation{
            .stream = stream_name, .stream_id = random_uuid(), .credit = acceptor->second.credit};
      },
      {.parameters = {"stream_name"},
       .description = "Makes a stream that the caller sends to here.",
       .run = Run::kLoop}));
}

void StreamHub::serve_messages(Dispatcher& dispatcher) {
  const auto self = shared_from_this();
  const HandlerOptions on_loop{.run = Run::kLoop};
  dispatcher.add_handler("stream_data", make_handler(
                                            [self](Connection& connection, Value message) {
                                              return self->data_came(connection, message);
                                            },
                                            on_loop));
  dispatcher.add_handler("stream_credit", make_handler(
                                              [self](Connection& connection, Value message) {
                                                self->credit_came(connection, message);
                                              },
                                              on_loop));
  dispatcher.add_handler("stream_closed", make_handler(
                                              [self](Connection& connection, Value message) {
                                                self->closed_came(connection, message);
                                              },
                                              on_loop));
}

std::shared_ptr<IncomingStream> StreamHub::accept(std::shared_ptr<Connection> producer,
                                                  const std::string& name) {
  const auto acceptor = acceptors_.find(name);
  if (acceptor == acceptors_.end() || incoming_.size() >= kStreamsMax) return nullptr;
  PeerKey key{producer->id(), name};
  auto stream =
      std::make_shared<IncomingStream>(std::move(producer), name, acceptor->second.credit);
  incoming_.emplace(std::move(key), stream);
  watch(stream->producer());
  acceptor->second.taken(stream);
  return stream;
}

Reply StreamHub::data_came(Connection& connection, const Value& message) {
  const auto name = text_in(message, "stream");
  const auto* data = message.find("data");
  const auto found = incoming_.find({connection.id(), name});
  const bool is_known = found != incoming_.end();
  // The real client pushes without making the stream first.
  auto stream = is_known ? found->second : accept(connection.shared_from_this(), name);
  if (stream == nullptr) return std::nullopt;
  stream->came(data != nullptr ? *data : Value());
  // It expects an answer to what it pushes.
  if (connection.program().is_oriel || !acceptors_.contains(name)) return std::nullopt;
  return Map{{"received", true}};
}

void StreamHub::credit_came(Connection& connection, const Value& message) {
  const auto name = text_in(message, "stream");
  const auto credit = count_in(message, "credit");
  if (!credit) return;
  if (const auto stream = find(name)) stream->add_credit(connection.id(), *credit);
  for (const auto& closing : closing_)
    if (const auto stream = closing.lock(); stream && stream->name() == name)
      stream->add_credit(connection.id(), *credit);
  const auto pushed = pushed_.find({connection.id(), name});
  if (pushed == pushed_.end()) return;
  if (const auto stream = pushed->second.lock()) stream->add_credit(connection.id(), *credit);
}

void StreamHub::closed_came(Connection& connection, const Value& message) {
  const auto found = incoming_.find({connection.id(), text_in(message, "stream")});
  if (found == incoming_.end()) return;
  found->second->close("the stream was closed");
  incoming_.erase(found);
}

awaitable<CallResult<std::shared_ptr<IncomingStream>>> StreamHub::subscribe(
    std::shared_ptr<Connection> producer, std::string name, std::size_t credit) {
  const auto self = shared_from_this();
  const PeerKey key{producer->id(), name};
  if (incoming_.contains(key))
    co_return std::unexpected(
        CallError::validation(fmt::format("the stream {} is subscribed to already", name)));
  // Before the call: values may come before its answer.
  auto stream = std::make_shared<IncomingStream>(producer, name, credit);
  incoming_.emplace(key, stream);
  watch(*producer);
  Map params{{"stream_name", name}};
  if (producer->program().is_oriel) params.set("credit", credit);
  auto answer = co_await producer->async_call("stream_subscribe", std::move(params));
  if (answer && !text_in(*answer, "error").empty())
    answer = std::unexpected(CallError{.message = text_in(*answer, "error")});
  if (answer) co_return stream;
  incoming_.erase(key);
  co_return std::unexpected(std::move(answer.error()));
}

awaitable<void> StreamHub::unsubscribe(std::shared_ptr<IncomingStream> stream) {
  const auto self = shared_from_this();
  const auto producer = stream->producer().shared_from_this();
  stream->close("unsubscribed");
  incoming_.erase({producer->id(), stream->name()});
  Map params{{"stream_name", stream->name()}};
  (void)co_await producer->async_call("stream_unsubscribe", std::move(params));
}

awaitable<CallResult<std::shared_ptr<OutgoingStream>>> StreamHub::create_at(
    std::shared_ptr<Connection> consumer, std::string name, StreamOptions options) {
  const auto self = shared_from_this();
  Map params{{"stream_name", name}};
  auto answer = co_await consumer->async_call("stream_create", std::move(params));
  if (!answer) co_return std::unexpected(std::move(answer.error()));
  if (const auto error = text_in(*answer, "error"); !error.empty())
    co_return std::unexpected(CallError{.message = error});
  auto stream = std::make_shared<OutgoingStream>(name, std::move(options), executor_, compression_);
  stream->add_consumer(consumer, count_in(*answer, "credit"));
  pushed_.insert_or_assign({consumer->id(), name}, stream);
  watch(*consumer);
  co_return stream;
}

void StreamHub::on_peer_stream(std::string name,
                               std::function<void(std::shared_ptr<IncomingStream>)> taken,
                               std::size_t credit, std::optional<ResultDescription> element) {
  const Acceptor acceptor{.taken = std::move(taken),
                          .credit = std::clamp<std::size_t>(credit, 1, kStreamBufferMax),
                          .element = std::move(element)};
  describe(name, acceptor);
  acceptors_.insert_or_assign(std::move(name), acceptor);
}

}  // namespace oriel::conduit
