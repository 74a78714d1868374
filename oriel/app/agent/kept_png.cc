#include "oriel/app/agent/kept_png.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>

#include "oriel/base/check.h"
#include "oriel/core/screen/cell_grid.h"

namespace oriel::agent {
namespace {

// As high as the cells of a screen, by which it knows what has changed.
constexpr int kBandRows = screen::kCellSize;
// A thread costs some 50 us; these pixels take 2 ms.
constexpr std::int64_t kSharedPixelsMin = 512 * 1024;
constexpr unsigned kThreadsMax = 4;

int bands_of(int height) { return (height + kBandRows - 1) / kBandRows; }

int threads_for(std::int64_t pixels) {
  if (pixels < kSharedPixelsMin) return 1;
  return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, kThreadsMax));
}

}  // namespace

BandContents band_contents(const screen::Screen& screen) {
  BandContents contents;
  for (int y = 0; y < screen.size().height; y += kBandRows)
    contents.push_back(
        screen.content_generation(image::Rect{0, y, screen.size().width, kBandRows}.intersected(
            image::Rect::of(screen.size()))));
  return contents;
}

Bytes KeptPng::encode(const image::FrameView& frame, std::span<const screen::Generation> contents) {
  const auto count = static_cast<std::size_t>(bands_of(frame.height));
  ORIEL_CHECK(contents.empty() || contents.size() == count);
  const std::lock_guard lock(mutex_);
  if (frame.size() != size_) {
    size_ = frame.size();
    bands_.assign(count, {});
    contents_.assign(count, std::nullopt);
  }
  std::vector<int> changed;
  for (std::size_t i = 0; i < count; ++i) {
    if (!contents.empty() && contents_[i] == contents[i]) continue;
    contents_[i].reset();
    changed.push_back(static_cast<int>(i));
  }
  compress(frame, changed);
  contents_.assign(contents.begin(), contents.end());
  contents_.resize(count);
  return codec::join_png(size_, bands_);
}

void KeptPng::compress(const image::FrameView& frame, std::span<const int> which) {
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    codec::PngEncoder encoder;
    for (auto at = next++; at < which.size(); at = next++) {
      const int top = which[at] * kBandRows;
      bands_[static_cast<std::size_t>(which[at])] =
          encoder.encode_rows(frame, top, std::min(top + kBandRows, frame.height));
    }
  };
  const auto pixels = static_cast<std::int64_t>(which.size()) * kBandRows * frame.width;
  std::vector<std::future<void>> helpers;
  for (int i = 1; i < threads_for(pixels); ++i)
    helpers.push_back(std::async(std::launch::async, work));
  work();
  for (auto& helper : helpers) helper.get();
  compressed_ += which.size();
}

}  // namespace oriel::agent
