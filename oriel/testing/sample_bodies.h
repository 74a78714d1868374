#pragma once
// For each row of the encoding table, bodies that a server could send: also of encodings that we
// only read.

#include <vector>

#include "oriel/base/bytes.h"
#include "oriel/core/codec/encoding_table.h"
#include "oriel/core/image/frame.h"
#include "oriel/core/image/pixel_format.h"

namespace oriel::testing {

struct SampleBody {
  Bytes body;
  image::Frame picture;  // what a decoder makes of it on a black frame
};

// Each is the first of a connection. `size` must be within the encoding's.
std::vector<SampleBody> sample_bodies(const codec::Encoding& encoding, image::Size size,
                                      const image::PixelFormat& format);

}  // namespace oriel::testing
