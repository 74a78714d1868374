#pragma once
// One conduit conversation, of a server or of a client: calls and messages both ways. The owner
// (Server, Client) makes it and decides when it begins and ends.

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "oriel/app/conduit/connection_shared.h"
#include "oriel/app/conduit/dispatcher.h"
#include "oriel/app/conduit/limits.h"
#include "oriel/app/conduit/outgoing_frames.h"
#include "oriel/app/conduit/pending_calls.h"
#include "oriel/app/conduit/user_data.h"
#include "oriel/app/observe/log.h"
#include "oriel/core/conduit/convert.h"
#include "oriel/core/conduit/peer_session.h"
#include "oriel/core/conduit/response.h"
#include "oriel/io/net/session_driver.h"

namespace oriel::conduit {

struct CallOptions {
  std::chrono::milliseconds timeout = kCallTimeout;  // zero: none
  // Requesting the stop cancels the call: it ends with kCancelled, and one of our own peers stops
  // working on it.
  std::stop_token stop = {};
};

enum class ConnectionState { kAuthenticating, kConnected, kPaused, kClosing, kClosed };
std::string_view connection_state_name(ConnectionState state);

struct ConnectionStats {
  SessionStats session;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t calls_made = 0;
  std::uint64_t calls_answered = 0;  // of the peer, by us
  std::uint64_t calls_timed_out = 0;
  std::uint64_t replies_unexpected = 0;  // late ones, and those to nothing
  std::uint64_t messages_in = 0;
  std::uint64_t messages_out = 0;
  std::optional<Duration> call_latency;  // moving average of calls that were answered
};

// Keeps itself alive from start() to the end of the conversation or of the executor's context,
// whichever comes first. Whoever keeps it longer finds it closed.
class Connection final : public std::enable_shared_from_this<Connection>, private net::SessionHost {
 public:
  Connection(std::shared_ptr<ConnectionShared> shared, std::string id, net::StreamPointer stream,
             std::unique_ptr<PeerSession> session, net::SessionDriverLimits limits = {});
  ~Connection() override;

  // ---- any thread

  const std::string& id() const { return id_; }                          // a UUID
  const std::string& remote_address() const { return remote_address_; }  // "127.0.0.1:40312"
  // Of the certificate that the peer has proven to own and that we trust; empty: none.
  const std::string& certificate_name() const { return certificate_name_; }
  bool is_authenticated() const { return has_opened_; }
  ConnectionState state() const { return state_; }
  bool is_connected() const;
  // As whom the peer has logged in; to be asked once is_authenticated().
  const std::string& identity() const;
  ProgramFacts program() const;
  ConnectionStats stats() const;
  UserData& user_data() { return user_data_; }

  // Sends a message without waiting. kUnavailable: the peer does not keep up, and the send queue is
  // full; kClosed; kTooLarge. From another thread than the connection's it is handed over, as long
  // as not too many are on their way, and a later failure is logged.
  Status send_message(std::string_view type, const Value& data);
  // Waits for room in the send queue.
  boost::asio::awaitable<Status> async_send_message(std::string type, Value data);

  // Calls a method of the peer and gives the data of its answer; the whole of it by async_request.
  // A connection lost meanwhile: kUnknownOutcome, for the call may have run. Cancelling the
  // coroutine cancels the call.
  boost::asio::awaitable<CallResult<Value>> async_call(std::string method, Value params = {},
                                                       CallOptions options = {});
  boost::asio::awaitable<Answer> async_request(std::string method, Value params = {},
                                               CallOptions options = {});
  // Waiting for it on the connection's own thread waits for ever.
  std::future<CallResult<Value>> call_future(std::string method, Value params = {},
                                             CallOptions options = {});
  // `done` is called once, on the connection's strand.
  void start_call(std::string method, Value params, CallOptions options,
                  std::function<void(Answer)> done);
  // A call whose answer nobody wants. As any call it ends with the connection; what must be handled
  // after that is a message.
  Status notify(std::string method, Value params = {});

  // Does `work`, which may block, in a worker thread. kClosed when the connection ended first: then
  // it may still be at work, or is not begun any more; kUnavailable when no thread could be had.
  boost::asio::awaitable<Status> async_work(std::function<void()> work);

  // Says CLOSE with this reason, writes what is queued, and ends.
  void close(std::string reason);

  // ---- the connection's strand

  void start();
  // Whether the peer may do what needs this role; everybody, when it is empty.
  bool may(std::string_view role) const;
  // Between these two nothing that the peer sends is handled: it waits in the session, bounded.
  void hold() { is_held_ = true; }
  void resume();
  // A frame made once for many peers. kDropped also when this one does not take so long a one.
  Sent offer(const MessageFrame& frame, TopicId topic, TopicPolicy policy);
  // `room` is called once, when there is room in the send queue or the connection has ended.
  void when_room(std::function<void(Status)> room);
  // `ended` is called once, when the connection has ended, or at once when it has already.
  void when_ended(std::function<void()> ended);
  void close_now(Error reason, net::Farewell farewell = net::Farewell::kNormal);
  // The same without a goodbye.
  void cut(Error reason);
  // Asks methods and handlers that are at work to stop (Context::stop_token).
  void stop_handlers();
  // For an owner that goes: ends at once, without a goodbye, and tells nobody but those who wait
  // for an answer.
  void abandon();
  // Empty once it has ended.
  boost::asio::any_io_executor executor() const { return executor_; }
  // For frames made outside.
  std::uint64_t unix_ms() const { return session_->unix_ms(Clock::now()); }

 private:
  // A message of the peer, and the handlers that are still to run.
  struct MessageRun {
    std::shared_ptr<const Dispatcher::Handlers> handlers;
    std::string line;
    std::string type;
    Value data;
    ContextPointer context;
    std::size_t next = 0;
    Reply reply;
  };
  using MessageRunPointer = std::shared_ptr<MessageRun>;
  struct Stay;

  // net::SessionHost
  void session_progressed() override;
  void session_writable() override;
  bool waits_for_room() const override { return session_->has_waiting(); }
  void session_ended(const Error& reason) override;

  void take(Opened&& event);
  void take(LoginRefused&& event);
  void take(MessageReceived&& event);
  void take(CallReceived&& event);
  void take(CallCancelled&& event);
  void take(ReplyReceived&& event);
  void take(PeerPaused&& event);
  void take(PeerClosed&& event);

  void take_events();
  void take_more_soon();
  void take_last(SessionEvent&& event);
  void finish(const Error& reason);
  void release();

  // Calls of the peer.
  void run_method(const std::shared_ptr<const Method>& method, CallReceived&& call);
  void answer(std::uint64_t correlation, Answer answer);
  // envelope: packed.
  void answer_packed(std::uint64_t correlation, const Bytes& envelope);
  void send_answer(std::uint64_t correlation, Bytes frame);
  void send_long_answer(std::uint64_t correlation, Value envelope);
  Value too_long_answer(std::size_t bytes) const;
  FrameOptions answer_options(std::uint64_t correlation) const;
  void note_answer();
  ContextPointer begin_handler(std::uint64_t correlation, std::optional<TimePoint> deadline,
                               const std::string& message_type = {});
  void end_handler(std::uint64_t correlation, const ContextPointer& context);

  // Messages of the peer.
  void handle_next(const std::string& line);
  void run_handlers(const MessageRunPointer& run);
  void run_on_worker(const MessageRunPointer& run, std::shared_ptr<const Handler> handler);
  void run_coroutine(const MessageRunPointer& run, const CoroutineHandler& handler);
  void note_reply(MessageRun& run, Result<Reply> reply);
  void message_done(const MessageRunPointer& run);
  void reply_to(const std::string& type, const Reply& reply);

  // Our calls.
  void begin_call(std::string method, Value params, CallOptions options,
                  std::function<void(Answer)> done);
  void arm_call_timer();
  void call_timer_fired();
  Result<SharedBytes> make_message(std::string_view type, const Value& data) const;
  Status put_message(const SharedBytes& frame);
  void kick_soon();
  void cancel_call(std::uint64_t correlation);
  void note_latency(Duration latency);
  void begin_work(const std::function<void()>& work, std::function<void(Status)> done);
  void end_work(const std::shared_ptr<std::function<void(Status)>>& waiting, Status status);
  void note_progress();
  void serve_room_waiters();
  static Status closed();

  std::shared_ptr<ConnectionShared> shared_;
  const std::string id_;
  const std::string remote_address_;
  const std::string certificate_name_;
  observe::Logger log_;
  UserData user_data_;
  std::unique_ptr<PeerSession> session_;

  std::atomic<ConnectionState> state_ = ConnectionState::kAuthenticating;
  std::atomic<bool> has_opened_ = false;
  std::atomic<std::size_t> handed_over_ = 0;
  std::atomic<std::size_t> sendable_bytes_ =
      kWirePayloadBytesMax;   // once it has opened, the peer's
  mutable std::mutex mutex_;  // guards the next ones
  ProgramFacts program_;
  ConnectionStats stats_;

  // What lives in the executor's context; given back at the end (release), so that a thread that
  // keeps the connection longer does not touch a context that has gone.
  boost::asio::any_io_executor executor_;
  std::shared_ptr<net::SessionDriver> driver_;
  std::optional<boost::asio::steady_timer> call_timer_;
  std::optional<boost::asio::steady_timer> stay_;

  // Of the strand; others may read identity_ once has_opened_.
  std::string identity_;
  std::optional<Error> peer_reason_;  // what the peer gave as the reason of the end
  bool is_kick_due_ = false;
  bool is_in_callback_ = false;
  bool is_taking_soon_ = false;
  bool is_held_ = false;
  bool has_ended_ = false;
  PendingCalls pending_;
  std::optional<TimePoint> armed_for_;
  // Calls of the peer by their correlation, and messages under 0.
  std::unordered_multimap<std::uint64_t, ContextPointer> running_;
  // By their line (Handler::order), while one is handled.
  std::map<std::string, std::deque<MessageReceived>> waiting_messages_;
  std::deque<std::function<void(Status)>> room_waiters_;
  std::vector<std::function<void()>> end_waiters_;
  // Who waits for async_work.
  std::set<std::shared_ptr<std::function<void(Status)>>> works_;
};

using ConnectionPointer = std::shared_ptr<Connection>;

}  // namespace oriel::conduit
