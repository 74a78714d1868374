#include "oriel/core/image/picture_search.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "oriel/base/check.h"

namespace oriel::image {
namespace {

constexpr int kBlockSide = 8;
// Blocks whose sums are compared before pixels are.
constexpr std::size_t kSumsCompared = 16;

std::uint32_t load(const std::uint8_t* bytes) {
  std::uint32_t word;
  std::memcpy(&word, bytes, sizeof word);
  return word & kColourMask;
}

int channels(std::uint32_t pixel) {
  return static_cast<int>((pixel >> 16 & 0xff) + (pixel >> 8 & 0xff) + (pixel & 0xff));
}

int difference_of(std::uint32_t a, std::uint32_t b) {
  const auto channel = [](std::uint32_t pixel, int shift) {
    return static_cast<int>(pixel >> shift & 0xff);
  };
  return std::abs(channel(a, 16) - channel(b, 16)) + std::abs(channel(a, 8) - channel(b, 8)) +
         std::abs(channel(a, 0) - channel(b, 0));
}

// The sum of any rectangle of a picture's part in four reads. Sums wrap around, and those of
// rectangles are right all the same while they are below 2^32: 5 million pixels.
class Sums {
 public:
  Sums(const FrameView& picture, const Rect& where)
      : where_(where), stride_(where.width + 1), sums_(std::size_t(stride_) * (where.height + 1)) {
    for (int y = 0; y < where.height; ++y) {
      const auto* pixel = picture.row(where.y + y) + std::ptrdiff_t{4} * where.x;
      std::uint32_t row = 0;
      for (int x = 0; x < where.width; ++x, pixel += 4) {
        row += static_cast<std::uint32_t>(pixel[0] + pixel[1] + pixel[2]);
        at(x + 1, y + 1) = at(x + 1, y) + row;
      }
    }
  }

  // `rect` from the corner of the part.
  std::uint32_t of(const Rect& rect) const {
    return at(rect.right(), rect.bottom()) - at(rect.x, rect.bottom()) - at(rect.right(), rect.y) +
           at(rect.x, rect.y);
  }
  std::uint32_t mean() const {
    return of(Rect::of(where_.size())) /
           static_cast<std::uint32_t>(std::max<std::int64_t>(where_.area(), 1));
  }

 private:
  std::uint32_t& at(int x, int y) { return sums_[std::size_t(y) * stride_ + x]; }
  std::uint32_t at(int x, int y) const { return sums_[std::size_t(y) * stride_ + x]; }

  Rect where_;
  int stride_;
  std::vector<std::uint32_t> sums_;
};

// The blocks that tell most first: opaque ones, far from what the picture looks like on average.
std::vector<const Needle::Block*> by_distinction(const Needle& needle, std::uint32_t mean) {
  std::vector<const Needle::Block*> blocks;
  for (const auto& block : needle.blocks()) blocks.push_back(&block);
  const auto distinction = [mean](const Needle::Block* block) {
    if (!block->is_opaque) return -1.0;
    return std::abs(block->sum / static_cast<double>(block->rect.area()) - mean);
  };
  std::ranges::stable_sort(blocks, std::greater{}, distinction);
  return blocks;
}

Rect moved(const Rect& rect, int dx, int dy) {
  return {rect.x + dx, rect.y + dy, rect.width, rect.height};
}

// How different a place is at least, by the sums of its blocks; more than `limit` when it is.
double least_difference(const Sums& sums, const std::vector<const Needle::Block*>& blocks, int x,
                        int y, double limit) {
  double worst = 0;
  const auto count = std::min(blocks.size(), kSumsCompared);
  for (std::size_t i = 0; i < count && worst <= limit; ++i) {
    const auto& block = *blocks[i];
    if (!block.is_opaque) break;
    const auto sum = sums.of(moved(block.rect, x, y));
    const auto apart = sum > block.sum ? sum - block.sum : block.sum - sum;
    worst = std::max(worst, apart / (3.0 * static_cast<double>(block.rect.area())));
  }
  return worst;
}

// Of the worst block; more than `limit` when it is.
double difference_at(const FrameView& place, const Needle& needle,
                     const std::vector<const Needle::Block*>& blocks, double limit) {
  double worst = 0;
  for (const auto* block : blocks) {
    worst = std::max(worst, needle.difference(*block, place));
    if (worst > limit) break;
  }
  return worst;
}

// A block and how far from its sum another may be for all we know: what nearly every place fails.
struct SumBound {
  Rect rect;
  std::uint32_t sum = 0;
  std::uint32_t apart_max = 0;
};

std::vector<SumBound> bounds_of(const std::vector<const Needle::Block*>& blocks, double fuzz) {
  std::vector<SumBound> bounds;
  for (const auto* block : blocks) {
    if (bounds.size() == kSumsCompared || !block->is_opaque) break;
    const auto apart =
        static_cast<std::uint32_t>(fuzz * 3 * static_cast<double>(block->rect.area()));
    bounds.push_back({block->rect, block->sum, apart});
  }
  return bounds;
}

bool can_be_at(const Sums& sums, const std::vector<SumBound>& bounds, int x, int y) {
  for (const auto& bound : bounds) {
    const auto sum = sums.of(moved(bound.rect, x, y));
    if ((sum > bound.sum ? sum - bound.sum : bound.sum - sum) > bound.apart_max) return false;
  }
  return true;
}

bool fits(const FrameView& picture, const Rect& where, Size size) {
  ORIEL_CHECK(Rect::of(picture.size()).contains(where));
  return size.width <= where.width && size.height <= where.height;
}

}  // namespace

Needle::Needle(const RgbaImage& picture) : pixels_(picture.size) {
  ORIEL_CHECK(picture.size.width >= 1 && picture.size.height >= 1);
  const auto count = static_cast<std::size_t>(picture.size.area());
  ORIEL_CHECK(picture.pixels.size() == 4 * count);
  std::vector<bool> is_any(count);
  auto* pixels = pixels_.mutable_view().data;
  for (std::size_t i = 0; i < count; ++i) {
    const auto* from = picture.pixels.data() + 4 * i;
    pixels[i] = std::uint32_t{from[0]} << 16 | std::uint32_t{from[1]} << 8 | from[2];
    is_any[i] = from[3] < 128;
  }
  if (std::ranges::find(is_any, true) != is_any.end()) is_any_ = std::move(is_any);
  cut_into_blocks();
}

Needle::Needle(const FrameView& picture) : pixels_(picture.size()) {
  ORIEL_CHECK(picture.width >= 1 && picture.height >= 1);
  for (int y = 0; y < picture.height; ++y)
    for (int x = 0; x < picture.width; ++x)
      pixels_.at(x, y) = load(picture.row(y) + std::ptrdiff_t{4} * x);
  cut_into_blocks();
}

void Needle::cut_into_blocks() {
  const auto [width, height] = size();
  const int columns = std::max(1, (width + kBlockSide / 2) / kBlockSide);
  const int rows = std::max(1, (height + kBlockSide / 2) / kBlockSide);
  for (int row = 0; row < rows; ++row)
    for (int column = 0; column < columns; ++column) {
      Block block{Rect::between(width * column / columns, height * row / rows,
                                width * (column + 1) / columns, height * (row + 1) / rows)};
      for (int y = block.rect.y; y < block.rect.bottom(); ++y)
        for (int x = block.rect.x; x < block.rect.right(); ++x) {
          block.sum += static_cast<std::uint32_t>(channels(pixels_.at(x, y)));
          if (!is_any_.empty() && is_any_[std::size_t(y) * width + x]) block.is_opaque = false;
        }
      blocks_.push_back(block);
    }
}

double Needle::difference(const Block& block, const FrameView& picture) const {
  std::int64_t sum = 0;
  for (int y = block.rect.y; y < block.rect.bottom(); ++y)
    for (int x = block.rect.x; x < block.rect.right(); ++x)
      if (is_any_.empty() || !is_any_[std::size_t(y) * size().width + x])
        sum += difference_of(pixels_.at(x, y), load(picture.row(y) + std::ptrdiff_t{4} * x));
  return static_cast<double>(sum) / (3.0 * static_cast<double>(block.rect.area()));
}

std::optional<FoundPicture> find_picture(const FrameView& picture, const Rect& where,
                                         const Needle& needle, double fuzz) {
  const auto size = needle.size();
  if (!fits(picture, where, size)) return std::nullopt;
  const Sums sums(picture, where);
  const auto blocks = by_distinction(needle, sums.mean());
  const auto bounds = bounds_of(blocks, fuzz);
  for (int y = 0; y + size.height <= where.height; ++y)
    for (int x = 0; x + size.width <= where.width; ++x) {
      if (!can_be_at(sums, bounds, x, y)) continue;
      const Rect place{where.x + x, where.y + y, size.width, size.height};
      const auto difference = difference_at(picture.crop(place), needle, blocks, fuzz);
      if (difference <= fuzz) return FoundPicture{{place.x, place.y}, difference};
    }
  return std::nullopt;
}

std::optional<FoundPicture> nearest_picture(const FrameView& picture, const Rect& where,
                                            const Needle& needle) {
  const auto size = needle.size();
  if (!fits(picture, where, size)) return std::nullopt;
  const Sums sums(picture, where);
  const auto blocks = by_distinction(needle, sums.mean());
  double least = std::numeric_limits<double>::max();
  Point nearest{where.x, where.y};
  for (int y = 0; y + size.height <= where.height; ++y)
    for (int x = 0; x + size.width <= where.width; ++x)
      if (const auto difference = least_difference(sums, blocks, x, y, least); difference < least) {
        least = difference;
        nearest = {where.x + x, where.y + y};
      }
  const Rect place{nearest.x, nearest.y, size.width, size.height};
  return FoundPicture{nearest, difference_at(picture.crop(place), needle, blocks, 255)};
}

}  // namespace oriel::image
