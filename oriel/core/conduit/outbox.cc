#include "oriel/core/conduit/outbox.h"

#include <algorithm>
#include <utility>

#include "oriel/base/check.h"

namespace oriel::conduit {

Sent Outbox::push(SharedBytes frame) {
  if (is_full()) return Sent::kFull;
  append(std::move(frame), 0);
  return Sent::kQueued;
}

Sent Outbox::push(SharedBytes frame, TopicId topic, TopicPolicy policy) {
  if (policy == TopicPolicy::kKeepLatest && replace(frame, topic)) return Sent::kQueued;
  if (is_full()) {
    if (policy == TopicPolicy::kBlock) return Sent::kFull;
    if (policy == TopicPolicy::kDisconnect) return Sent::kTooSlow;
    while (is_full())
      if (!drop_oldest(topic)) {
        ++dropped_;
        return Sent::kDropped;
      }
  }
  append(std::move(frame), topic);
  return Sent::kQueued;
}

SharedBytes Outbox::pop() {
  ORIEL_CHECK(!waiting_.empty());
  auto frame = std::move(waiting_.front().frame);
  waiting_.pop_front();
  bytes_ -= frame->size();
  return frame;
}

// The newest takes the place of the one that waits, so that others keep theirs.
bool Outbox::replace(const SharedBytes& frame, TopicId topic) {
  const auto old = std::ranges::find(waiting_, topic, &Waiting::topic);
  if (old == waiting_.end()) return false;
  bytes_ += frame->size();
  bytes_ -= old->frame->size();
  old->frame = frame;
  ++dropped_;
  return true;
}

bool Outbox::drop_oldest(TopicId topic) {
  const auto oldest = std::ranges::find(waiting_, topic, &Waiting::topic);
  if (oldest == waiting_.end()) return false;
  bytes_ -= oldest->frame->size();
  waiting_.erase(oldest);
  ++dropped_;
  return true;
}

void Outbox::append(SharedBytes frame, TopicId topic) {
  bytes_ += frame->size();
  waiting_.push_back({std::move(frame), topic});
}

}  // namespace oriel::conduit
