#include "oriel/testing/test_card.h"

#include <algorithm>
#include <array>

#include "oriel/testing/random_picture.h"

namespace oriel::testing {
namespace {

constexpr std::uint32_t kSeed = 5;

image::Frame make_flat_areas(image::Size size) {
  constexpr std::array<std::uint32_t, 7> kColours = {0x204060, 0xe0e0e0, 0xc02020, 0x20c020,
                                                     0x2020c0, 0xffffff, 0x000000};
  constexpr int kWidthPx = 90, kHeightPx = 50;
  image::Frame frame(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      frame.at(x, y) = kColours[(x / kWidthPx + 3 * (y / kHeightPx)) % kColours.size()];
    }
  }
  return frame;
}

void copy(const image::Frame& from, image::Frame& to, image::Point at) {
  for (int y = 0; y < from.size().height; ++y) {
    for (int x = 0; x < from.size().width; ++x) to.at(at.x + x, at.y + y) = from.at(x, y);
  }
}

}  // namespace

image::Frame make_test_card(image::Size size) {
  const int left = (size.width + 1) / 2, top = (size.height + 1) / 2;
  const int right = size.width - left, bottom = size.height - top;
  image::Frame card(size);
  copy(make_picture(PictureKind::kText, {left, top}, kSeed), card, {0, 0});
  copy(make_picture(PictureKind::kGradient, {right, top}, kSeed), card, {left, 0});
  copy(make_flat_areas({left, bottom}), card, {0, top});
  copy(make_picture(PictureKind::kNoise, {right, bottom}, kSeed), card, {left, top});
  return card;
}

}  // namespace oriel::testing
