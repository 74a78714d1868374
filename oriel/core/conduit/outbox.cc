#include "oriel/core/conduit/outbox.h"

#include <algorithm>
#include <utility>

#include "oriel/base/check.h"
#include "oriel/core/conduit/frame.h"

namespace oriel::conduit {

Sent Outbox::push(SharedBytes frame) {
  if (is_full()) return Sent::kFull;
  append({std::move(frame)});
  return Sent::kQueued;
}

Sent Outbox::push(SharedBytes frame, TopicId topic, TopicPolicy policy) {
  ORIEL_CHECK(topic != 0);
  if (policy == TopicPolicy::kKeepLatest) {
    keep_latest(std::move(frame), topic);
    return Sent::kQueued;
  }
  if (is_full()) {
    if (policy == TopicPolicy::kBlock) return Sent::kFull;
    if (policy == TopicPolicy::kDisconnect) return Sent::kTooSlow;
    if (!make_room(topic)) {
      ++dropped_;
      return Sent::kDropped;
    }
  }
  append({std::move(frame), topic});
  return Sent::kQueued;
}

SharedBytes Outbox::pop() {
  ORIEL_CHECK(!waiting_.empty());
  auto frame = waiting_.front().frame;
  erase(waiting_.begin());
  return frame;
}

bool Outbox::drop_call(std::uint64_t correlation) {
  const auto call = std::ranges::find_if(waiting_, [&](const Waiting& waiting) {
    const auto header = parse_frame_header(*waiting.frame, waiting.frame->size());
    return header && header->type == FrameType::kRpcRequest && header->correlation == correlation;
  });
  if (call == waiting_.end()) return false;
  erase(call);
  return true;
}

void Outbox::keep_latest(SharedBytes frame, TopicId topic) {
  if (replace(frame, topic)) return;
  append({std::move(frame), topic, true});
  // Names of topics may be made of data: there is no end of them.
  const auto is_beyond = [&] { return latest_frames_ > frames_max_ || latest_bytes_ > bytes_max_; };
  while (is_beyond() && latest_frames_ > 1) {
    erase(std::ranges::find(waiting_, true, &Waiting::is_latest));
    ++dropped_;
  }
}

// The newest takes the place of the one that waits, so that others keep theirs.
bool Outbox::replace(const SharedBytes& frame, TopicId topic) {
  const auto old = std::ranges::find(waiting_, topic, &Waiting::topic);
  if (old == waiting_.end()) return false;
  const auto change = [&](std::size_t& bytes) {
    bytes += frame->size();
    bytes -= old->frame->size();
  };
  change(bytes_);
  if (old->is_latest) change(latest_bytes_);
  old->frame = frame;
  ++dropped_;
  return true;
}

bool Outbox::drop_oldest(TopicId topic) {
  const auto oldest = std::ranges::find(waiting_, topic, &Waiting::topic);
  if (oldest == waiting_.end()) return false;
  erase(oldest);
  ++dropped_;
  return true;
}

// As far as the topic itself can: when all of it that waited has gone, the newest is not lost too.
bool Outbox::make_room(TopicId topic) {
  bool has_dropped = false;
  while (is_full() && drop_oldest(topic)) has_dropped = true;
  return has_dropped;
}

void Outbox::append(Waiting waiting) {
  const auto bytes = waiting.frame->size();
  bytes_ += bytes;
  if (waiting.is_latest) {
    ++latest_frames_;
    latest_bytes_ += bytes;
  }
  waiting_.push_back(std::move(waiting));
}

void Outbox::erase(Place place) {
  const auto bytes = place->frame->size();
  bytes_ -= bytes;
  if (place->is_latest) {
    --latest_frames_;
    latest_bytes_ -= bytes;
  }
  waiting_.erase(place);
}

}  // namespace oriel::conduit
