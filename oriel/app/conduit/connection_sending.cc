// How a connection sends messages, its own and broadcasts.
#include <boost/asio/post.hpp>
#include <utility>

#include "oriel/app/conduit/await_callback.h"
#include "oriel/app/conduit/connection.h"

namespace oriel::conduit {
namespace asio = boost::asio;

Result<SharedBytes> Connection::make_message(std::string_view type, const Value& data) const {
  ORIEL_TRY(auto frame, make_message_frame(type, data, shared_->compression, unix_ms()));
  if (frame.payload_bytes > sendable_bytes_)
    return fail(ErrorCode::kTooLarge,
                too_long("the message", frame.payload_bytes, sendable_bytes_));
  return std::move(frame.bytes);
}

Status Connection::put_message(const SharedBytes& frame) {
  switch (session_->send(frame)) {
    case Sent::kQueued:
      break;
    case Sent::kFull:
      return fail(ErrorCode::kUnavailable,
                  "the peer does not keep up, and the send queue is full; try again later");
    default:
      return fail(ErrorCode::kClosed, "the connection has ended");
  }
  {
    std::lock_guard lock(mutex_);
    ++stats_.messages_out;
  }
  kick_soon();
  return {};
}

Status Connection::send_message(std::string_view type, const Value& data) {
  if (state_ == ConnectionState::kClosed) return closed();
  ORIEL_TRY(auto frame, make_message(type, data));
  if (shared_->is_on_strand()) return has_ended_ ? closed() : put_message(frame);
  if (handed_over_.fetch_add(1) >= shared_->handed_over_max) {
    --handed_over_;
    return fail(ErrorCode::kUnavailable,
                "too many messages are on their way from other threads; try again later");
  }
  const bool is_posted = shared_->post(
      [self = shared_from_this(), frame = std::move(frame), type = std::string(type)] {
        --self->handed_over_;
        auto sent = self->has_ended_ ? closed() : self->put_message(frame);
        if (!sent)
          self->log_.warning("a message was not sent",
                             {{"type", type}, {"reason", sent.error().message}});
      });
  return is_posted ? Status{} : closed();
}

asio::awaitable<Status> Connection::async_send_message(std::string type, Value data) {
  const auto self = shared_from_this();
  auto frame = make_message(type, data);
  if (!frame) co_return std::unexpected(std::move(frame.error()));
  std::function<void(std::function<void(Status)>)> start =
      [self, frame = std::move(*frame)](const std::function<void(Status)>& done) {
        const bool is_posted = self->shared_->post([self, frame, done] {
          self->when_room([self, frame, done](Status room) {
            done(room ? self->put_message(frame) : std::move(room));
          });
        });
        if (!is_posted) done(closed());
      };
  auto waiting = await_callback<Status>(std::move(start));
  co_return co_await std::move(waiting);
}

void Connection::when_room(std::function<void(Status)> room) {
  if (has_ended_) return room(closed());
  if (room_waiters_.empty() && session_->has_room()) return room({});
  room_waiters_.push_back(std::move(room));
}

Sent Connection::offer(const MessageFrame& frame, TopicId topic, TopicPolicy policy) {
  if (has_ended_) return Sent::kClosed;
  if (frame.payload_bytes > sendable_bytes_) {
    log_.warning("a broadcast was not sent",
                 {{"reason", too_long("the message", frame.payload_bytes, sendable_bytes_)}});
    return Sent::kDropped;
  }
  const auto sent = session_->offer(frame.bytes, topic, policy);
  if (sent != Sent::kQueued) return sent;
  {
    std::lock_guard lock(mutex_);
    ++stats_.messages_out;
  }
  kick_soon();
  return sent;
}

// Many small frames leave in one write: the driver is told once, after what happens now; and all
// connections of a broadcast in one turn of the loop.
void Connection::kick_soon() {
  if (is_in_callback_ || has_ended_ || std::exchange(is_kick_due_, true)) return;
  shared_->kicks.push_back(shared_from_this());
  if (shared_->kicks.size() > 1) return;
  asio::post(executor_, [shared = shared_] {
    for (const auto& connection : std::exchange(shared->kicks, {})) {
      connection->is_kick_due_ = false;
      if (connection->has_ended_) continue;
      connection->driver_->kick();
      connection->note_progress();
    }
  });
}

}  // namespace oriel::conduit
