#include "oriel/app/server/modifier.h"

namespace oriel::server {
namespace {

Modifier modifier_of_scancode(std::uint32_t scancode) {
  switch (scancode) {
    case 0x2a:
    case 0x36:
      return kShiftModifier;
    case 0x1d:
    case 0x9d:
      return kControlModifier;
    case 0x38:
    case 0xb8:
      return kAltModifier;
    case 0xdb:
    case 0xdc:
      return kSuperModifier;
    default:
      return kNoModifier;
  }
}

}  // namespace

// The numbers are those of X11's keysymdef.h.
Modifier modifier_of(std::uint32_t keysym, std::uint32_t scancode) {
  switch (keysym) {
    case 0:
      return modifier_of_scancode(scancode);
    case 0xffe1:
    case 0xffe2:
      return kShiftModifier;
    case 0xffe3:
    case 0xffe4:
      return kControlModifier;
    case 0xffe7:
    case 0xffe8:
      return kMetaModifier;
    case 0xffe9:
    case 0xffea:
      return kAltModifier;
    case 0xffeb:
    case 0xffec:
      return kSuperModifier;
    case 0xffed:
    case 0xffee:
      return kHyperModifier;
    case 0xfe03:
      return kLevel3Modifier;  // ISO_Level3_Shift
    case 0xfe11:               // ISO_Level5_Shift
    case 0xfe06:               // ISO_Group_Shift
    case 0xff7e:
      return kGroupModifier;  // Mode_switch
    default:
      return kNoModifier;
  }
}

}  // namespace oriel::server
