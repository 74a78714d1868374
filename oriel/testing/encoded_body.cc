#include "oriel/testing/encoded_body.h"

#include "oriel/base/byte_writer.h"

namespace oriel::testing {

Bytes EncodedBody::wrap(ByteSpan payload) {
  Bytes body;
  ByteWriter writer(body);
  if (framing_ == codec::Framing::kSharedDeflate) {
    writer.u32(static_cast<std::uint32_t>(payload.size() + (is_header_sent_ ? 0 : 2)));
    if (!is_header_sent_) writer.u16(0x7801);
    is_header_sent_ = true;
  }
  writer.bytes(payload);
  return body;
}

}  // namespace oriel::testing
