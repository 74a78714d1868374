#pragma once
// What a Session has to say, in order: pieces that are owned bytes or payloads shared with other
// sessions. A driver lends the front pieces to one writev and never copies a payload. One strand
// owns it.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>

#include "oriel/base/bytes.h"

namespace oriel {

class OutputQueue {
 public:
  // Copies `bytes` to the end; small runs share one piece.
  void append(ByteSpan bytes);
  // Queues a payload without copying it. Null or empty payloads are ignored.
  void append_shared(SharedBytes payload);
  void append_held(HeldBytes payload);

  bool empty() const { return size_bytes_ == 0; }
  std::size_t size_bytes() const { return size_bytes_; }
  // All that was ever written: whether it grows tells whether the peer still reads.
  std::uint64_t written_bytes() const { return written_bytes_; }

  // Lends the first pieces into `into` and returns how many were filled in. They stay valid until
  // `consume`, also when more is appended meanwhile.
  std::size_t gather(std::span<ByteSpan> into);
  // Drops the first `count` bytes, which have been written. count <= size_bytes().
  void consume(std::size_t count);
  // Drops everything.
  void clear();

 private:
  struct Piece {
    Bytes owned;
    HeldBytes held;
    bool is_lent = false;
    ByteSpan all() const { return held.owner ? held.bytes : ByteSpan(owned); }
  };
  std::deque<Piece> pieces_;
  std::size_t front_offset_ = 0;  // bytes of the front piece already written
  std::size_t size_bytes_ = 0;
  std::uint64_t written_bytes_ = 0;
};

}  // namespace oriel
