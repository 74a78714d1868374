#include "oriel/core/rfb/server_message.h"

#include "oriel/base/check.h"
#include "oriel/core/rfb/constants.h"

namespace oriel::rfb {
namespace {

void write_head(const image::Rect& rect, std::int32_t encoding, ByteWriter& writer) {
  for (int value : {rect.x, rect.y, rect.width, rect.height})
    writer.u16(static_cast<std::uint16_t>(value));
  writer.s32(encoding);
}

void write_text(ByteSpan text, ByteWriter& writer) {
  writer.u32(static_cast<std::uint32_t>(text.size())).bytes(text);
}

}  // namespace

// Fence: U8 type, 3 padding, U32 flags, U8 length, payload.
void write_server_fence(std::uint32_t flags, ByteSpan payload, ByteWriter& writer) {
  ORIEL_CHECK(payload.size() <= 64);
  writer.u8(kFence)
      .zeros(3)
      .u32(flags)
      .u8(static_cast<std::uint8_t>(payload.size()))
      .bytes(payload);
}

void write_end_of_continuous_updates(ByteWriter& writer) { writer.u8(kEndOfContinuousUpdates); }

void write_bell(ByteWriter& writer) { writer.u8(kBell); }

void write_server_cut_text(ByteSpan text, ByteWriter& writer) {
  writer.u8(kServerCutText).zeros(3);
  write_text(text, writer);
}

void write_desktop_size(image::Size size, ByteWriter& writer) {
  write_head(image::Rect::of(size), kPseudoDesktopSize, writer);
}

// Body: U8 number of screens, 3 padding; each screen U32 id, U16 x, y, width, height, U32 flags.
void write_extended_desktop_size(image::Size size, const std::vector<ScreenLayout>& screens,
                                 std::uint16_t reason, std::uint16_t result, ByteWriter& writer) {
  write_head({reason, result, size.width, size.height}, kPseudoExtendedDesktopSize, writer);
  writer.u8(static_cast<std::uint8_t>(screens.size())).zeros(3);
  for (const auto& screen : screens) {
    writer.u32(screen.id);
    for (int value : {screen.rect.x, screen.rect.y, screen.rect.width, screen.rect.height})
      writer.u16(static_cast<std::uint16_t>(value));
    writer.u32(screen.flags);
  }
}

void write_desktop_name(std::string_view name, ByteWriter& writer) {
  write_head({}, kPseudoDesktopName, writer);
  write_text(as_bytes(name), writer);
}

void write_qemu_led_state(std::uint8_t leds, ByteWriter& writer) {
  write_head({}, kPseudoQemuLedState, writer);
  writer.u8(leds);
}

void write_vmware_led_state(std::uint8_t leds, ByteWriter& writer) {
  write_head({}, kPseudoVmwareLedState, writer);
  writer.u32(leds);
}

void write_pointer_position(image::Point position, std::int32_t encoding, ByteWriter& writer) {
  write_head({position.x, position.y, 0, 0}, encoding, writer);
}

void write_empty_pseudo_rectangle(std::int32_t encoding, ByteWriter& writer) {
  write_head({}, encoding, writer);
}

}  // namespace oriel::rfb
