#include "oriel/app/agent/text_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <string>
#include <vector>

#include "oriel/base/check.h"

namespace oriel::agent {
namespace {

constexpr int kScaleMax = 3;
constexpr std::int64_t kPixelsMax = 20'000'000;

// Lanczos' kernel of three lobes reaches three pixels to each side.
constexpr int kLobes = 3, kTaps = 2 * kLobes;
constexpr int kOne = 1 << 14;  // a weight of 1

// The weights of the pixels around for one of the places within a pixel; their sum is kOne.
using Taps = std::array<int, kTaps>;

double lanczos(double x) {
  if (std::abs(x) < 1e-9) return 1;
  if (std::abs(x) >= kLobes) return 0;
  const double turn = std::numbers::pi * x;
  return kLobes * std::sin(turn) * std::sin(turn / kLobes) / (turn * turn);
}

// A row or column `scale` times as long: where each of its values comes from.
struct Enlarging {
  explicit Enlarging(int times) : scale(times), taps(static_cast<std::size_t>(times)) {
    for (int phase = 0; phase < scale; ++phase) {
      // In pixels of the source, the middle of the one that the phase is in being 0.
      const double place = (phase + 0.5) / scale - 0.5;
      first.push_back(static_cast<int>(std::floor(place)) - kLobes + 1);
      const double at = place - first.back();
      double sum = 0;
      std::array<double, kTaps> weights{};
      for (int i = 0; i < kTaps; ++i) sum += weights[i] = lanczos(at - i);
      auto& rounded = taps[static_cast<std::size_t>(phase)];
      int rest = kOne;
      for (int i = 0; i < kTaps; ++i)
        rest -= rounded[i] = static_cast<int>(std::lround(weights[i] / sum * kOne));
      rounded[kLobes - 1] += rest;
    }
  }

  // Of the kTaps pixels of the source that value `index` of the longer one is made of; before 0 and
  // beyond the end are its first and last.
  int begin(int index) const {
    return index / scale + first[static_cast<std::size_t>(index % scale)];
  }
  std::uint8_t value(int index, const std::array<int, kTaps>& pixels) const {
    const auto& weights = taps[static_cast<std::size_t>(index % scale)];
    int sum = kOne / 2;
    for (int i = 0; i < kTaps; ++i) sum += weights[i] * pixels[i];
    return static_cast<std::uint8_t>(std::clamp(sum / kOne, 0, 255));
  }

  int scale;
  std::vector<Taps> taps;
  std::vector<int> first;  // the pixel of the first tap, counted from the one that the phase is in
};

// As bright as the eye sees it (ITU-R BT.601).
std::uint8_t grey_of(const std::uint8_t* bgrx) {
  return static_cast<std::uint8_t>((29 * bgrx[0] + 150 * bgrx[1] + 77 * bgrx[2] + 128) >> 8);
}

// Grey to grey, such that the darkest of the picture gets black and the brightest white; flat
// pictures stay as they are.
std::array<std::uint8_t, 256> stretched_greys(const image::FrameView& picture) {
  int darkest = 255, brightest = 0;
  for (int y = 0; y < picture.height; ++y)
    for (int x = 0; x < picture.width; ++x) {
      const int grey = grey_of(picture.row(y) + std::ptrdiff_t{4} * x);
      darkest = std::min(darkest, grey);
      brightest = std::max(brightest, grey);
    }
  if (darkest == brightest) darkest = 0, brightest = 255;
  const int range = brightest - darkest;
  std::array<std::uint8_t, 256> greys{};
  for (int grey = darkest; grey <= brightest; ++grey)
    greys[static_cast<std::size_t>(grey)] =
        static_cast<std::uint8_t>((255 * (grey - darkest) + range / 2) / range);
  return greys;
}

// The rows of the picture in grey, each as wide as the result.
std::vector<Bytes> wide_rows(const image::FrameView& picture, const Enlarging& enlarging) {
  const auto greys = stretched_greys(picture);
  std::vector<Bytes> rows;
  // The row with its ends repeated.
  Bytes grey(static_cast<std::size_t>(picture.width + 2 * kTaps));
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < static_cast<int>(grey.size()); ++x)
      grey[x] = greys[grey_of(picture.row(y) +
                              std::ptrdiff_t{4} * std::clamp(x - kTaps, 0, picture.width - 1))];
    Bytes row(static_cast<std::size_t>(picture.width * enlarging.scale));
    for (int x = 0; x < static_cast<int>(row.size()); ++x) {
      const auto* from = grey.data() + enlarging.begin(x) + kTaps;
      row[x] = enlarging.value(x, {from[0], from[1], from[2], from[3], from[4], from[5]});
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

int text_scale(image::Size size) {
  int scale = kScaleMax;
  while (scale > 1 && size.area() * scale * scale > kPixelsMax) --scale;
  return scale;
}

Bytes text_picture(const image::FrameView& picture, int scale) {
  ORIEL_CHECK(picture.width > 0 && picture.height > 0 && scale >= 1);
  const Enlarging enlarging(scale);
  const auto rows = wide_rows(picture, enlarging);
  const int width = picture.width * scale, height = picture.height * scale;
  const auto head = fmt::format("P5\n{} {}\n255\n", width, height);
  Bytes file(head.begin(), head.end());
  file.reserve(head.size() + static_cast<std::size_t>(width) * height);
  for (int y = 0; y < height; ++y) {
    std::array<const std::uint8_t*, kTaps> from{};
    for (int i = 0; i < kTaps; ++i)
      from[i] = rows[std::clamp(enlarging.begin(y) + i, 0, picture.height - 1)].data();
    for (int x = 0; x < width; ++x)
      file.push_back(enlarging.value(
          y, {from[0][x], from[1][x], from[2][x], from[3][x], from[4][x], from[5][x]}));
  }
  return file;
}

}  // namespace oriel::agent
