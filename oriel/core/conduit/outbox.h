#pragma once
// What waits for a peer that cannot take it yet: frames in their order, which can still be dropped
// or replaced while they wait. Bounded. One strand owns it.

#include <cstddef>
#include <cstdint>
#include <deque>

#include "oriel/base/bytes.h"

namespace oriel::conduit {

// What happens to a broadcast of a topic when a peer's queue is full.
enum class TopicPolicy {
  kBlock,       // it is not taken: the sender waits, or tries later; others have it already
  kDropOldest,  // the oldest of the topic that waits makes room
  kKeepLatest,  // at any time at most one of the topic waits: the newest
  kDisconnect,  // who cannot keep up is cut off
};

enum class Sent {
  kQueued,
  kFull,     // not taken
  kDropped,  // not taken, and nobody minds
  kTooSlow,  // not taken: cut this peer off
  kClosed,   // there is no conversation any more
};

// Topics are numbers of the sender's own; 0 is what belongs to none.
using TopicId = std::uint64_t;

// It is full from its caps on, so the bytes may be beyond theirs by one frame. Of each kKeepLatest
// topic one frame may be there besides, as long as these by themselves are within the caps: beyond
// it the topic that has waited longest makes room.
class Outbox {
 public:
  Outbox(std::size_t frames_max, std::size_t bytes_max)
      : frames_max_(frames_max), bytes_max_(bytes_max) {}

  Sent push(SharedBytes frame);
  // topic: not 0.
  Sent push(SharedBytes frame, TopicId topic, TopicPolicy policy);
  // The frame at the front. There must be one.
  SharedBytes pop();
  // Whether the RPC_REQUEST with this id was still here; it is not any more.
  bool drop_call(std::uint64_t correlation);

  bool empty() const { return waiting_.empty(); }
  bool is_full() const { return waiting_.size() >= frames_max_ || bytes_ >= bytes_max_; }
  std::size_t size() const { return waiting_.size(); }
  std::uint64_t dropped() const { return dropped_; }

 private:
  struct Waiting {
    SharedBytes frame;
    TopicId topic = 0;
    bool is_latest = false;  // kKeepLatest
  };
  using Place = std::deque<Waiting>::iterator;

  void keep_latest(SharedBytes frame, TopicId topic);
  bool replace(const SharedBytes& frame, TopicId topic);
  bool drop_oldest(TopicId topic);
  bool make_room(TopicId topic);
  void append(Waiting waiting);
  void erase(Place place);

  std::size_t frames_max_;
  std::size_t bytes_max_;
  std::deque<Waiting> waiting_;
  std::size_t bytes_ = 0;
  std::size_t latest_frames_ = 0;  // those of kKeepLatest
  std::size_t latest_bytes_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace oriel::conduit
