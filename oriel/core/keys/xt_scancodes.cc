#include "oriel/core/keys/xt_scancodes.h"

#include <algorithm>
#include <iterator>

namespace oriel::keys {
namespace {

// Up to here the Linux key codes are the scancodes of set 1.
constexpr std::uint32_t kLastCommon = 0x53;
// X's keycodes begin at 8.
constexpr std::uint32_t kXOffset = 8;

struct Row {
  std::uint8_t scancode;
  std::uint8_t evdev;
};

// The other keys, as keycodemapdb (of QEMU and noVNC) has them; names of linux/input-event-codes.h.
constexpr Row kRows[] = {
    {0x54, 99},   // sysrq
    {0x55, 186},  // f16
    {0x56, 86},   // 102nd
    {0x57, 87},   // f11
    {0x58, 88},   // f12
    {0x59, 117},  // kpequal
    {0x5a, 190},  // f20
    {0x5d, 183},  // f13
    {0x5e, 184},  // f14
    {0x5f, 185},  // f15
    {0x64, 134},  // open
    {0x65, 135},  // paste
    {0x6d, 193},  // f23
    {0x6f, 194},  // f24
    {0x70, 93},   // katakanahiragana
    {0x71, 123},  // hanja
    {0x72, 122},  // hangeul
    {0x73, 89},   // ro
    {0x74, 191},  // f21
    {0x76, 85},   // zenkakuhankaku
    {0x77, 91},   // hiragana
    {0x78, 90},   // katakana
    {0x79, 92},   // henkan
    {0x7b, 94},   // muhenkan
    {0x7d, 124},  // yen
    {0x7e, 121},  // kpcomma
    {0x83, 187},  // f17
    {0x84, 189},  // f19
    {0x85, 129},  // again
    {0x86, 130},  // props
    {0x87, 131},  // undo
    {0x90, 165},  // previoussong
    {0x99, 163},  // nextsong
    {0x9c, 96},   // kpenter
    {0x9d, 97},   // rightctrl
    {0xa0, 113},  // mute
    {0xa1, 140},  // calc
    {0xa2, 164},  // playpause
    {0xa4, 166},  // stopcd
    {0xa5, 205},  // suspend
    {0xae, 114},  // volumedown
    {0xb0, 115},  // volumeup
    {0xb2, 172},  // homepage
    {0xb5, 98},   // kpslash
    {0xb7, 99},   // sysrq, as some viewers say it
    {0xb8, 100},  // rightalt
    {0xbc, 137},  // cut
    {0xc1, 136},  // find
    {0xc6, 119},  // pause
    {0xc7, 102},  // home
    {0xc8, 103},  // up
    {0xc9, 104},  // pageup
    {0xcb, 105},  // left
    {0xcd, 106},  // right
    {0xcf, 107},  // end
    {0xd0, 108},  // down
    {0xd1, 109},  // pagedown
    {0xd2, 110},  // insert
    {0xd3, 111},  // delete
    {0xdb, 125},  // leftmeta
    {0xdc, 126},  // rightmeta
    {0xdd, 127},  // compose
    {0xde, 116},  // power
    {0xdf, 142},  // sleep
    {0xe3, 143},  // wakeup
    {0xe5, 217},  // search
    {0xe6, 156},  // bookmarks
    {0xe7, 173},  // refresh
    {0xe8, 128},  // stop
    {0xe9, 159},  // forward
    {0xea, 158},  // back
    {0xeb, 157},  // computer
    {0xec, 155},  // mail
    {0xed, 226},  // media
    {0xf5, 138},  // help
    {0xf6, 179},  // kpleftparen
    {0xf7, 188},  // f18
    {0xf8, 133},  // copy
    {0xf9, 192},  // f22
    {0xfb, 180},  // kprightparen
    {0xfd, 162},  // ejectclosecd
};

}  // namespace

std::optional<std::uint8_t> evdev_of_xt(std::uint32_t scancode) {
  if (scancode == 0) return std::nullopt;
  if (scancode <= kLastCommon) return static_cast<std::uint8_t>(scancode);
  const auto* row =
      std::ranges::lower_bound(kRows, scancode, {}, [](const Row& r) { return r.scancode; });
  if (row == std::end(kRows) || row->scancode != scancode) return std::nullopt;
  return row->evdev;
}

std::optional<std::uint8_t> x_keycode_of_xt(std::uint32_t scancode) {
  const auto evdev = evdev_of_xt(scancode);
  if (!evdev) return std::nullopt;
  return static_cast<std::uint8_t>(*evdev + kXOffset);
}

std::optional<std::uint8_t> xt_of_evdev(std::uint32_t evdev) {
  if (evdev == 0) return std::nullopt;
  if (evdev <= kLastCommon) return static_cast<std::uint8_t>(evdev);
  const auto* row = std::ranges::find(kRows, evdev, &Row::evdev);
  if (row == std::end(kRows)) return std::nullopt;
  return row->scancode;
}

}  // namespace oriel::keys
