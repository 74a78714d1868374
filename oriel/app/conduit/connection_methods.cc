// What a connection does with calls of its peer.
#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <utility>

#include "oriel/app/conduit/connection.h"
#include "oriel/app/conduit/failed_call.h"
#include "oriel/app/conduit/guarded_run.h"
#include "oriel/app/conduit/outgoing_frames.h"

namespace oriel::conduit {
namespace asio = boost::asio;

ContextPointer Connection::begin_handler(std::uint64_t correlation,
                                         std::optional<TimePoint> deadline,
                                         const std::string& message_type) {
  auto context = std::make_shared<Context>(shared_from_this(), shared_->user_data, log_, deadline,
                                           message_type);
  running_.emplace(correlation, context);
  ++shared_->handlers_running;
  return context;
}

void Connection::end_handler(std::uint64_t correlation, const ContextPointer& context) {
  const auto [begin, end] = running_.equal_range(correlation);
  for (auto one = begin; one != end; ++one)
    if (one->second == context) {
      running_.erase(one);
      break;
    }
  if (--shared_->handlers_running == 0 && shared_->owner != nullptr)
    shared_->owner->handlers_rest();
}

void Connection::take(CallReceived&& call) {
  if (shared_->is_stopping)
    return answer(call.correlation, failed_call(CallCode::kDisconnected,
                                                "the program is stopping: the call has not run"));
  const auto method = shared_->dispatcher.find_method(call.method);
  if (!method)
    return answer(call.correlation,
                  std::unexpected(CallError::not_found("RPC method", call.method)));
  if (!may(method->role))
    return answer(call.correlation, std::unexpected(CallError::permission_denied(fmt::format(
                                        "{} needs the role {}", call.method, method->role))));
  run_method(method, std::move(call));
}

bool Connection::may(std::string_view role) const {
  return role.empty() || (shared_->owner != nullptr && shared_->owner->may(*this, role));
}

void Connection::run_method(const std::shared_ptr<const Method>& method, CallReceived&& call) {
  std::optional<TimePoint> deadline;
  if (call.timeout_ms)
    deadline = Clock::now() + std::chrono::milliseconds(std::min(*call.timeout_ms, kTimeoutMsMax));
  const auto correlation = call.correlation;
  const auto self = shared_from_this();
  if (const auto* packed = std::get_if<PackedMethod>(&method->body)) {
    const auto envelope = (*packed)(call.params);
    return envelope ? answer_packed(correlation, **envelope)
                    : answer(correlation, std::unexpected(envelope.error()));
  }
  const auto* coroutine = std::get_if<CoroutineMethod>(&method->body);
  if (coroutine == nullptr && method->run == Run::kLoop) {
    Context context(self, shared_->user_data, log_, deadline);
    return answer(correlation, run_plain(*method, context, std::move(call.params)));
  }
  const auto context = begin_handler(correlation, deadline);
  if (coroutine != nullptr) {
    asio::co_spawn(executor_, (*coroutine)(context, std::move(call.params)),
                   [self, method, context, correlation](std::exception_ptr thrown, Answer answer) {
                     if (thrown) answer = answer_of_exception(method->description.name, thrown);
                     self->end_handler(correlation, context);
                     self->answer(correlation, std::move(answer));
                   });
    return;
  }
  // From here on a worker may be the last to hold this connection.
  const bool is_taken = shared_->workers.run(
      [self, method, context, correlation, params = std::move(call.params)]() mutable {
        // It may have waited for a thread longer than anybody for its answer.
        auto what = context->stop_token().stop_requested()
                        ? failed_call(CallCode::kCancelled, "the call was stopped before it began")
                        : run_plain(*method, *context, std::move(params));
        self->shared_->post([self, context, correlation, what = std::move(what)]() mutable {
          self->end_handler(correlation, context);
          self->answer(correlation, std::move(what));
        });
      },
      {this, method.get()});
  if (is_taken) return;
  end_handler(correlation, context);
  answer(correlation,
         failed_call(CallCode::kRateLimited, "no thread could be had to run the call"));
}

void Connection::answer(std::uint64_t correlation, Answer answer) {
  if (has_ended_) return;
  auto envelope = write_answer(std::move(answer), shared_->numbers);
  if (shared_->compression == Compression::kNone && is_nearly_all_long(envelope))
    send_long_answer(correlation, std::move(envelope));
  else
    send_answer(correlation, write_answer_frame(envelope));
}

void Connection::answer_packed(std::uint64_t correlation, const Bytes& envelope) {
  if (!has_ended_) send_answer(correlation, write_packed_answer(envelope));
}

FrameOptions Connection::answer_options(std::uint64_t correlation) const {
  return {
      .compression = shared_->compression, .timestamp_ms = unix_ms(), .correlation = correlation};
}

void Connection::send_answer(std::uint64_t correlation, Bytes frame) {
  if (const auto bytes = frame.size() - kHeaderBytes; bytes > sendable_bytes_)
    frame = write_answer_frame(too_long_answer(bytes));
  session_->answer(correlation,
                   std::make_shared<const Bytes>(make_frame_in_place(
                       FrameType::kRpcResponse, std::move(frame), answer_options(correlation))));
  note_answer();
}

void Connection::send_long_answer(std::uint64_t correlation, Value envelope) {
  auto frame = make_long_answer(std::move(envelope), answer_options(correlation));
  std::size_t bytes = 0;
  for (const auto& piece : frame) bytes += piece.bytes.size();
  if (bytes -= kHeaderBytes; bytes > sendable_bytes_)
    return send_answer(correlation, write_answer_frame(too_long_answer(bytes)));
  session_->answer(correlation, std::move(frame));
  note_answer();
}

// One that the peer does not take would end its connection, and all other calls with it.
Value Connection::too_long_answer(std::size_t bytes) const {
  return write_answer(
      failed_call(CallCode::kInternal, too_long("the answer", bytes, sendable_bytes_)),
      shared_->numbers);
}

void Connection::note_answer() {
  {
    std::lock_guard lock(mutex_);
    ++stats_.calls_answered;
  }
  kick_soon();
}

void Connection::take(CallCancelled&& event) {
  if (event.correlation == 0) return;  // shared by those whose answer nobody wants
  const auto running = running_.find(event.correlation);
  if (running == running_.end()) return;
  const auto context = running->second;  // as in stop_handlers
  context->request_stop();
}

}  // namespace oriel::conduit
