// How a connection calls its peer.
#include <fmt/format.h>

#include <chrono>
#include <future>
#include <utility>

#include "oriel/app/conduit/await_callback.h"
#include "oriel/app/conduit/connection.h"
#include "oriel/app/conduit/failed_call.h"

namespace oriel::conduit {
namespace asio = boost::asio;
namespace {

// Of call latencies, as of heartbeats in the real programs.
constexpr double kLatencyWeight = 0.3;

CallResult<Value> data_of(Answer answer) {
  if (!answer) return std::unexpected(std::move(answer.error()));
  return answer->data ? std::move(*answer->data) : Value();
}

}  // namespace

asio::awaitable<Answer> Connection::async_request(std::string method, Value params,
                                                  CallOptions options) {
  const auto self = shared_from_this();
  // What the coroutine's own cancellation and the caller's token have in common.
  std::stop_source stop;
  const std::stop_callback linked(options.stop, [stop]() mutable { stop.request_stop(); });
  std::function<void(std::function<void(Answer)>)> start =
      [self, method = std::move(method), params = std::move(params), timeout = options.timeout,
       stop](std::function<void(Answer)> done) {
        self->start_call(method, params, {.timeout = timeout, .stop = stop.get_token()},
                         std::move(done));
      };
  auto waiting =
      await_callback<Answer>(std::move(start), [stop]() mutable { stop.request_stop(); });
  co_return co_await std::move(waiting);
}

asio::awaitable<CallResult<Value>> Connection::async_call(std::string method, Value params,
                                                          CallOptions options) {
  auto asked = async_request(std::move(method), std::move(params), std::move(options));
  co_return data_of(co_await std::move(asked));
}

std::future<CallResult<Value>> Connection::call_future(std::string method, Value params,
                                                       CallOptions options) {
  auto promise = std::make_shared<std::promise<CallResult<Value>>>();
  auto future = promise->get_future();
  start_call(std::move(method), std::move(params), std::move(options),
             [promise](Answer answer) { promise->set_value(data_of(std::move(answer))); });
  return future;
}

void Connection::start_call(std::string method, Value params, CallOptions options,
                            std::function<void(Answer)> done) {
  if (shared_->is_on_strand())
    return begin_call(std::move(method), std::move(params), std::move(options), std::move(done));
  const bool is_posted =
      shared_->post([self = shared_from_this(), method = std::move(method),
                     params = std::move(params), options = std::move(options), done]() mutable {
        self->begin_call(std::move(method), std::move(params), std::move(options), std::move(done));
      });
  if (!is_posted)
    done(failed_call(CallCode::kDisconnected, "not connected: the call was not sent"));
}

Status Connection::notify(std::string method, Value params) {
  if (state_ == ConnectionState::kClosed) return closed();
  start_call(std::move(method), std::move(params), {}, [](const Answer&) {});
  return {};
}

void Connection::begin_call(std::string method, Value params, CallOptions options,
                            std::function<void(Answer)> done) {
  if (options.stop.stop_requested())
    return done(failed_call(CallCode::kCancelled, "the call was cancelled before it was sent"));
  if (has_ended_ || !session_->is_open())
    return done(failed_call(CallCode::kDisconnected, "not connected: the call was not sent"));
  if (method.empty() || method.size() > kNameBytesMax)
    return done(failed_call(
        CallCode::kInvalidParams,
        fmt::format("a method's name has 1 to {} bytes, got {}", kNameBytesMax, method.size())));
  const auto correlation = pending_.next_correlation();
  const auto told = session_->peer().is_oriel ? options.timeout : std::chrono::milliseconds(0);
  auto bytes = write_call(method, params, told);
  if (const auto size = bytes.size() - kHeaderBytes; size > sendable_bytes_)
    return done(failed_call(CallCode::kInvalidParams,
                            too_long("the call", size, sendable_bytes_) + ": it was not sent"));
  auto frame =
      std::make_shared<const Bytes>(make_frame_in_place(FrameType::kRpcRequest, std::move(bytes),
                                                        {.compression = shared_->compression,
                                                         .timestamp_ms = unix_ms(),
                                                         .correlation = correlation}));
  if (session_->send(std::move(frame)) != Sent::kQueued)
    return done(
        failed_call(CallCode::kRateLimited,
                    "the peer does not keep up, and the send queue is full: the call was not "
                    "sent"));
  const auto now = Clock::now();
  std::optional<TimePoint> deadline;
  if (options.timeout.count() > 0) deadline = now + options.timeout;
  pending_.add(correlation, std::move(done), now, deadline);
  pending_.watch(correlation, options.stop,
                 [weak = weak_from_this(), shared = shared_, correlation] {
                   shared->post([weak, correlation] {
                     if (const auto self = weak.lock()) self->cancel_call(correlation);
                   });
                 });
  arm_call_timer();
  {
    std::lock_guard lock(mutex_);
    ++stats_.calls_made;
  }
  kick_soon();
}

void Connection::cancel_call(std::uint64_t correlation) {
  if (has_ended_ || !pending_.contains(correlation)) return;
  session_->cancel(correlation);
  pending_.end(correlation, failed_call(CallCode::kCancelled, "the call was cancelled"));
  kick_soon();
}

void Connection::take(ReplyReceived&& reply) {
  const auto sent_at = pending_.sent_at(reply.correlation);
  if (!sent_at) {
    std::lock_guard lock(mutex_);
    ++stats_.replies_unexpected;
    return;
  }
  note_latency(Clock::now() - *sent_at);
  pending_.end(reply.correlation, read_answer(std::move(reply.envelope), shared_->numbers));
}

void Connection::note_latency(Duration latency) {
  std::lock_guard lock(mutex_);
  auto& average = stats_.call_latency;
  average = average ? Duration(static_cast<Duration::rep>(
                          kLatencyWeight * static_cast<double>(latency.count()) +
                          (1 - kLatencyWeight) * static_cast<double>(average->count())))
                    : latency;
}

// The timer is set for the earliest deadline, and not again for each call: most are answered long
// before.
void Connection::arm_call_timer() {
  const auto earliest = pending_.earliest_deadline();
  if (!earliest || (armed_for_ && *armed_for_ <= *earliest)) return;
  armed_for_ = earliest;
  call_timer_->expires_at(*earliest);
  call_timer_->async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (!error) self->call_timer_fired();
  });
}

void Connection::call_timer_fired() {
  armed_for_.reset();
  if (has_ended_) return;
  const auto now = Clock::now();
  while (const auto correlation = pending_.find_expired(now)) {
    session_->cancel(*correlation);
    {
      std::lock_guard lock(mutex_);
      ++stats_.calls_timed_out;
    }
    pending_.end(*correlation, failed_call(CallCode::kTimeout, "no answer came in time"));
    if (has_ended_) return;
  }
  arm_call_timer();
  kick_soon();
}

}  // namespace oriel::conduit
