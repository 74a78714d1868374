#pragma once
// JPEG files from any server into a frame, by libjpeg-turbo.

#include <memory>

#include "oriel/base/bytes.h"
#include "oriel/base/result.h"
#include "oriel/core/image/frame_view.h"

namespace oriel::codec {

// One strand owns it. Keeps the tables of the files that it has decoded: one that brings none is
// decoded with those.
class JpegDecoder {
 public:
  JpegDecoder();
  ~JpegDecoder();
  JpegDecoder(const JpegDecoder&) = delete;
  JpegDecoder& operator=(const JpegDecoder&) = delete;

  // Decodes `file`, which must have the size of `target`; pad bytes become zero. What libjpeg only
  // warns of is taken as it comes. kInvalid for what is no such JPEG; then `target` may be partly
  // written.
  Status decode(ByteSpan file, const image::MutableFrameView& target);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace oriel::codec
