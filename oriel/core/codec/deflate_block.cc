#include "oriel/core/codec/deflate_block.h"

#include <algorithm>

#include <isa-l/igzip_lib.h>

#include "oriel/base/check.h"

namespace oriel::codec {
namespace {

// What ISA-L adds to a group that cannot be compressed is 5 bytes per stored block of 64 KB; it
// wants some room beyond that before it tries to compress.
std::size_t group_bound_bytes(std::size_t input_bytes) {
  return input_bytes + 5 * (input_bytes / 65535 + 1) + 512;
}

}  // namespace

std::size_t deflate_bound_bytes(std::size_t input_bytes) {
  const std::size_t full_groups = input_bytes / kDeflateGroupBytes;
  return full_groups * group_bound_bytes(kDeflateGroupBytes) +
         group_bound_bytes(input_bytes % kDeflateGroupBytes);
}

// Level 2 costs what level 1 costs, for 2 to 4 % fewer bytes; level 3 takes 1.6 times as long for 2
// % more. The small level buffer ends blocks sooner, which suits pictures: new tables where the
// content changes. Measured in bench/results/deflate_block.md.
struct DeflateBlock::State {
  isal_zstream stream;
  std::uint8_t level_buffer[ISAL_DEF_LVL2_SMALL];
  // Compressing here first and appending what came out is cheaper than growing the caller's vector
  // (which would be zeroed) to the worst case.
  Bytes compressed;
};

DeflateBlock::DeflateBlock() : state_(std::make_unique<State>()) {}
DeflateBlock::~DeflateBlock() = default;

void DeflateBlock::compress(ByteSpan input, Bytes& out) {
  while (!input.empty()) {
    const auto count = std::min(input.size(), kDeflateGroupBytes);
    compress_group(input.first(count), out);
    input = input.subspan(count);
  }
}

// FULL_FLUSH without end_of_stream makes blocks that are not final and ends them on a byte
// boundary: with an empty stored block (00 00 ff ff), or, for incompressible input, because
// the last block is a stored one itself.
void DeflateBlock::compress_group(ByteSpan group, Bytes& out) {
  auto& stream = state_->stream;
  auto& compressed = state_->compressed;
  const auto bound = group_bound_bytes(group.size());
  if (compressed.size() < bound) compressed.resize(bound);

  isal_deflate_stateless_init(&stream);
  stream.level = 2;
  stream.level_buf = state_->level_buffer;
  stream.level_buf_size = sizeof state_->level_buffer;
  stream.gzip_flag = IGZIP_DEFLATE;
  stream.flush = FULL_FLUSH;
  stream.end_of_stream = 0;
  stream.next_in = const_cast<std::uint8_t*>(group.data());  // only read
  stream.avail_in = static_cast<std::uint32_t>(group.size());
  stream.next_out = compressed.data();
  stream.avail_out = static_cast<std::uint32_t>(bound);
  ORIEL_CHECK(isal_deflate_stateless(&stream) == COMP_OK);
  ORIEL_CHECK(stream.avail_in == 0);
  out.insert(out.end(), compressed.data(), compressed.data() + stream.total_out);
}

}  // namespace oriel::codec
