// Any keysyms of a viewer on a keyboard of any layout: in the end no key stays down, and what is
// remembered is bounded by the keyboard.
//
//   input := U8 choice, U8 columns, U8 keys, keys * columns * U8 keysym, 16 * U8 modifier, events
//   event := U8 keysym | bit 7 down
//   choice: bit 0: the server repeats keys; bit 1: the layout changes (loses its last key) halfway
//   A keysym is an index into kKeysyms, so that layouts and events meet.

#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

#include "fuzz/fuzzer.h"
#include "oriel/base/byte_reader.h"
#include "oriel/io/desktop/key_planner.h"

namespace {

using namespace oriel;
using namespace oriel::desktop;

// None, letters in both cases, Latin-1 in both numbers, Unicode, locks, modifiers, a function key.
constexpr std::uint32_t kKeysyms[] = {0,      'a',    'A',        'b',    'B',       '1',
                                      '!',    0xe4,   0x010000e4, 0xc4,   0x20ac,    0x010020ac,
                                      0xffe5, 0xff7f, 0xffe1,     0xffe2, 0xffe3,    0xffe9,
                                      0xffeb, 0xfe03, 0xff1b,     0xffff, 0xffffffff};

std::uint32_t keysym(std::uint8_t index) { return kKeysyms[(index & 127) % std::size(kKeysyms)]; }

// What an X server would have down.
struct Keyboard {
  std::set<Keycode> down;

  void take(const std::vector<KeyStep>& steps) {
    for (const auto& step : steps) {
      if (step.is_down)
        down.insert(step.keycode);
      else
        down.erase(step.keycode);
    }
  }
};

}  // namespace

ORIEL_FUZZER(keyboard, bytes, size) {
  ByteReader reader({bytes, size});
  if (reader.remaining() < 3) return 0;
  const auto choice = reader.u8();
  const int columns = reader.u8() % 8;
  const std::size_t keys = reader.u8() % 64;
  std::array<Keycode, 16> modifiers;
  const std::size_t cells = keys * static_cast<std::size_t>(columns);
  if (reader.remaining() < cells + modifiers.size()) return 0;
  std::vector<std::uint32_t> keysyms;
  for (std::size_t i = 0; i < cells; ++i) keysyms.push_back(keysym(reader.u8()));
  for (auto& modifier : modifiers) modifier = reader.u8();

  constexpr Keycode kFirst = 8;
  KeyPlanner planner(choice & 1 ? KeyRepeat::kByServer : KeyRepeat::kByViewer);
  planner.set_map({kFirst, columns, keysyms, modifiers});
  Keyboard keyboard;
  const auto halfway = reader.position() + reader.remaining() / 2;
  while (reader.remaining() > 0) {
    if ((choice & 2) && reader.position() == halfway && keys > 0) {
      keysyms.resize(cells - static_cast<std::size_t>(columns));
      planner.set_map({kFirst, columns, keysyms, modifiers});
    }
    const auto event = reader.u8();
    keyboard.take(event & 128 ? planner.press(keysym(event)) : planner.release(keysym(event)));
    ORIEL_CHECK(keyboard.down.size() <= keys);
  }
  keyboard.take(planner.release_all());
  ORIEL_CHECK(keyboard.down.empty());
  ORIEL_CHECK(planner.release_all().empty());
  return 0;
}
