#pragma once
// Pictures of a desktop that an agent takes, and how it takes and keeps them. Plain values.

#include <optional>

#include "oriel/app/agent/coordinate_scale.h"
#include "oriel/app/agent/limits.h"
#include "oriel/app/agent/mark.h"
#include "oriel/app/agent/picture_file.h"
#include "oriel/base/bytes.h"
#include "oriel/core/image/frame.h"

namespace oriel::agent {

struct CaptureOptions {
  std::optional<image::Rect> region = {};  // the whole screen
  double scale = 1;                        // more than 0, at most 1
  int long_edge_px = 0;                    // the picture's at most; 0: as it comes
  bool has_cursor = false;                 // painted into it
  // Waits until all that was drawn before the call has come; else what is known now.
  bool is_current = true;
  milliseconds timeout = kCatchUpTimeout;
  milliseconds delay{};  // before it
};

struct Picture {
  image::Frame frame;
  image::Rect region;  // of the screen
  Mark mark;           // when it looked like this
  // Between places in `frame` and in `region`, both from their corners.
  CoordinateScale scale{image::Size{1, 1}};
};

struct PictureInFile {
  Picture picture;
  Bytes file;
};

struct SaveOptions {
  std::optional<PictureFormat> format = {};  // by the end of the path
  int quality = kPictureQuality;
};

}  // namespace oriel::agent
