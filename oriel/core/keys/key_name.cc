#include "oriel/core/keys/key_name.h"

#include <fmt/format.h>
#include <xkbcommon/xkbcommon-keysyms.h>
#include <xkbcommon/xkbcommon.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "oriel/core/keys/keysym_unicode.h"

namespace oriel::keys {
namespace {

constexpr std::size_t kNameBytesMax = 64;

struct CommonName {
  std::string_view name;  // in lower case
  std::uint32_t keysym;
};

// What people write for keys whose keysym has another name. X's own names need no row.
constexpr auto kCommonNames = std::to_array<CommonName>({
    {"alt", XKB_KEY_Alt_L},
    {"altgr", XKB_KEY_ISO_Level3_Shift},
    {"backspace", XKB_KEY_BackSpace},
    {"capslock", XKB_KEY_Caps_Lock},
    {"cmd", XKB_KEY_Super_L},
    {"command", XKB_KEY_Super_L},
    {"control", XKB_KEY_Control_L},
    {"ctrl", XKB_KEY_Control_L},
    {"del", XKB_KEY_Delete},
    {"delete", XKB_KEY_Delete},
    {"down", XKB_KEY_Down},
    {"end", XKB_KEY_End},
    {"enter", XKB_KEY_Return},
    {"esc", XKB_KEY_Escape},
    {"escape", XKB_KEY_Escape},
    {"home", XKB_KEY_Home},
    {"ins", XKB_KEY_Insert},
    {"insert", XKB_KEY_Insert},
    {"lalt", XKB_KEY_Alt_L},
    {"lctrl", XKB_KEY_Control_L},
    {"left", XKB_KEY_Left},
    {"lshift", XKB_KEY_Shift_L},
    {"menu", XKB_KEY_Menu},
    {"meta", XKB_KEY_Meta_L},
    {"numlock", XKB_KEY_Num_Lock},
    {"option", XKB_KEY_Alt_L},
    {"pagedown", XKB_KEY_Page_Down},
    {"pageup", XKB_KEY_Page_Up},
    {"pause", XKB_KEY_Pause},
    {"pgdn", XKB_KEY_Page_Down},
    {"pgup", XKB_KEY_Page_Up},
    {"plus", XKB_KEY_plus},
    {"print", XKB_KEY_Print},
    {"printscreen", XKB_KEY_Print},
    {"ralt", XKB_KEY_Alt_R},
    {"rctrl", XKB_KEY_Control_R},
    {"return", XKB_KEY_Return},
    {"right", XKB_KEY_Right},
    {"rshift", XKB_KEY_Shift_R},
    {"scrolllock", XKB_KEY_Scroll_Lock},
    {"shift", XKB_KEY_Shift_L},
    {"space", XKB_KEY_space},
    {"super", XKB_KEY_Super_L},
    {"tab", XKB_KEY_Tab},
    {"up", XKB_KEY_Up},
    {"win", XKB_KEY_Super_L},
    {"windows", XKB_KEY_Super_L},
});
static_assert(std::ranges::is_sorted(kCommonNames, {}, &CommonName::name));

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::optional<std::uint32_t> common_keysym(std::string_view name) {
  std::string lowered(name);
  std::ranges::transform(lowered, lowered.begin(), lower);
  const auto found = std::ranges::lower_bound(kCommonNames, lowered, {}, &CommonName::name);
  if (found != kCommonNames.end() && found->name == lowered) return found->keysym;
  return std::nullopt;
}

// The first character of `text`, which is taken off; nothing when it is no UTF-8.
std::optional<std::uint32_t> take_code_point(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xc2 ? 0
                             : lead < 0xe0 ? 2
                             : lead < 0xf0 ? 3
                             : lead < 0xf5 ? 4
                                           : 0;
  if (length == 0 || text.size() < length) return std::nullopt;
  std::uint32_t point = length == 1 ? lead : lead & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xc0) != 0x80) return std::nullopt;
    point = point << 6 | (byte & 0x3f);
  }
  constexpr std::array<std::uint32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
  if (point < kSmallest[length] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
    return std::nullopt;
  text.remove_prefix(length);
  return point;
}

bool is_control(std::uint32_t point) { return point < 0x20 || (point >= 0x7f && point < 0xa0); }

std::unexpected<Error> not_a_key(std::string_view name) {
  return fail(
      ErrorCode::kInvalid,
      fmt::format("there is no key '{}': a character, an X keysym name such as Page_Up, or a "
                  "name such as enter, esc, f5 and ctrl is expected",
                  name.substr(0, kNameBytesMax)));
}

}  // namespace

Result<std::uint32_t> keysym_of_name(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax) return not_a_key(name);
  auto rest = name;
  if (const auto point = take_code_point(rest); point && rest.empty() && !is_control(*point))
    return keysym_of_code_point(*point);
  if (const auto keysym = common_keysym(name)) return *keysym;
  const std::string text(name);
  auto keysym = xkb_keysym_from_name(text.c_str(), XKB_KEYSYM_NO_FLAGS);
  if (keysym == XKB_KEY_NoSymbol)
    keysym = xkb_keysym_from_name(text.c_str(), XKB_KEYSYM_CASE_INSENSITIVE);
  if (keysym == XKB_KEY_NoSymbol) return not_a_key(name);
  return keysym;
}

std::string name_of_keysym(std::uint32_t keysym) {
  char name[kNameBytesMax];
  const int size = xkb_keysym_get_name(keysym, name, sizeof name);
  return size > 0 ? std::string(name) : fmt::format("{:#x}", keysym);
}

Result<std::vector<std::uint32_t>> keysyms_of_combination(std::string_view names) {
  std::vector<std::uint32_t> keysyms;
  for (bool is_last = false; !is_last;) {
    // A '+' at the front is the key itself: "+", "ctrl++".
    const auto end = names.find('+', names.starts_with('+') ? 1 : 0);
    is_last = end == std::string_view::npos;
    ORIEL_TRY(const auto keysym, keysym_of_name(names.substr(0, end)));
    if (keysyms.size() == kCombinationKeysMax)
      return fail(ErrorCode::kTooLarge,
                  fmt::format("a combination has at most {} keys", kCombinationKeysMax));
    keysyms.push_back(keysym);
    if (!is_last) names.remove_prefix(end + 1);
  }
  return keysyms;
}

Result<std::vector<std::uint32_t>> keysyms_of_text(std::string_view utf8) {
  std::vector<std::uint32_t> keysyms;
  while (!utf8.empty()) {
    if (utf8.starts_with("\r\n")) utf8.remove_prefix(1);
    const auto point = take_code_point(utf8);
    if (!point) return fail(ErrorCode::kInvalid, "the text is not valid UTF-8");
    if (*point == '\n' || *point == '\r')
      keysyms.push_back(XKB_KEY_Return);
    else if (*point == '\t')
      keysyms.push_back(XKB_KEY_Tab);
    else if (is_control(*point))
      return fail(
          ErrorCode::kInvalid,
          fmt::format("the text has the control character U+{:04X}, which no key types", *point));
    else
      keysyms.push_back(keysym_of_code_point(*point));
  }
  return keysyms;
}

}  // namespace oriel::keys
