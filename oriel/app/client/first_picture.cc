#include "oriel/app/client/first_picture.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace oriel::client {

namespace {

constexpr int kWordBits = 64;

// The bits [from, to) of a word.
std::uint64_t bits_of(int from, int to) {
  const auto below = [](int count) {
    return count >= kWordBits ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
  };
  return below(to) & ~below(from);
}

}  // namespace

FirstPicture::FirstPicture(image::Size size)
    : size_(size),
      row_words_(static_cast<std::size_t>((size.width + kWordBits - 1) / kWordBits)),
      missing_bits_(row_words_ * static_cast<std::size_t>(size.height)),
      missing_(size.area()) {
  for (std::size_t i = 0; i < missing_bits_.size(); ++i) {
    const int left = static_cast<int>(i % row_words_) * kWordBits;
    missing_bits_[i] = bits_of(0, std::min(kWordBits, size.width - left));
  }
}

void FirstPicture::add(std::span<const image::Rect> rects) {
  for (const auto& rect : rects) {
    if (is_complete()) return;
    const auto inside = rect.intersected(image::Rect::of(size_));
    for (int y = inside.y; y < inside.bottom(); ++y) {
      auto* row = missing_bits_.data() + row_words_ * static_cast<std::size_t>(y);
      for (int x = inside.x; x < inside.right(); x = (x / kWordBits + 1) * kWordBits) {
        auto& word = row[x / kWordBits];
        const int left = x / kWordBits * kWordBits;
        const auto come = word & bits_of(x - left, std::min(kWordBits, inside.right() - left));
        missing_ -= std::popcount(come);
        word &= ~come;
      }
    }
  }
}

bool is_uniform(const image::FrameView& pixels) {
  if (pixels.width < 1 || pixels.height < 1) return true;
  const auto* first = pixels.row(0);
  const auto row_bytes = std::size_t{4} * pixels.width;
  // The row is equal to itself moved by one pixel, and each other row to the first.
  if (std::memcmp(first, first + 4, row_bytes - 4) != 0) return false;
  for (int y = 1; y < pixels.height; ++y)
    if (std::memcmp(first, pixels.row(y), row_bytes) != 0) return false;
  return true;
}

}  // namespace oriel::client
