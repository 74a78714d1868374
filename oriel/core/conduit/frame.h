#pragma once
// The frames of the conduit, as the real netconduit programs send them:
//
//   0  "CNDT"   4  version 0x0100   6  type   8  flags   10  reserved
//   12 payload length (u32)   16 correlation id (u64)   24 Unix time in ms (u64)   32 payload
//
// Big-endian throughout. A payload is empty (null) or one MessagePack value, deflated in a zlib
// container when the flag says so.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "oriel/base/bytes.h"
#include "oriel/base/result.h"
#include "oriel/core/conduit/limits.h"
#include "oriel/core/conduit/value.h"

namespace oriel::conduit {

enum class FrameType : std::uint16_t {
  kMessage = 1,
  kRpcRequest = 2,
  kRpcResponse = 3,
  kRpcError = 4,
  kPing = 5,
  kPong = 6,
  kAuthRequest = 7,
  kAuthSuccess = 8,
  kAuthFailure = 9,
  kPause = 0xA,
  kResume = 0xB,
  kAck = 0xC,
  kNack = 0xD,
  kClose = 0xE,
  kCloseAck = 0xF,
  kRpcList = 0x10,
};

// "AUTH_REQUEST"; empty for a number that is none.
std::string_view frame_type_name(FrameType type);

inline constexpr std::uint16_t kFlagCompressed = 1;

struct FrameHeader {
  FrameType type = FrameType::kMessage;
  std::uint16_t flags = 0;
  std::uint32_t payload_bytes = 0;
  std::uint64_t correlation = 0;
  std::uint64_t timestamp_ms = 0;

  bool is_compressed() const { return (flags & kFlagCompressed) != 0; }
  friend bool operator==(const FrameHeader&, const FrameHeader&) = default;
};

// bytes: kHeaderBytes at least. Errors: kInvalid (magic), kUnsupported (version, type), kTooLarge.
// Each says what was got and what is allowed.
Result<FrameHeader> parse_frame_header(ByteSpan bytes, std::size_t payload_bytes_max);
// Appends kHeaderBytes.
void write_frame_header(const FrameHeader& header, Bytes& out);

enum class Compression { kNone, kWhenSmaller };

// What varies between the frames that a program makes.
struct FrameOptions {
  Compression compression = Compression::kNone;
  std::uint64_t timestamp_ms = 0;
  std::uint64_t correlation = 0;
};

// A whole frame around a payload that is MessagePack already (empty: none). Compressed when asked,
// longer than kCompressAboveBytes, and smaller so; not when it has more values then than are taken.
// The caller sees to the length that the peer takes; a payload of 4 GiB and more is a bug.
Bytes make_frame(FrameType type, ByteSpan payload, const FrameOptions& options);
inline Bytes make_frame(FrameType type, const Bytes& payload, const FrameOptions& options) {
  return make_frame(type, ByteSpan(payload), options);
}
// The header of one that is not compressed.
Bytes make_frame_header(FrameType type, std::size_t payload_bytes, const FrameOptions& options);
// Around a value; null makes an empty payload.
Bytes make_frame(FrameType type, const Value& payload, const FrameOptions& options);

// Around what stands behind the first kHeaderBytes of `frame`, which become the header: a payload
// that was packed there is not copied.
Bytes make_frame_in_place(FrameType type, Bytes frame, const FrameOptions& options);

// The payload's value; null when it is empty. Inflates to at most `bytes_max`, taking memory only
// as bytes come out, and then of at most compressed_values_max(). Errors: kInvalid (not zlib, not
// MessagePack, more behind it), kTooLarge.
Result<Value> read_payload(const FrameHeader& header, ByteSpan payload, std::size_t bytes_max);

}  // namespace oriel::conduit
