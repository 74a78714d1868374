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

// PointerEvent: U8 mask, U16 x, U16 y; extended by a byte with buttons 8 and 9 when bit 7 of the
// mask says so.
Need parse_pointer(ByteReader reader, PointerForm form, ClientMessage& message) {
  constexpr std::size_t kSize = 6;
  constexpr std::uint8_t kIsExtended = 0x80;
  if (reader.remaining() < 1) return {0, kSize};
  std::uint16_t buttons = reader.u8();
  const bool is_extended = form == PointerForm::kExtended && (buttons & kIsExtended) != 0;
  const std::size_t size = is_extended ? kSize + 1 : kSize;
  if (reader.remaining() < size - 2) return {0, size};
  const int x = reader.u16(), y = reader.u16();
  if (is_extended) {
    const int beyond = reader.u8() & 3;
    buttons = static_cast<std::uint16_t>((buttons & ~kIsExtended) | beyond << 7);
  }
  message = PointerEvent{buttons, {x, y}};
  return {size, 1};
}

Result<Need> parse_cut_text(ByteReader reader, const Limits& limits, ClientMessage& message) {
  constexpr std::size_t kSize = 8;
  if (reader.remaining() < kSize - 1) return Need{0, kSize};
  reader.skip(3);
  ORIEL_TRY(const auto head, read_cut_text_head(reader.s32(), "ClientCutText", limits));
  message = head;
  return Need{kSize, 1};
}

Need parse_continuous_updates(ByteReader reader, ClientMessage& message) {
  constexpr std::size_t kSize = 10;
  if (reader.remaining() < kSize - 1) return {0, kSize};
  const bool is_enabled = reader.u8() != 0;
  const int x = reader.u16(), y = reader.u16(), width = reader.u16(), height = reader.u16();
  message = EnableContinuousUpdates{is_enabled, {x, y, width, height}};
  return {kSize, 1};
}

Result<Need> parse_fence(ByteReader reader, const Limits& limits, ClientMessage& message) {
  constexpr std::size_t kHead = 9;
  if (reader.remaining() < kHead - 1) return Need{0, kHead};
  reader.skip(3);
  const auto flags = reader.u32();
  const std::size_t length = reader.u8();
  if (length > limits.fence_bytes_max)
    return fail(ErrorCode::kTooLarge,
                fmt::format("ClientFence: {} bytes, at most {}", length, limits.fence_bytes_max));
  if (reader.remaining() < length) return Need{0, kHead + length};
  const auto payload = reader.take(length);
  message = Fence{flags, Bytes(payload.begin(), payload.end())};
  return Need{kHead + length, 1};
}

Result<Need> parse_desktop_size(ByteReader reader, const Limits& limits, ClientMessage& message) {
  constexpr std::size_t kHead = 8, kScreen = 16;
  if (reader.remaining() < kHead - 1) return Need{0, kHead};
  reader.skip(1);
  SetDesktopSize wish;
  wish.size.width = reader.u16();
  wish.size.height = reader.u16();
  const std::size_t count = reader.u8();
  reader.skip(1);
  if (count > limits.screens_max)
    return fail(ErrorCode::kTooLarge,
                fmt::format("SetDesktopSize: {} screens, at most {}", count, limits.screens_max));
  if (reader.remaining() < kScreen * count) return Need{0, kHead + kScreen * count};
  for (std::size_t i = 0; i < count; ++i) {
    const auto id = reader.u32();
    const int x = reader.u16(), y = reader.u16(), width = reader.u16(), height = reader.u16();
    wish.screens.push_back({id, {x, y, width, height}, reader.u32()});
  }
  message = std::move(wish);
  return Need{kHead + kScreen * count, 1};
}

// U8 255, U8 sub-type; the extended key: U16 down, U32 keysym, U32 scancode.
Result<Need> parse_qemu(ByteReader reader, ClientMessage& message) {
  constexpr std::size_t kSize = 12;
  if (reader.remaining() < 1) return Need{0, 2};
  const auto sub_type = reader.u8();
  if (sub_type != kQemuExtendedKey)
    return fail(ErrorCode::kInvalid,
                fmt::format("QEMU client message {}: not known, expected 0", sub_type));
  if (reader.remaining() < kSize - 2) return Need{0, kSize};
  const bool is_down = reader.u16() != 0;
  const auto keysym = reader.u32();
  message = QemuKeyEvent{is_down, keysym, reader.u32()};
  return Need{kSize, 1};
}

struct Writer {
  ByteWriter& out;
  PointerForm pointer_form;

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
    write_rect(message.rect);
  }
  void operator()(const KeyEvent& message) const {
    out.u8(kKeyEvent).u8(message.is_down).u16(0).u32(message.keysym);
  }
  void operator()(const PointerEvent& message) const {
    const bool is_extended = pointer_form == PointerForm::kExtended && message.buttons > 0x7f;
    out.u8(kPointerEvent)
        .u8(static_cast<std::uint8_t>(is_extended ? message.buttons | 0x80 : message.buttons));
    out.u16(static_cast<std::uint16_t>(message.position.x))
        .u16(static_cast<std::uint16_t>(message.position.y));
    if (is_extended) out.u8(static_cast<std::uint8_t>(message.buttons >> 7));
  }
  void operator()(const EnableContinuousUpdates& message) const {
    out.u8(kEnableContinuousUpdates).u8(message.is_enabled);
    write_rect(message.rect);
  }
  void operator()(const Fence& message) const {
    write_server_fence(message.flags, message.payload, out);
  }
  void operator()(const SetDesktopSize& message) const {
    out.u8(kSetDesktopSize).u8(0);
    out.u16(static_cast<std::uint16_t>(message.size.width))
        .u16(static_cast<std::uint16_t>(message.size.height));
    out.u8(static_cast<std::uint8_t>(message.screens.size())).u8(0);
    for (const auto& screen : message.screens) {
      out.u32(screen.id);
      write_rect(screen.rect);
      out.u32(screen.flags);
    }
  }
  void operator()(const QemuKeyEvent& message) const {
    out.u8(kQemu)
        .u8(kQemuExtendedKey)
        .u16(message.is_down)
        .u32(message.keysym)
        .u32(message.scancode);
  }
  void write_rect(const image::Rect& rect) const {
    for (int value : {rect.x, rect.y, rect.width, rect.height})
      out.u16(static_cast<std::uint16_t>(value));
  }
  void operator()(const CutTextHead& message) const {
    const auto length = static_cast<std::int32_t>(message.bytes);
    out.u8(kClientCutText).zeros(3).s32(message.is_extended ? -length : length);
  }
};

}  // namespace

Result<Need> parse_client_message(ByteSpan bytes, const Limits& limits, PointerForm pointer_form,
                                  ClientMessage& message) {
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
      return parse_pointer(reader, pointer_form, message);
    case kClientCutText:
      return parse_cut_text(reader, limits, message);
    case kEnableContinuousUpdates:
      return parse_continuous_updates(reader, message);
    case kFence:
      return parse_fence(reader, limits, message);
    case kSetDesktopSize:
      return parse_desktop_size(reader, limits, message);
    case kQemu:
      return parse_qemu(reader, message);
    default:
      return fail(
          ErrorCode::kInvalid,
          fmt::format("client message type {}: not known, expected 0, 2 to 6, 150, 248, 251 or 255",
                      type));
  }
}

void write_client_message(const ClientMessage& message, ByteWriter& writer,
                          PointerForm pointer_form) {
  std::visit(Writer{writer, pointer_form}, message);
}

}  // namespace oriel::rfb
