#include "oriel/core/codec/zlib_decoder.h"

#include <optional>

#include <fmt/format.h>

#include "oriel/base/byte_reader.h"
#include "oriel/core/codec/inflate_stream.h"
#include "oriel/core/image/pixel_convert.h"

namespace oriel::codec {
namespace {

// Body: U32 length, zlib data of that length; its plain bytes are the pixels, row by row.
class ZlibDecoder : public Decoder {
 public:
  Result<Need> decode(ByteSpan bytes, const image::PixelFormat& format,
                      const DecodeTarget& target) override {
    if (bytes.size() < 4) return Need{0, 4};
    const std::size_t length = ByteReader(bytes).u32();
    const auto max_length = zlib_max_body_bytes(target.size()) - 4;
    if (length > max_length)
      return fail(ErrorCode::kTooLarge,
                  fmt::format("zlib: {} bytes for a rectangle of {}x{} pixels, at most {}", length,
                              target.rect.width, target.rect.height, max_length));
    if (bytes.size() < 4 + length) return Need{0, 4 + length};
    if (!converter_ || converter_->format() != format) converter_.emplace(format);
    if (is_broken_) return fail(ErrorCode::kInvalid, "zlib: the stream is broken");
    is_broken_ = true;
    ORIEL_TRY_VOID(decode_rows(bytes.subspan(4, length), target.pixels()));
    is_broken_ = false;
    return Need{4 + length, 1};
  }

 private:
  Status decode_rows(ByteSpan zlib_data, const image::MutableFrameView& pixels) {
    inflate_.feed(zlib_data);
    row_.resize(static_cast<std::size_t>(pixels.width) * converter_->bytes_per_pixel());
    for (int y = 0; y < pixels.height; ++y) {
      ORIEL_TRY(const auto count, inflate_.read(row_));
      if (count < row_.size())
        return fail(ErrorCode::kInvalid,
                    fmt::format("zlib: the data ends in row {} of {}", y, pixels.height));
      converter_->restore_row(row_.data(), pixels.row(y), pixels.width);
    }
    // What is left of the piece may only be the flush at its end, which says nothing.
    std::uint8_t surplus;
    ORIEL_TRY(const auto count, inflate_.read({&surplus, 1}));
    if (count > 0)
      return fail(ErrorCode::kInvalid, "zlib: more data than the rectangle has pixels");
    return {};
  }

  std::optional<image::PixelConverter> converter_;  // of the format seen last
  InflateStream inflate_;
  bool is_broken_ = false;  // a rectangle was wrong, so nobody knows where the stream stands
  Bytes row_;
};

}  // namespace

std::unique_ptr<Decoder> make_zlib_decoder() { return std::make_unique<ZlibDecoder>(); }

}  // namespace oriel::codec
