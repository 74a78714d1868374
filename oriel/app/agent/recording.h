#pragma once
// What an agent has recorded of a desktop, and how. Plain values.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "oriel/base/time.h"
#include "oriel/core/image/frame.h"
#include "oriel/core/image/rect.h"

namespace oriel::agent {

// Of different pictures in one recording; it ends there and says so.
inline constexpr std::size_t kVideoBytesMax = std::size_t{1} << 30;
inline constexpr double kVideoRateMax = 240;

struct VideoOptions {
  double frames_per_second = 30;
  std::optional<image::Rect> region = {};  // the whole screen
  std::size_t bytes_max = kVideoBytesMax;
};

struct VideoFrame {
  Duration at{};  // since the beginning
  // The same object as before while nothing has changed.
  std::shared_ptr<const image::Frame> picture;
};

struct Recording {
  std::vector<VideoFrame> frames;
  double frames_per_second = 0;
  Duration duration{};
  std::string ended = {};  // why it ended before it was told to
};

}  // namespace oriel::agent
