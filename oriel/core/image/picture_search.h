#pragma once
// Finds a small picture in a large one. Pure.

#include <cstdint>
#include <optional>
#include <vector>

#include "oriel/core/image/frame.h"
#include "oriel/core/image/frame_view.h"
#include "oriel/core/image/rgba_image.h"

namespace oriel::image {

// What is looked for. It is compared block by block, of about 8x8 pixels: a place is as different
// as its worst block is on average, so that one wrong letter cannot hide in much background.
// Immutable; any thread.
class Needle {
 public:
  // Not empty. Pixels that are more transparent than not stand for any.
  explicit Needle(const RgbaImage& picture);
  // Pad bytes mean nothing.
  explicit Needle(const FrameView& picture);

  Size size() const { return pixels_.size(); }

  struct Block {
    Rect rect;
    std::uint32_t sum = 0;  // of all channels of its pixels
    bool is_opaque = true;  // else the sum says nothing
  };
  const std::vector<Block>& blocks() const { return blocks_; }

  // The mean difference of the channels of `block` there, 0 to 255. `picture` as large as the
  // needle.
  double difference(const Block& block, const FrameView& picture) const;

 private:
  void cut_into_blocks();

  Frame pixels_;
  std::vector<bool> is_any_;  // of each pixel; empty: none is
  std::vector<Block> blocks_;
};

struct FoundPicture {
  Point at;
  double difference = 0;  // of the worst block, 0 to 255

  friend bool operator==(const FoundPicture&, const FoundPicture&) = default;
};

// The first place (from the top, then from the left) that lies in `where` (inside `picture`) whole
// and is at most `fuzz` different; 0 is exact. Sums of blocks tell nearly all other places apart
// without a look at their pixels.
std::optional<FoundPicture> find_picture(const FrameView& picture, const Rect& where,
                                         const Needle& needle, double fuzz);

// A place that is most similar by the sums of its blocks; nothing when `where` is too small.
std::optional<FoundPicture> nearest_picture(const FrameView& picture, const Rect& where,
                                            const Needle& needle);

}  // namespace oriel::image
