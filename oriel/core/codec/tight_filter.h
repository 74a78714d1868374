#pragma once
// The filters of Tight's basic compression (tight_format.h): from what a zlib stream gives to
// pixels.

#include <array>
#include <cstdint>

#include "oriel/base/bytes.h"
#include "oriel/base/result.h"
#include "oriel/base/session.h"
#include "oriel/core/codec/tight_format.h"
#include "oriel/core/codec/tight_gradient.h"
#include "oriel/core/codec/tight_pixels.h"
#include "oriel/core/image/frame_view.h"

namespace oriel::codec {

// One strand owns it.
class TightFilter {
 public:
  // Reads the front of a basic body, its control byte included, up to its data; takes it all, or
  // nothing, and then says how many bytes are wanted at least. The rectangle is `width` wide.
  Result<Need> begin(ByteSpan body, const TightPixels& pixels, int width);

  // Of one row of data.
  std::size_t row_bytes() const { return row_bytes_; }

  // The next rows of the rectangle, all of `target`, from the data at `from`, which may be changed.
  Status restore_rows(std::uint8_t* from, const TightPixels& pixels,
                      const image::MutableFrameView& target);

 private:
  Result<Need> begin_palette(ByteSpan body, const TightPixels& pixels, int width);
  Status restore_indexes(const std::uint8_t* from, const image::MutableFrameView& target) const;

  int filter_ = tight::kCopyFilter;
  std::size_t row_bytes_ = 0;
  TightGradient gradient_;
  std::size_t colours_ = 0;
  std::array<std::uint32_t, tight::kPaletteMax> palette_{};
};

}  // namespace oriel::codec
