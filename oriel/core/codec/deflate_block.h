#pragma once
// Deflate data that can be spliced into any zlib stream: each block refers to nothing before it, is
// not the final one and ends on a byte boundary. So all viewers share the bytes, and the only state
// of a viewer's zlib stream is whether its two-byte header has been sent.

#include <cstddef>
#include <memory>

#include "oriel/base/bytes.h"

namespace oriel::codec {

// Input is cut into groups of at most this size, each compressed without looking back at the
// others. 128 KB: see bench/results/deflate_block.md.
inline constexpr std::size_t kDeflateGroupBytes = 128 * 1024;

// The most bytes that DeflateBlock makes of `input_bytes` bytes.
std::size_t deflate_bound_bytes(std::size_t input_bytes);

// One thread at a time: about 350 KB of scratch, no history between calls.
class DeflateBlock {
 public:
  DeflateBlock();
  ~DeflateBlock();
  DeflateBlock(const DeflateBlock&) = delete;
  DeflateBlock& operator=(const DeflateBlock&) = delete;

  // Appends raw deflate data (no zlib header, no checksum) for `input` to `out`. Nothing for empty
  // input.
  void compress(ByteSpan input, Bytes& out);

 private:
  void compress_group(ByteSpan group, Bytes& out);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace oriel::codec
