#include "oriel/core/codec/inflate_stream.h"

#include <isa-l/igzip_lib.h>

#include <limits>

#include <fmt/format.h>

#include "oriel/base/check.h"

namespace oriel::codec {
namespace {

std::string describe(int error) {
  switch (error) {
    case ISAL_INVALID_BLOCK:
      return "invalid block";
    case ISAL_INVALID_SYMBOL:
      return "invalid code";
    case ISAL_INVALID_LOOKBACK:
      return "a distance too far back";
    case ISAL_INVALID_WRAPPER:
    case ISAL_UNSUPPORTED_METHOD:
      return "incorrect header";
    case ISAL_INCORRECT_CHECKSUM:
      return "incorrect checksum";
    case ISAL_NEED_DICT:
      return "it needs a dictionary";
    default:
      return fmt::format("error {}", error);
  }
}

}  // namespace

struct InflateStream::State {
  inflate_state stream;
  int error = 0;
};

InflateStream::InflateStream() : state_(std::make_unique_for_overwrite<State>()) { reset(); }
InflateStream::~InflateStream() = default;

void InflateStream::reset() {
  isal_inflate_init(&state_->stream);
  state_->stream.crc_flag = ISAL_ZLIB;
  state_->error = 0;
}

void InflateStream::feed(ByteSpan piece) {
  ORIEL_CHECK(is_used_up());
  ORIEL_CHECK(piece.size() <= std::numeric_limits<std::uint32_t>::max());
  state_->stream.next_in = const_cast<std::uint8_t*>(piece.data());  // only read
  state_->stream.avail_in = static_cast<std::uint32_t>(piece.size());
}

Result<std::size_t> InflateStream::read(std::span<std::uint8_t> into) {
  auto& stream = state_->stream;
  ORIEL_CHECK(into.size() <= std::numeric_limits<std::uint32_t>::max());
  stream.next_out = into.data();
  stream.avail_out = static_cast<std::uint32_t>(into.size());
  if (state_->error == 0 && stream.block_state != ISAL_BLOCK_FINISH)
    state_->error = isal_inflate(&stream);
  if (state_->error != 0)
    return fail(ErrorCode::kInvalid, fmt::format("zlib stream: {}", describe(state_->error)));
  if (stream.block_state == ISAL_BLOCK_FINISH && stream.avail_in > 0)
    return fail(ErrorCode::kInvalid, "zlib stream: data after its end");
  return into.size() - stream.avail_out;
}

bool InflateStream::is_used_up() const { return state_->stream.avail_in == 0; }

}  // namespace oriel::codec
