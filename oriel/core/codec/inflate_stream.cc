#include "oriel/core/codec/inflate_stream.h"

#include <limits>

#include <fmt/format.h>
#include <zlib.h>

#include "oriel/base/check.h"

namespace oriel::codec {

struct InflateStream::State {
  z_stream stream{};
  bool has_ended = false;
};

InflateStream::InflateStream() : state_(std::make_unique<State>()) {
  ORIEL_CHECK(inflateInit(&state_->stream) == Z_OK);
}

InflateStream::~InflateStream() { inflateEnd(&state_->stream); }

void InflateStream::feed(ByteSpan piece) {
  ORIEL_CHECK(is_used_up());
  ORIEL_CHECK(piece.size() <= std::numeric_limits<uInt>::max());
  state_->stream.next_in = const_cast<Bytef*>(piece.data());  // only read
  state_->stream.avail_in = static_cast<uInt>(piece.size());
}

Result<std::size_t> InflateStream::read(std::span<std::uint8_t> into) {
  auto& stream = state_->stream;
  ORIEL_CHECK(into.size() <= std::numeric_limits<uInt>::max());
  stream.next_out = into.data();
  stream.avail_out = static_cast<uInt>(into.size());
  while (stream.avail_out > 0 && !state_->has_ended) {
    const int answer = inflate(&stream, Z_SYNC_FLUSH);
    if (answer == Z_BUF_ERROR) break;  // nothing left to do: the piece is used up
    if (answer == Z_STREAM_END)
      state_->has_ended = true;
    else if (answer != Z_OK)
      return fail(ErrorCode::kInvalid,
                  fmt::format("zlib stream: {}", stream.msg ? stream.msg : zError(answer)));
  }
  if (state_->has_ended && stream.avail_in > 0)
    return fail(ErrorCode::kInvalid, "zlib stream: data after its end");
  return into.size() - stream.avail_out;
}

void InflateStream::reset() {
  ORIEL_CHECK(inflateReset(&state_->stream) == Z_OK);
  state_->stream.avail_in = 0;
  state_->has_ended = false;
}

bool InflateStream::is_used_up() const { return state_->stream.avail_in == 0; }

}  // namespace oriel::codec
