#pragma once
// Acts a server that sends Tight and TightPNG, in any way that the protocol allows. Slow and plain.

#include <zlib.h>

#include <array>
#include <optional>

#include "oriel/base/bytes.h"
#include "oriel/core/image/frame.h"
#include "oriel/core/image/pixel_convert.h"

namespace oriel::testing {

// The rectangles of one connection, each a body; they go through its streams in this order.
class TightWriter {
 public:
  // `level` and `window_bits` of zlib; level 0 leaves the bytes as they are.
  explicit TightWriter(const image::PixelFormat& format, int level = 6, int window_bits = 15);
  ~TightWriter();
  TightWriter(const TightWriter&) = delete;
  TightWriter& operator=(const TightWriter&) = delete;

  // The next body says that these streams (bit 0: stream 0) begin anew.
  void begin_anew(int streams);

  Bytes fill(std::uint32_t bgrx);
  Bytes copy(const image::Frame& picture, int stream);
  // The same, with the filter named.
  Bytes named_copy(const image::Frame& picture, int stream);
  // Nothing when the picture has one colour, or more than 256, in this format.
  std::optional<Bytes> palette(const image::Frame& picture, int stream);
  // For true colours of 16 or 32 bits.
  Bytes gradient(const image::Frame& picture, int stream);
  Bytes jpeg(ByteSpan file);
  Bytes png(ByteSpan file);

 private:
  int control(int method);
  void append_pixel(std::uint32_t bgrx, Bytes& out) const;
  void append_data(const Bytes& plain, int stream, Bytes& out);

  image::PixelConverter converter_;
  bool is_rgb_;
  int anew_ = 0;
  std::array<z_stream, 4> streams_{};
};

}  // namespace oriel::testing
