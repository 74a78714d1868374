#pragma once
// Finds where a JPEG ends that comes without a length (ISO 10918-1, annex B), without decoding it.

#include <cstddef>

#include "oriel/base/bytes.h"
#include "oriel/base/result.h"
#include "oriel/base/session.h"

namespace oriel::codec {

// One strand owns it; looks at each byte once, however small the pieces are.
class JpegEnd {
 public:
  // `bytes` begin with the JPEG: those of the call before, and more. Consumed is its size, once its
  // end is there; then the next JPEG may come. kInvalid where there is no marker that can be.
  Result<Need> find(ByteSpan bytes);

 private:
  // The segment or single marker at position_, of which two bytes are there.
  Status pass_marker(ByteSpan bytes);
  // To the marker that ends the data of a scan, or as far as can be told.
  void pass_scan_data(ByteSpan bytes);

  std::size_t position_ = 0;
  std::size_t wanted_ = 0;
  bool is_in_scan_ = false;
  bool has_ended_ = false;
};

}  // namespace oriel::codec
