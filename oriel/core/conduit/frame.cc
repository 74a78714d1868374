#include "oriel/core/conduit/frame.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <span>
#include <utility>

#include "oriel/base/byte_reader.h"
#include "oriel/base/check.h"
#include "oriel/core/conduit/message_pack.h"

namespace oriel::conduit {

namespace {

constexpr std::uint32_t kMagic = 0x434E'4454;  // "CNDT"
constexpr std::uint16_t kVersion = 0x0100;
constexpr int kLevel = 6;  // of the real programs

constexpr auto kTypeNames = std::to_array<std::string_view>(
    {"MESSAGE", "RPC_REQUEST", "RPC_RESPONSE", "RPC_ERROR", "HEARTBEAT_PING", "HEARTBEAT_PONG",
     "AUTH_REQUEST", "AUTH_SUCCESS", "AUTH_FAILURE", "PAUSE", "RESUME", "ACK", "NACK", "CLOSE",
     "CLOSE_ACK", "RPC_LIST"});

std::uint64_t u64(ByteReader& reader) {
  const std::uint64_t high = reader.u32();
  return high << 32 | reader.u32();
}

template <typename T>
std::uint8_t* put(std::uint8_t* at, T number) {
  for (int bits = 8 * sizeof(T) - 8; bits >= 0; bits -= 8)
    *at++ = static_cast<std::uint8_t>(number >> bits);
  return at;
}

void put_header(const FrameHeader& header, std::uint8_t* at) {
  at = put(at, kMagic);
  at = put(at, kVersion);
  at = put(at, std::to_underlying(header.type));
  at = put(at, header.flags);
  at = put(at, std::uint16_t{0});
  at = put(at, header.payload_bytes);
  at = put(at, header.correlation);
  put(at, header.timestamp_ms);
}

}  // namespace

std::string_view frame_type_name(FrameType type) {
  const auto row = static_cast<std::size_t>(std::to_underlying(type)) - 1;
  return row < kTypeNames.size() ? kTypeNames[row] : std::string_view();
}

Result<FrameHeader> parse_frame_header(ByteSpan bytes, std::size_t payload_bytes_max) {
  ByteReader reader(bytes);
  if (const auto magic = reader.u32(); magic != kMagic)
    return fail(ErrorCode::kInvalid,
                fmt::format("a frame begins with {:08x}, not with {:08x}", magic, kMagic));
  if (const auto version = reader.u16(); version != kVersion)
    return fail(
        ErrorCode::kUnsupported,
        fmt::format("a frame of version 0x{:04x}, only 0x{:04x} is spoken", version, kVersion));
  FrameHeader header;
  header.type = static_cast<FrameType>(reader.u16());
  if (frame_type_name(header.type).empty())
    return fail(ErrorCode::kUnsupported,
                fmt::format("a frame of type {}, there are 1 to {}",
                            std::to_underlying(header.type), kTypeNames.size()));
  header.flags = reader.u16();
  reader.skip(2);
  header.payload_bytes = reader.u32();
  header.correlation = u64(reader);
  header.timestamp_ms = u64(reader);
  if (header.payload_bytes > payload_bytes_max)
    return fail(ErrorCode::kTooLarge, fmt::format("a payload of {} bytes, at most {} are allowed",
                                                  header.payload_bytes, payload_bytes_max));
  return header;
}

void write_frame_header(const FrameHeader& header, Bytes& out) {
  std::array<std::uint8_t, kHeaderBytes> bytes;
  put_header(header, bytes.data());
  out.insert(out.end(), bytes.begin(), bytes.end());
}

namespace {

// Keeps its 256 KB for the next payload. One thread owns it.
class Deflater {
 public:
  Deflater() { ORIEL_CHECK(deflateInit(&stream_, kLevel) == Z_OK); }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  // How many bytes of `out` were filled; 0 when that is not room enough.
  std::size_t deflate_into(ByteSpan bytes, std::span<std::uint8_t> out) {
    ORIEL_CHECK(deflateReset(&stream_) == Z_OK);
    stream_.next_in = const_cast<Bytef*>(bytes.data());
    stream_.avail_in = static_cast<uInt>(bytes.size());
    stream_.next_out = out.data();
    stream_.avail_out = static_cast<uInt>(out.size());
    return deflate(&stream_, Z_FINISH) == Z_STREAM_END ? out.size() - stream_.avail_out : 0;
  }

 private:
  z_stream stream_{};
};

FrameHeader header_of(FrameType type, std::size_t payload_bytes, const FrameOptions& options) {
  ORIEL_CHECK(payload_bytes <= std::numeric_limits<std::uint32_t>::max());
  return {.type = type,
          .payload_bytes = static_cast<std::uint32_t>(payload_bytes),
          .correlation = options.correlation,
          .timestamp_ms = options.timestamp_ms};
}

// The frame around the deflated payload; empty when it goes as it is.
Bytes make_compressed_frame(FrameType type, ByteSpan payload, const FrameOptions& options) {
  if (options.compression == Compression::kNone || payload.size() <= kCompressAboveBytes) return {};
  thread_local Deflater deflater;
  Bytes frame(kHeaderBytes + payload.size() - 1);
  const auto bytes = deflater.deflate_into(payload, std::span(frame).subspan(kHeaderBytes));
  if (bytes == 0) return {};
  // Who takes it could not tell it from a bomb (read_payload).
  const auto values_max = compressed_values_max(bytes);
  if (payload.size() > values_max && count_packed(payload) > values_max) return {};
  auto header = header_of(type, bytes, options);
  header.flags = kFlagCompressed;
  put_header(header, frame.data());
  frame.resize(kHeaderBytes + bytes);
  frame.shrink_to_fit();  // it may wait in a queue
  return frame;
}

}  // namespace

Bytes make_frame(FrameType type, ByteSpan payload, const FrameOptions& options) {
  if (auto frame = make_compressed_frame(type, payload, options); !frame.empty()) return frame;
  Bytes frame;
  frame.reserve(kHeaderBytes + payload.size());
  write_frame_header(header_of(type, payload.size(), options), frame);
  frame.insert(frame.end(), payload.begin(), payload.end());
  return frame;
}

Bytes make_frame_in_place(FrameType type, Bytes frame, const FrameOptions& options) {
  ORIEL_CHECK(frame.size() >= kHeaderBytes);
  const auto payload = ByteSpan(frame).subspan(kHeaderBytes);
  if (auto smaller = make_compressed_frame(type, payload, options); !smaller.empty())
    return smaller;
  put_header(header_of(type, payload.size(), options), frame.data());
  return frame;
}

Bytes make_frame_header(FrameType type, std::size_t payload_bytes, const FrameOptions& options) {
  Bytes header;
  write_frame_header(header_of(type, payload_bytes, options), header);
  return header;
}

Bytes make_frame(FrameType type, const Value& payload, const FrameOptions& options) {
  if (payload.is_null()) return make_frame(type, ByteSpan(), options);
  return make_frame_in_place(type, pack(payload, kHeaderBytes), options);
}

namespace {

// One inflation, as far as the output may go. One thread owns it.
class Inflater {
 public:
  explicit Inflater(ByteSpan bytes) {
    stream_.next_in = const_cast<Bytef*>(bytes.data());
    stream_.avail_in = static_cast<uInt>(bytes.size());
    ORIEL_CHECK(inflateInit(&stream_) == Z_OK);
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Fills `out` or ends; how many bytes that were.
  std::size_t inflate_into(std::span<std::uint8_t> out) {
    stream_.next_out = out.data();
    stream_.avail_out = static_cast<uInt>(out.size());
    result_ = inflate(&stream_, Z_NO_FLUSH);
    return out.size() - stream_.avail_out;
  }

  bool has_ended() const { return result_ == Z_STREAM_END; }
  // Neither at its end nor able to go on: broken, or cut short.
  bool has_failed() const {
    return result_ != Z_STREAM_END && (result_ != Z_OK || stream_.avail_out != 0);
  }
  std::size_t bytes_left() const { return stream_.avail_in; }
  const char* why() const { return stream_.msg != nullptr ? stream_.msg : "it is cut short"; }

 private:
  z_stream stream_{};
  int result_ = Z_OK;
};

// What the first step makes room for, as a multiple of the deflated bytes; then the room doubles.
constexpr std::size_t kFirstRatio = 4;

Result<Bytes> inflated(ByteSpan payload, std::size_t bytes_max) {
  Inflater inflater(payload);
  Bytes out;
  std::size_t filled = 0;
  auto room = std::min(bytes_max, payload.size() * kFirstRatio);
  while (true) {
    // One byte more than allowed tells whether there is more.
    out.resize(std::min(room, bytes_max) + 1);
    filled += inflater.inflate_into(std::span(out).subspan(filled));
    if (inflater.has_failed())
      return fail(ErrorCode::kInvalid,
                  fmt::format("a compressed payload cannot be inflated: {}", inflater.why()));
    if (filled > bytes_max)
      return fail(
          ErrorCode::kTooLarge,
          fmt::format("a payload of {} bytes inflates to more than {}", payload.size(), bytes_max));
    if (inflater.has_ended()) break;
    room = filled * 2;
  }
  if (inflater.bytes_left() != 0)
    return fail(ErrorCode::kInvalid, fmt::format("{} bytes follow the end of a compressed payload",
                                                 inflater.bytes_left()));
  out.resize(filled);
  return out;
}

}  // namespace

Result<Value> read_payload(const FrameHeader& header, ByteSpan payload, std::size_t bytes_max) {
  if (payload.empty()) return Value();
  if (payload.size() > bytes_max)
    return fail(ErrorCode::kTooLarge, fmt::format("a payload of {} bytes, at most {} are allowed",
                                                  payload.size(), bytes_max));
  if (!header.is_compressed()) return unpack(payload);
  ORIEL_TRY(const auto bytes, inflated(payload, bytes_max));
  return unpack(bytes, {.values = compressed_values_max(payload.size())});
}

}  // namespace oriel::conduit
