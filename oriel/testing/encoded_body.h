#pragma once
// What an RFB session makes of an encoder's payload: the body of a rectangle, in one piece. The
// session itself never copies a payload; tests, fuzzers and benchmarks may.

#include "oriel/base/bytes.h"
#include "oriel/core/codec/encoder.h"

namespace oriel::testing {

// The rectangles of one viewer. One per connection that is acted out.
class EncodedBody {
 public:
  explicit EncodedBody(codec::Framing framing) : framing_(framing) {}

  // The body for the next rectangle; it has the zlib header when it is the first that needs one.
  Bytes wrap(ByteSpan payload);

 private:
  codec::Framing framing_;
  bool is_header_sent_ = false;
};

}  // namespace oriel::testing
