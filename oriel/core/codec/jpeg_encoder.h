#pragma once
// Pictures of a screen as JPEG files, by libjpeg-turbo. Pure.

#include <memory>

#include "oriel/base/bytes.h"
#include "oriel/core/image/frame_view.h"

namespace oriel::codec {

// One thread at a time.
class JpegEncoder {
 public:
  JpegEncoder();
  ~JpegEncoder();
  JpegEncoder(const JpegEncoder&) = delete;
  JpegEncoder& operator=(const JpegEncoder&) = delete;

  // `quality` from 1 (smallest) to 100 (best); colours are kept at full resolution from 90 on.
  // `frame` is not empty and at most 65500 pixels wide and high.
  Bytes encode(const image::FrameView& frame, int quality);

 private:
  void* handle_;
  Bytes room_;  // for the largest file that there can be; files are much smaller, and kept
};

}  // namespace oriel::codec
