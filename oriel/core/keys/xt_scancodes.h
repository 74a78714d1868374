#pragma once
// The scancodes of the QEMU extended key event: XT set 1, where a key with the prefix 0xe0 has bit
// 7 set (rfbproto.rst, "QEMU Extended Key Event Message"). They name the key, not what is on it.

#include <cstdint>
#include <optional>

namespace oriel::keys {

// The Linux key code (linux/input-event-codes.h); nothing for a scancode that no key has.
std::optional<std::uint8_t> evdev_of_xt(std::uint32_t scancode);
// The keycode of X servers that use the evdev rules, as all do today: 8 more.
std::optional<std::uint8_t> x_keycode_of_xt(std::uint32_t scancode);
std::optional<std::uint8_t> xt_of_evdev(std::uint32_t evdev);

}  // namespace oriel::keys
