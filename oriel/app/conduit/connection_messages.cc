// What a connection does with messages of its peer.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <utility>
#include <variant>

#include "oriel/app/conduit/connection.h"
#include "oriel/app/conduit/guarded_run.h"

namespace oriel::conduit {
namespace asio = boost::asio;
namespace {

bool is_quick(const Dispatcher::Handlers& handlers) {
  for (const auto& handler : handlers)
    if (handler->run != Run::kLoop || !std::holds_alternative<PlainHandler>(handler->body))
      return false;
  return true;
}

}  // namespace

void Connection::take(MessageReceived&& message) {
  {
    std::lock_guard lock(mutex_);
    ++stats_.messages_in;
  }
  const auto handlers = shared_->dispatcher.find_handlers(message.type);
  if (!handlers || shared_->is_stopping) return session_->message_handled();
  const auto& order = handlers->front()->order;
  const auto line = order.empty() ? message.type : order;
  const auto waiting = waiting_messages_.find(line);
  if (waiting != waiting_messages_.end()) {
    waiting->second.push_back(std::move(message));
    return;
  }
  if (is_quick(*handlers)) {
    Context context(shared_from_this(), shared_->user_data, log_, {}, message.type);
    MessageRun run{.handlers = handlers, .type = std::move(message.type)};
    for (const auto& handler : *handlers)
      note_reply(run, run_plain(*handler, context, message.data));
    session_->message_handled();
    return reply_to(run.type, run.reply);
  }
  waiting_messages_[line].push_back(std::move(message));
  handle_next(line);
}

// Messages of one type are handled one after the other, so that they keep their order; other types
// and calls do not wait for them.
void Connection::handle_next(const std::string& line) {
  const auto waiting = waiting_messages_.find(line);
  if (waiting == waiting_messages_.end()) return;
  if (waiting->second.empty() || shared_->is_stopping) {
    waiting_messages_.erase(waiting);
    return;
  }
  auto message = std::move(waiting->second.front());
  waiting->second.pop_front();
  auto run = std::make_shared<MessageRun>(
      MessageRun{.handlers = shared_->dispatcher.find_handlers(message.type),
                 .line = line,
                 .type = std::move(message.type),
                 .data = std::move(message.data)});
  run->context = begin_handler(0, {}, run->type);
  run_handlers(run);
}

void Connection::run_handlers(const MessageRunPointer& run) {
  while (run->next < run->handlers->size() && !has_ended_) {
    const auto handler = (*run->handlers)[run->next++];
    if (const auto* coroutine = std::get_if<CoroutineHandler>(&handler->body))
      return run_coroutine(run, *coroutine);
    if (handler->run == Run::kWorker) return run_on_worker(run, handler);
    note_reply(*run, run_plain(*handler, *run->context, run->data));
  }
  message_done(run);
}

void Connection::run_coroutine(const MessageRunPointer& run, const CoroutineHandler& handler) {
  asio::co_spawn(
      executor_, handler(run->context, run->data),
      [self = shared_from_this(), run](const std::exception_ptr& thrown, Result<Reply> reply) {
        if (thrown) reply = reply_of_exception(thrown);
        self->note_reply(*run, std::move(reply));
        self->run_handlers(run);
      });
}

// From here on a worker may be the last to hold this connection.
void Connection::run_on_worker(const MessageRunPointer& run,
                               std::shared_ptr<const Handler> handler) {
  const auto self = shared_from_this();
  const JobOwner owner{this, handler.get()};
  const bool is_taken = shared_->workers.run(
      [self, run, handler = std::move(handler)] {
        // A message is handled also when its sender has gone meanwhile: that waits for nothing. Of
        // a program that stops none is begun.
        auto reply = run->context->stop_token().stop_requested() && self->is_connected()
                         ? Result<Reply>()
                         : run_plain(*handler, *run->context, run->data);
        self->shared_->post([self, run, reply = std::move(reply)]() mutable {
          self->note_reply(*run, std::move(reply));
          self->run_handlers(run);
        });
      },
      owner);
  if (is_taken) return;
  note_reply(*run, fail(ErrorCode::kUnavailable, "no thread could be had"));
  message_done(run);
}

// The last handler that has something to say is heard.
void Connection::note_reply(MessageRun& run, Result<Reply> reply) {
  if (!reply) {
    log_.warning("a message was not handled",
                 {{"type", run.type}, {"reason", reply.error().message}});
  } else if (*reply) {
    run.reply = std::move(*reply);
  }
}

void Connection::message_done(const MessageRunPointer& run) {
  end_handler(0, run->context);
  if (has_ended_) return;
  session_->message_handled();
  reply_to(run->type, run->reply);
  kick_soon();
  // By way of the loop: a thousand that wait must not be as many calls deep.
  asio::post(executor_, [self = shared_from_this(), line = run->line] { self->handle_next(line); });
}

void Connection::reply_to(const std::string& type, const Reply& reply) {
  if (has_ended_ || !reply) return;
  auto frame = make_message(type + "_response", *reply);
  const auto sent = frame ? put_message(*frame) : std::unexpected(std::move(frame.error()));
  if (!sent)
    log_.warning("the reply to a message was not sent",
                 {{"type", type}, {"reason", sent.error().message}});
}

}  // namespace oriel::conduit
