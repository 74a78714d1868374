#pragma once
// The receiving end of a zlib stream that lives as long as a connection and arrives in pieces.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "oriel/base/bytes.h"
#include "oriel/base/result.h"

namespace oriel::codec {

// Takes what any server may send: any header, window and level. About 90 KB. One strand owns it. By
// ISA-L, which is twice as fast as zlib (bench/results/decoders.md); a fuzzer compares the two.
class InflateStream {
 public:
  InflateStream();
  ~InflateStream();
  InflateStream(const InflateStream&) = delete;
  InflateStream& operator=(const InflateStream&) = delete;

  // Lends the next piece of the stream, until it is used up or the next `feed`. The piece before
  // must be used up.
  void feed(ByteSpan piece);

  // Fills `into` and returns how many bytes that were; fewer than its size only when the piece is
  // used up. Never writes beyond `into`, whatever the stream says. kInvalid when the stream is
  // broken, needs a dictionary, or goes on after its end; it stays broken.
  Result<std::size_t> read(std::span<std::uint8_t> into);

  // A new stream begins; what is left of the piece is forgotten.
  void reset();

  // True when `read` has taken all of the piece.
  bool is_used_up() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace oriel::codec
