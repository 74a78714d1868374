#pragma once
// What a server says besides pixels, as bytes (RFC 6143, 7.6 and 7.8; rfbproto.rst). Appended to
// what the caller owns.

#include <cstdint>
#include <string_view>
#include <vector>

#include "oriel/base/byte_writer.h"
#include "oriel/base/bytes.h"
#include "oriel/core/image/rect.h"

namespace oriel::rfb {

// One monitor of a desktop (ExtendedDesktopSize).
struct ScreenLayout {
  std::uint32_t id = 0;
  image::Rect rect;
  std::uint32_t flags = 0;
  friend bool operator==(const ScreenLayout&, const ScreenLayout&) = default;
};

// ---- whole messages ----

// `payload` of at most 64 bytes.
void write_server_fence(std::uint32_t flags, ByteSpan payload, ByteWriter& writer);
void write_end_of_continuous_updates(ByteWriter& writer);
void write_bell(ByteWriter& writer);
// `text` is Latin-1.
void write_server_cut_text(ByteSpan text, ByteWriter& writer);

// ---- pseudo-rectangles: header and body, each one rectangle of a FramebufferUpdate ----

// DesktopSize: the desktop is `size` now.
void write_desktop_size(image::Size size, ByteWriter& writer);
// ExtendedDesktopSize. `reason` and `result` are the kResized... and kResize... constants.
void write_extended_desktop_size(image::Size size, const std::vector<ScreenLayout>& screens,
                                 std::uint16_t reason, std::uint16_t result, ByteWriter& writer);
// DesktopName: `name` is UTF-8.
void write_desktop_name(std::string_view name, ByteWriter& writer);
// LED states: bit 0 Scroll Lock, 1 Num Lock, 2 Caps Lock.
void write_qemu_led_state(std::uint8_t leds, ByteWriter& writer);
void write_vmware_led_state(std::uint8_t leds, ByteWriter& writer);
// PointerPos: the pointer was moved to `position` by somebody else.
void write_pointer_position(image::Point position, std::int32_t encoding, ByteWriter& writer);
// QEMU extended keys and extended mouse buttons: an empty rectangle says that we understand them.
void write_empty_pseudo_rectangle(std::int32_t encoding, ByteWriter& writer);

}  // namespace oriel::rfb
