#pragma once
// What a client says it understands, read from its list of encodings (RFC 6143, 7.5.2;
// rfbproto.rst).

#include <cstdint>
#include <optional>
#include <span>

#include "oriel/core/codec/encoding_table.h"

namespace oriel::rfb {

// Each SetEncodings replaces the one before.
struct Capabilities {
  // The first of the client's list that we encode; Raw when there is none.
  const codec::Encoding* encoding = nullptr;
  std::optional<int> jpeg_quality;  // 0 (smallest) to 9 (best)
  std::optional<int> compression;   // 0 (fastest) to 9 (smallest)
  bool last_rect = false;
  bool desktop_size = false;
  bool extended_desktop_size = false;
  bool desktop_name = false;
  bool cursor = false;
  bool x_cursor = false;
  bool cursor_with_alpha = false;
  bool vmware_cursor = false;
  bool pointer_position = false;
  bool vmware_cursor_position = false;
  bool qemu_extended_key = false;
  bool qemu_led_state = false;
  bool vmware_led_state = false;
  bool extended_mouse_buttons = false;
  bool extended_clipboard = false;
  bool fence = false;
  bool continuous_updates = false;

  friend bool operator==(const Capabilities&, const Capabilities&) = default;
};

Capabilities read_capabilities(std::span<const std::int32_t> encodings);

}  // namespace oriel::rfb
