#include "oriel/core/rfb/client_message.h"

#include <fmt/format.h>

#include "oriel/base/byte_reader.h"
#include "oriel/core/rfb/constants.h"

namespace oriel::rfb {
namespace {

// Each reader gets the bytes behind the message's type and leaves `message` alone while there are
// too few.

Result<Need> parse_pixel_format(ByteReader reader, ClientMessage& message) {
  constexpr std::size_t kSize = 20;
  if (reader.remaining() < kSize - 1) return Need{0, kSize};
  reader.skip(3);
  const auto format = image::parse_pixel_format(reader);
  if (auto checked = image::check_pixel_format(format); !checked)
    return fail(checked.error().code, "SetPixelFormat: " + checked.error().message);
  message = SetPixelFormat{format};
  return Need{kSize, 1};
}

Result<Need> parse_encodings(ByteReader reader, const Limits& limits, ClientMessage& message) {
  constexpr std::size_t kHead = 4;
  if (reader.remaining() < kHead - 1) return Need{0, kHead};
  reader.skip(1);
  const std::size_t count = reader.u16();
  if (count > limits.encodings_max) {
    return fail(ErrorCode::kTooLarge,
                fmt::format("SetEncodings: {} encodings, at most {}", count, limits.encodings_max));
  }
  const std::size_t size = kHead + 4 * count;
  if (reader.remaining() < 4 * count) return Need{0, size};
  SetEncodings encodings;
  encodings.encodings.reserve(count);
  for (std::size_t i = 0; i < count; ++i) encodings.encodings.push_back(reader.s32());
  message = std::move(encodings);
  return Need{size, 1};
}

Need parse_update_request(ByteReader reader, ClientMessage& message) {
  constexpr std::size_t kSize = 10;
  if (reader.remaining() < kSize - 1) return {0, kSize};
  const bool is_incremental = reader.u8() != 0;
  const int x = reader.u16(), y = reader.u16(), width = reader.u16(), height = reader.u16();
  message = UpdateRequest{is_incremental, {x, y, width, height}};
  return {kSize, 1};
}

Need parse_key(ByteReader reader, ClientMessage& message) {
  constexpr std::size_t kSize = 8;
  if (reader.remaining() < kSize - 1) return {0, kSize};
  const bool is_down = reader.u8() != 0;
  reader.skip(2);
  message = KeyEvent{is_down, reader.u32()};
  return {kSize, 1};
}

Need parse_pointer(ByteReader reader, ClientMessage& message) {
  constexpr std::size_t kSize = 6;
  if (reader.remaining() < kSize - 1) return {0, kSize};
  const auto buttons = reader.u8();
  const int x = reader.u16(), y = reader.u16();
  message = PointerEvent{buttons, {x, y}};
  return {kSize, 1};
}

Result<Need> parse_cut_text(ByteReader reader, const Limits& limits, ClientMessage& message) {
  constexpr std::size_t kSize = 8;
  if (reader.remaining() < kSize - 1) return Need{0, kSize};
  reader.skip(3);
  const auto length = reader.u32();
  if (length > limits.cut_text_bytes_max) {
    return fail(ErrorCode::kTooLarge, fmt::format("ClientCutText: {} bytes, at most {}", length,
                                                  limits.cut_text_bytes_max));
  }
  message = CutTextHead{length};
  return Need{kSize, 1};
}

struct Writer {
  ByteWriter& out;

  void operator()(const SetPixelFormat& message) const {
    out.u8(kSetPixelFormat).zeros(3);
    image::write_pixel_format(message.format, out);
  }
  void operator()(const SetEncodings& message) const {
    out.u8(kSetEncodings).u8(0).u16(static_cast<std::uint16_t>(message.encodings.size()));
    for (auto encoding : message.encodings) out.s32(encoding);
  }
  void operator()(const UpdateRequest& message) const {
    out.u8(kFramebufferUpdateRequest).u8(message.is_incremental);
    for (int value : {message.rect.x, message.rect.y, message.rect.width, message.rect.height})
      out.u16(static_cast<std::uint16_t>(value));
  }
  void operator()(const KeyEvent& message) const {
    out.u8(kKeyEvent).u8(message.is_down).u16(0).u32(message.keysym);
  }
  void operator()(const PointerEvent& message) const {
    out.u8(kPointerEvent).u8(message.buttons);
    out.u16(static_cast<std::uint16_t>(message.position.x))
        .u16(static_cast<std::uint16_t>(message.position.y));
  }
  void operator()(const CutTextHead& message) const {
    out.u8(kClientCutText).zeros(3).u32(message.bytes);
  }
};

}  // namespace

Result<Need> parse_client_message(ByteSpan bytes, const Limits& limits, ClientMessage& message) {
  ByteReader reader(bytes);
  switch (const auto type = reader.u8()) {
    case kSetPixelFormat:
      return parse_pixel_format(reader, message);
    case kSetEncodings:
      return parse_encodings(reader, limits, message);
    case kFramebufferUpdateRequest:
      return parse_update_request(reader, message);
    case kKeyEvent:
      return parse_key(reader, message);
    case kPointerEvent:
      return parse_pointer(reader, message);
    case kClientCutText:
      return parse_cut_text(reader, limits, message);
    default:
      return fail(ErrorCode::kInvalid,
                  fmt::format("client message type {}: not known, expected 0 or 2 to 6", type));
  }
}

void write_client_message(const ClientMessage& message, ByteWriter& writer) {
  std::visit(Writer{writer}, message);
}

}  // namespace oriel::rfb
