#include "oriel/app/conduit/outgoing_frames.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "oriel/core/conduit/limits.h"
#include "oriel/core/conduit/message_pack.h"

namespace oriel::conduit {
namespace {

// The payload of an answer up to its envelope, behind so many zeros.
Bytes begin_answer(std::size_t bytes_before) {
  Bytes frame(bytes_before);
  Packer packer(frame);
  packer.map(2);
  packer.text("success");
  packer.boolean(true);
  packer.text("result");
  return frame;
}

}  // namespace

std::string too_long(std::string_view what, std::size_t payload_bytes, std::size_t bytes_max) {
  return fmt::format("{} has {} bytes, at most {} can be sent", what, payload_bytes, bytes_max);
}

Result<MessageFrame> make_message_frame(std::string_view type, const Value& data,
                                        Compression compression, std::uint64_t unix_ms) {
  if (type.empty() || type.size() > kNameBytesMax)
    return fail(ErrorCode::kInvalid, fmt::format("a message's type has 1 to {} bytes, got {}",
                                                 kNameBytesMax, type.size()));
  Bytes frame(kHeaderBytes);
  Packer packer(frame);
  packer.map(2);
  packer.text("type");
  packer.text(type);
  packer.text("data");
  packer.value(data);
  const auto bytes = frame.size() - kHeaderBytes;
  if (bytes > kWirePayloadBytesMax)
    return fail(ErrorCode::kTooLarge, too_long("the message", bytes, kWirePayloadBytesMax));
  return MessageFrame{std::make_shared<const Bytes>(make_frame_in_place(
                          FrameType::kMessage, std::move(frame),
                          {.compression = compression, .timestamp_ms = unix_ms})),
                      bytes};
}

Bytes write_call(std::string_view method, const Value& params, std::chrono::milliseconds timeout) {
  const bool says_timeout = timeout.count() > 0;
  Bytes bytes(kHeaderBytes);
  Packer packer(bytes);
  packer.map(says_timeout ? 3 : 2);
  packer.text("method");
  packer.text(method);
  packer.text("params");
  params.is_null() ? packer.map(0) : packer.value(params);
  if (says_timeout) {
    packer.text("timeout_ms");
    packer.integer(timeout.count());
  }
  return bytes;
}

Bytes write_answer_frame(const Value& envelope) {
  auto frame = begin_answer(kHeaderBytes);
  Packer(frame).value(envelope);
  return frame;
}

bool is_nearly_all_long(const Value& envelope) {
  constexpr std::size_t kRestBytesMax = 4096;
  const auto bytes = long_bytes(envelope);
  return bytes > 0 && packed_bytes_max(envelope) - bytes <= kRestBytesMax;
}

std::vector<HeldBytes> make_long_answer(Value envelope, const FrameOptions& options) {
  auto pieces = pack_in_pieces(begin_answer(0), std::move(envelope));
  std::size_t bytes = 0;
  for (const auto& piece : pieces) bytes += piece.bytes.size();
  const auto header =
      std::make_shared<const Bytes>(make_frame_header(FrameType::kRpcResponse, bytes, options));
  pieces.insert(pieces.begin(), HeldBytes{*header, header});
  return pieces;
}

Bytes write_packed_answer(const Bytes& envelope) {
  auto frame = begin_answer(kHeaderBytes);
  frame.insert(frame.end(), envelope.begin(), envelope.end());
  return frame;
}

}  // namespace oriel::conduit
