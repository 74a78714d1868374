#include "oriel/core/codec/tight_filter.h"

#include <fmt/format.h>

#include "oriel/core/codec/packed_pixels.h"

namespace oriel::codec {

Result<Need> TightFilter::begin(ByteSpan body, const TightPixels& pixels, int width) {
  if (body.size() < 2) return Need{0, 2};
  const bool has_filter = (body[0] >> 4 & tight::kFilterFollows) != 0;
  filter_ = has_filter ? body[1] : tight::kCopyFilter;
  const Need head{has_filter ? std::size_t{2} : 1, 1};
  row_bytes_ = static_cast<std::size_t>(width) * pixels.bytes();
  const auto& format = pixels.format();
  switch (filter_) {
    case tight::kCopyFilter:
      return head;
    case tight::kPaletteFilter:
      return begin_palette(body, pixels, width);
    case tight::kGradientFilter:
      if (!format.is_true_colour || format.bits_per_pixel < 16)
        return fail(
            ErrorCode::kInvalid,
            fmt::format("Tight: gradients of pixels that have none ({})", image::describe(format)));
      gradient_.begin(format, width);
      return head;
    default:
      return fail(ErrorCode::kInvalid, fmt::format("Tight: filter {}, expected 0 to {}", filter_,
                                                   tight::kGradientFilter));
  }
}

Result<Need> TightFilter::begin_palette(ByteSpan body, const TightPixels& pixels, int width) {
  constexpr std::size_t kHead = 3;
  if (body.size() < kHead) return Need{0, kHead};
  colours_ = std::size_t{body[2]} + 1;
  if (colours_ < 2)
    return fail(ErrorCode::kInvalid, "Tight: a palette of 1 colour, expected 2 to 256");
  const auto head_bytes = kHead + colours_ * pixels.bytes();
  if (body.size() < head_bytes) return Need{0, head_bytes};
  pixels.restore_row(body.data() + kHead, palette_.data(), static_cast<int>(colours_));
  row_bytes_ = static_cast<std::size_t>(colours_ == 2 ? (width + 7) / 8 : width);
  return Need{head_bytes, 1};
}

Status TightFilter::restore_rows(std::uint8_t* from, const TightPixels& pixels,
                                 const image::MutableFrameView& target) {
  if (filter_ == tight::kPaletteFilter) return restore_indexes(from, target);
  for (int y = 0; y < target.height; ++y, from += row_bytes_) {
    if (filter_ == tight::kGradientFilter) gradient_.restore_row(from);
    pixels.restore_row(from, target.row(y), target.width);
  }
  return {};
}

Status TightFilter::restore_indexes(const std::uint8_t* from,
                                    const image::MutableFrameView& target) const {
  if (colours_ == 2) {
    const TwoColourRows rows(palette_[0], palette_[1]);
    for (int y = 0; y < target.height; ++y, from += row_bytes_)
      rows.expand(from, target.row(y), target.width);
    return {};
  }
  std::size_t largest = 0;
  for (int y = 0; y < target.height; ++y, from += row_bytes_) {
    const auto index = expand_indexes<8>(from, palette_.data(), target.row(y), target.width);
    largest = std::max(largest, static_cast<std::size_t>(index));
  }
  if (largest >= colours_)
    return fail(ErrorCode::kInvalid,
                fmt::format("Tight: colour {} of a palette of {}", largest, colours_));
  return {};
}

}  // namespace oriel::codec
