#pragma once
// What ours is compared with: a straightforward ZRLE encoder, pixel by pixel, on one persistent
// zlib stream of level 1, as TigerVNC has one per viewer.

#include <memory>

#include "oriel/base/bytes.h"
#include "oriel/core/image/frame_view.h"

namespace oriel::bench {

// One zlib stream of level 1 that lives as long as a viewer.
class ZlibStream {
 public:
  ZlibStream();
  ~ZlibStream();
  ZlibStream(const ZlibStream&) = delete;
  ZlibStream& operator=(const ZlibStream&) = delete;

  // Appends `input`, compressed and flushed to a byte boundary, to `out`.
  void compress(ByteSpan input, Bytes& out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class ZlibZrleEncoder {
 public:
  // Appends the zlib data of `pixels` as BGRX with CPIXELs of 3 bytes.
  void encode(const image::FrameView& pixels, Bytes& out);

 private:
  ZlibStream zlib_;
  Bytes tiles_;
};

}  // namespace oriel::bench
