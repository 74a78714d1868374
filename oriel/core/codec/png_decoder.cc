#include "oriel/core/codec/png_decoder.h"

#include <spng.h>

#include <memory>

#include <fmt/format.h>

#include "oriel/base/check.h"

namespace oriel::codec {
namespace {

// Of a chunk, and of all that are kept: texts and colour profiles, which nobody looks at.
constexpr std::size_t kChunkBytesMax = 4 << 20;
constexpr std::size_t kKeptBytesMax = 1 << 20;

std::unexpected<Error> invalid(int error) {
  return fail(ErrorCode::kInvalid, fmt::format("PNG: {}", spng_strerror(error)));
}

// R, G, B, A in memory to BGRX.
void make_bgrx(std::uint32_t* row, int count) {
  for (int x = 0; x < count; ++x) row[x] = __builtin_bswap32(row[x]) >> 8;
}

}  // namespace

Status decode_png(ByteSpan file, const image::MutableFrameView& target) {
  const std::unique_ptr<spng_ctx, decltype(&spng_ctx_free)> png(spng_ctx_new(0), spng_ctx_free);
  ORIEL_CHECK(png != nullptr);
  spng_set_chunk_limits(png.get(), kChunkBytesMax, kKeptBytesMax);
  spng_set_png_buffer(png.get(), file.data(), file.size());
  spng_ihdr header{};
  if (const int error = spng_get_ihdr(png.get(), &header)) return invalid(error);
  if (header.width != static_cast<std::uint32_t>(target.width) ||
      header.height != static_cast<std::uint32_t>(target.height))
    return fail(ErrorCode::kInvalid,
                fmt::format("PNG: {}x{} pixels in a rectangle of {}x{}", header.width,
                            header.height, target.width, target.height));
  if (const int error =
          spng_decode_image(png.get(), nullptr, 0, SPNG_FMT_RGBA8, SPNG_DECODE_PROGRESSIVE))
    return invalid(error);
  // Each row takes its place as RGBA; an interlaced picture comes back to rows later.
  const bool is_interlaced = header.interlace_method != 0;
  for (int error = 0; error != SPNG_EOI;) {
    spng_row_info place{};
    error = spng_get_row_info(png.get(), &place);
    if (error != 0 && error != SPNG_EOI) return invalid(error);
    if (error == SPNG_EOI) break;
    std::uint32_t* row = target.row(static_cast<int>(place.row_num));
    error = spng_decode_row(png.get(), row, std::size_t{4} * target.width);
    if (error != 0 && error != SPNG_EOI) return invalid(error);
    if (!is_interlaced) make_bgrx(row, target.width);
  }
  if (is_interlaced)
    for (int y = 0; y < target.height; ++y) make_bgrx(target.row(y), target.width);
  return {};
}

}  // namespace oriel::codec
