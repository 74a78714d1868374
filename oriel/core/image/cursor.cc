#include "oriel/core/image/cursor.h"

#include <algorithm>
#include <array>
#include <utility>

#include "oriel/base/check.h"

namespace oriel::image {
namespace {

// Rounds of moving the two colours to the middle of what is nearest to them: on cursors of X themes
// nothing changes after the fourth.
constexpr int kRounds = 4;

std::uint32_t alpha_of(std::uint32_t pixel) { return pixel >> 24; }

template <typename Map>
std::uint32_t map_channels(std::uint32_t pixel, Map map) {
  return (pixel & 0xff000000) | map(pixel >> 16 & 0xff) << 16 | map(pixel >> 8 & 0xff) << 8 |
         map(pixel & 0xff);
}

int distance(std::uint32_t a, std::uint32_t b) {
  int sum = 0;
  for (const int shift : {16, 8, 0}) {
    const int difference =
        static_cast<int>(a >> shift & 0xff) - static_cast<int>(b >> shift & 0xff);
    sum += difference * difference;
  }
  return sum;
}

// A premultiplied pixel over an opaque one. No channel is above its alpha, so none overflows.
std::uint32_t over(std::uint32_t pixel, std::uint32_t below) {
  const auto rest = 255 - alpha_of(pixel);
  const auto seen_through =
      map_channels(below, [rest](std::uint32_t channel) { return (channel * rest + 127) / 255; });
  return (pixel & kColourMask) + (seen_through & kColourMask);
}

// Where a range of `length` starts that has `wanted` near its middle and lies in 0..whole.
int cut_start(int wanted, int length, int whole) {
  return std::clamp(wanted - length / 2, 0, whole - length);
}

// The middle of several colours.
class Mean {
 public:
  void add(std::uint32_t pixel) {
    for (std::size_t i = 0; i < sums_.size(); ++i) sums_[i] += pixel >> (8 * i) & 0xff;
    ++count_;
  }
  std::uint32_t colour_or(std::uint32_t other) const {
    if (count_ == 0) return other;
    std::uint32_t colour = 0;
    for (std::size_t i = 0; i < sums_.size(); ++i)
      colour |= static_cast<std::uint32_t>((sums_[i] + count_ / 2) / count_) << (8 * i);
    return colour;
  }

 private:
  std::array<std::uint64_t, 3> sums_{};
  std::uint64_t count_ = 0;
};

}  // namespace

Cursor normalized(Cursor cursor, int side_max) {
  if (cursor.is_empty() ||
      std::ranges::all_of(cursor.pixels, [](std::uint32_t pixel) { return pixel >> 24 == 0; }))
    return {};
  ORIEL_CHECK(cursor.pixels.size() == static_cast<std::size_t>(cursor.size.area()));
  for (auto& pixel : cursor.pixels)
    pixel = map_channels(pixel, [alpha = alpha_of(pixel)](std::uint32_t channel) {
      return std::min(channel, alpha);
    });
  const Point hotspot{std::clamp(cursor.hotspot.x, 0, cursor.size.width - 1),
                      std::clamp(cursor.hotspot.y, 0, cursor.size.height - 1)};
  const Size size{std::min(cursor.size.width, side_max), std::min(cursor.size.height, side_max)};
  const Point from{cut_start(hotspot.x, size.width, cursor.size.width),
                   cut_start(hotspot.y, size.height, cursor.size.height)};
  if (size != cursor.size) {
    std::vector<std::uint32_t> kept;
    for (int y = 0; y < size.height; ++y) {
      const auto row =
          cursor.pixels.begin() + (std::ptrdiff_t{from.y} + y) * cursor.size.width + from.x;
      kept.insert(kept.end(), row, row + size.width);
    }
    cursor.pixels = std::move(kept);
  }
  return {size, {hotspot.x - from.x, hotspot.y - from.y}, std::move(cursor.pixels)};
}

std::uint32_t straight_alpha(std::uint32_t premultiplied) {
  const auto alpha = alpha_of(premultiplied);
  if (alpha == 0) return 0;
  return map_channels(premultiplied, [alpha](std::uint32_t channel) {
    return std::min<std::uint32_t>((channel * 255 + alpha / 2) / alpha, 255);
  });
}

std::uint32_t premultiplied_alpha(std::uint32_t straight) {
  const auto alpha = alpha_of(straight);
  return map_channels(straight,
                      [alpha](std::uint32_t channel) { return (channel * alpha + 127) / 255; });
}

void draw(const Cursor& cursor, Point origin, MutableFrameView frame) {
  const Rect place{origin.x, origin.y, cursor.size.width, cursor.size.height};
  const auto seen = place.intersected(Rect::of(frame.size()));
  for (int y = seen.y; y < seen.bottom(); ++y) {
    const auto* from = cursor.pixels.data() + std::ptrdiff_t{y - origin.y} * cursor.size.width;
    auto* row = frame.row(y);
    for (int x = seen.x; x < seen.right(); ++x) row[x] = over(from[x - origin.x], row[x]);
  }
}

MaskedCursor masked(const Cursor& cursor) {
  std::uint32_t most = 0;
  for (const auto pixel : cursor.pixels) most = std::max(most, alpha_of(pixel));
  MaskedCursor masked;
  masked.pixels.reserve(cursor.pixels.size());
  masked.is_there.reserve(cursor.pixels.size());
  for (const auto pixel : cursor.pixels) {
    const bool is_there = alpha_of(pixel) != 0 && 2 * alpha_of(pixel) >= most;
    masked.is_there.push_back(is_there);
    masked.pixels.push_back(is_there ? straight_alpha(pixel) & 0xffffff : 0);
  }
  return masked;
}

// Begins with some colour and the one that is farthest from it, so that two colours stay as they
// are.
TwoColourCursor two_coloured(const MaskedCursor& cursor) {
  TwoColourCursor result;
  const auto first = std::ranges::find(cursor.is_there, true);
  if (first == cursor.is_there.end()) {
    result.is_primary.assign(cursor.pixels.size(), false);
    return result;
  }
  result.primary = cursor.pixels[static_cast<std::size_t>(first - cursor.is_there.begin())];
  result.secondary = result.primary;
  for (std::size_t i = 0; i < cursor.pixels.size(); ++i)
    if (cursor.is_there[i] &&
        distance(cursor.pixels[i], result.primary) > distance(result.secondary, result.primary))
      result.secondary = cursor.pixels[i];
  for (int round = 0; round <= kRounds; ++round) {
    Mean primary, secondary;
    result.is_primary.clear();
    for (std::size_t i = 0; i < cursor.pixels.size(); ++i) {
      const auto pixel = cursor.pixels[i];
      const bool is_primary = distance(pixel, result.primary) <= distance(pixel, result.secondary);
      result.is_primary.push_back(is_primary);
      if (cursor.is_there[i]) (is_primary ? primary : secondary).add(pixel);
    }
    if (round == kRounds) break;  // the bits belong to the colours
    result.primary = primary.colour_or(result.primary);
    result.secondary = secondary.colour_or(result.secondary);
  }
  return result;
}

}  // namespace oriel::image
