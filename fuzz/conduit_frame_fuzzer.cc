// Frames one behind the other, as a connection reads them: headers, payloads, inflated ones. What
// is read can be made into a frame, with and without compression, and read again.
//
//   input := frames; the last may be cut short

#include <cstddef>
#include <cstdint>

#include "fuzz/fuzzer.h"
#include "oriel/base/check.h"
#include "oriel/core/conduit/frame.h"
#include "oriel/core/conduit/message_pack.h"

namespace {

using namespace oriel;
using namespace oriel::conduit;

constexpr std::size_t kPayloadBytesMax = 1 << 20;

void expect_round_trip(const FrameHeader& header, const Value& value, Compression compression) {
  const auto frame = make_frame(header.type, value,
                                {.compression = compression,
                                 .timestamp_ms = header.timestamp_ms,
                                 .correlation = header.correlation});
  const auto again = parse_frame_header(frame, frame.size() - kHeaderBytes);
  ORIEL_CHECK(again && again->type == header.type && again->correlation == header.correlation);
  ORIEL_CHECK(again->payload_bytes == frame.size() - kHeaderBytes);
  const auto read =
      read_payload(*again, ByteSpan(frame).subspan(kHeaderBytes), kWirePayloadBytesMax);
  ORIEL_CHECK(read && pack(*read) == pack(value));
}

}  // namespace

ORIEL_FUZZER(conduit_frame, data, size) {
  ByteSpan bytes(data, size);
  while (bytes.size() >= kHeaderBytes) {
    const auto header = parse_frame_header(bytes, kPayloadBytesMax);
    if (!header) return 0;
    bytes = bytes.subspan(kHeaderBytes);
    if (bytes.size() < header->payload_bytes) return 0;
    const auto value = read_payload(*header, bytes.first(header->payload_bytes), kPayloadBytesMax);
    bytes = bytes.subspan(header->payload_bytes);
    if (!value) continue;
    expect_round_trip(*header, *value, Compression::kNone);
    expect_round_trip(*header, *value, Compression::kWhenSmaller);
  }
  return 0;
}
