#include "oriel/core/codec/tight_decoder.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "oriel/core/codec/inflate_stream.h"
#include "oriel/core/codec/jpeg_decoder.h"
#include "oriel/core/codec/tight_filter.h"
#include "oriel/core/codec/tight_format.h"
#include "oriel/core/codec/tight_parts.h"

namespace oriel::codec {
namespace {

// Rows are inflated together until they have so many bytes, so that they are still in the cache
// when they become pixels.
constexpr std::size_t kRowsBytes = 64 * 1024;

class TightDecoder : public Decoder {
 public:
  Result<Need> decode(ByteSpan bytes, const image::PixelFormat& format,
                      const DecodeTarget& target) override {
    if (bytes.size() < 2) return Need{0, 2};
    if (is_broken_) return fail(ErrorCode::kInvalid, "Tight: a stream is broken");
    if (!pixels_ || pixels_->format() != format) pixels_.emplace(format);
    const int method = bytes[0] >> 4;
    if (method < tight::kFill) return decode_basic(bytes, target.pixels());
    ORIEL_TRY(const auto need, decode_whole(method, bytes, target.pixels()));
    if (need.consumed > 0) reset_streams(bytes[0]);
    return need;
  }

 private:
  // What needs no stream.
  Result<Need> decode_whole(int method, ByteSpan bytes, const image::MutableFrameView& target) {
    if (method == tight::kFill) return decode_tight_fill(bytes, *pixels_, target);
    if (method == tight::kJpeg)
      return decode_tight_picture(bytes, target, [this](auto file, const auto& pixels) {
        return jpeg_.decode(file, pixels);
      });
    return fail(ErrorCode::kInvalid,
                fmt::format("Tight: compression {}, expected 0 to {}", method, tight::kJpeg));
  }

  Result<Need> decode_basic(ByteSpan bytes, const image::MutableFrameView& target) {
    ORIEL_TRY(const auto head, filter_.begin(bytes, *pixels_, target.width));
    if (head.consumed == 0) return head;
    const auto rest = bytes.subspan(head.consumed);
    const auto plain_bytes = filter_.row_bytes() * target.height;
    if (plain_bytes <= tight::kPlainMax) {
      if (rest.size() < plain_bytes) return Need{0, head.consumed + plain_bytes};
      reset_streams(bytes[0]);
      rows_.assign(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(plain_bytes));
      ORIEL_TRY_VOID(filter_.restore_rows(rows_.data(), *pixels_, target));
      return Need{head.consumed + plain_bytes, 1};
    }
    const auto length = read_tight_length(rest);
    if (length.bytes == 0) return Need{0, bytes.size() + 1};
    const auto max_length = tight::max_deflated_bytes(plain_bytes);
    if (length.value > max_length)
      return fail(ErrorCode::kTooLarge,
                  fmt::format("Tight: {} bytes for a rectangle of {}x{} pixels, at most {}",
                              length.value, target.width, target.height, max_length));
    const auto data_end = length.bytes + length.value;
    if (rest.size() < data_end) return Need{0, head.consumed + data_end};
    reset_streams(bytes[0]);
    is_broken_ = true;
    ORIEL_TRY_VOID(inflate_rows(streams_[bytes[0] >> 4 & (tight::kStreams - 1)],
                                rest.subspan(length.bytes, length.value), target));
    is_broken_ = false;
    return Need{head.consumed + data_end, 1};
  }

  Status inflate_rows(std::optional<InflateStream>& stream, ByteSpan zlib_data,
                      const image::MutableFrameView& target) {
    if (!stream) stream.emplace();
    stream->feed(zlib_data);
    const auto row_bytes = filter_.row_bytes();
    const auto rows_at_once =
        std::clamp(static_cast<int>(kRowsBytes / row_bytes), 1, target.height);
    rows_.resize(row_bytes * rows_at_once);
    for (int y = 0; y < target.height; y += rows_at_once) {
      const int count = std::min(rows_at_once, target.height - y);
      const auto wanted = row_bytes * count;
      ORIEL_TRY(const auto got, stream->read(std::span(rows_).first(wanted)));
      if (got < wanted)
        return fail(ErrorCode::kInvalid, fmt::format("Tight: the data ends before row {} of {}",
                                                     y + count, target.height));
      ORIEL_TRY_VOID(
          filter_.restore_rows(rows_.data(), *pixels_, target.crop({0, y, target.width, count})));
    }
    // What is left of the piece may only be the flush at its end, which says nothing.
    std::uint8_t surplus;
    ORIEL_TRY(const auto count, stream->read({&surplus, 1}));
    if (count > 0)
      return fail(ErrorCode::kInvalid, "Tight: more data than the rectangle has pixels");
    return {};
  }

  // Those that the control byte says; they begin anew at their next use.
  void reset_streams(std::uint8_t control) {
    for (int i = 0; i < tight::kStreams; ++i)
      if ((control >> i & 1) != 0 && streams_[i]) streams_[i]->reset();
  }

  std::optional<TightPixels> pixels_;  // of the format seen last
  std::array<std::optional<InflateStream>, tight::kStreams> streams_;
  bool is_broken_ = false;  // a rectangle was wrong, so nobody knows where its stream stands
  TightFilter filter_;
  JpegDecoder jpeg_;
  Bytes rows_;
};

}  // namespace

std::unique_ptr<Decoder> make_tight_decoder() { return std::make_unique<TightDecoder>(); }

}  // namespace oriel::codec
