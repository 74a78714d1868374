#include "oriel/core/keys/key_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <string>

#include <xkbcommon/xkbcommon-keysyms.h>

#include "oriel/core/keys/keysym_unicode.h"

namespace oriel::keys {
namespace {

using ::testing::HasSubstr;

using Keysyms = std::vector<std::uint32_t>;

TEST(KeyName, KnowsCharactersOfEveryScript) {
  EXPECT_EQ(keysym_of_name("a"), 0x61u);
  EXPECT_EQ(keysym_of_name("A"), 0x41u);
  EXPECT_EQ(keysym_of_name("é"), 0xe9u);
  EXPECT_EQ(keysym_of_name("中"), kUnicodeKeysym + 0x4e2d);
  EXPECT_EQ(keysym_of_name("😀"), kUnicodeKeysym + 0x1f600);
}

TEST(KeyName, KnowsCommonNamesInAnyCaseAndXNamesAsTheyAre) {
  EXPECT_EQ(keysym_of_name("Enter"), std::uint32_t{XKB_KEY_Return});
  EXPECT_EQ(keysym_of_name("ESC"), std::uint32_t{XKB_KEY_Escape});
  EXPECT_EQ(keysym_of_name("f12"), std::uint32_t{XKB_KEY_F12});
  EXPECT_EQ(keysym_of_name("cmd"), std::uint32_t{XKB_KEY_Super_L});
  EXPECT_EQ(keysym_of_name("Page_Up"), std::uint32_t{XKB_KEY_Page_Up});
  EXPECT_EQ(keysym_of_name("KP_5"), std::uint32_t{XKB_KEY_KP_5});
  EXPECT_EQ(keysym_of_name("XF86Back"), std::uint32_t{XKB_KEY_XF86Back});
  EXPECT_EQ(keysym_of_name("dead_acute"), std::uint32_t{XKB_KEY_dead_acute});
}

struct NamedKey {
  const char* name;
  std::uint32_t keysym;
};

// Those of vnc-agent-bridge. Its meta is Hyper_L, which no keyboard has.
constexpr NamedKey kNamesOfTheOriginal[] = {
    {"left", 0xff51},    {"up", 0xff52},        {"right", 0xff53},   {"down", 0xff54},
    {"home", 0xff50},    {"end", 0xff57},       {"pageup", 0xff55},  {"pagedown", 0xff56},
    {"return", 0xff0d},  {"enter", 0xff0d},     {"escape", 0xff1b},  {"esc", 0xff1b},
    {"tab", 0xff09},     {"backspace", 0xff08}, {"delete", 0xffff},  {"del", 0xffff},
    {"space", 0x20},     {"f1", 0xffbe},        {"f2", 0xffbf},      {"f3", 0xffc0},
    {"f4", 0xffc1},      {"f5", 0xffc2},        {"f6", 0xffc3},      {"f7", 0xffc4},
    {"f8", 0xffc5},      {"f9", 0xffc6},        {"f10", 0xffc7},     {"f11", 0xffc8},
    {"f12", 0xffc9},     {"shift", 0xffe1},     {"lshift", 0xffe1},  {"rshift", 0xffe2},
    {"ctrl", 0xffe3},    {"lctrl", 0xffe3},     {"rctrl", 0xffe4},   {"alt", 0xffe9},
    {"lalt", 0xffe9},    {"ralt", 0xffea},      {"meta", 0xffe7},    {"cmd", 0xffeb},
    {"windows", 0xffeb}, {"capslock", 0xffe5},  {"numlock", 0xff7f}, {"scrolllock", 0xff14},
};

TEST(KeyName, KnowsEveryNameOfTheOriginalInAnyCase) {
  for (const auto& [name, keysym] : kNamesOfTheOriginal) {
    EXPECT_EQ(keysym_of_name(name), keysym) << name;
    std::string upper(name);
    for (auto& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    EXPECT_EQ(keysym_of_name(upper), keysym) << upper;
    // Any of them may be held while another is pressed.
    EXPECT_EQ(keysyms_of_combination(std::string(name) + "+x"), (Keysyms{keysym, 'x'})) << name;
  }
}

TEST(KeyName, KnowsTheKeysThatTheOriginalLacks) {
  const NamedKey names[] = {
      {"insert", 0xff63}, {"print", 0xff61}, {"pause", 0xff13},    {"menu", 0xff67},
      {"f13", 0xffca},    {"F24", 0xffd5},   {"KP_Enter", 0xff8d}, {"KP_0", 0xffb0},
      {"KP_Add", 0xffab}, {"plus", '+'},     {"minus", '-'},       {"-", '-'},
  };
  for (const auto& [name, keysym] : names) EXPECT_EQ(keysym_of_name(name), keysym) << name;
}

TEST(KeyName, NamesWhatIsNoKey) {
  for (const char* name : {"", "nokey", "ctrl+a", "\x01", "\xff", "ab"}) {
    const auto keysym = keysym_of_name(name);
    ASSERT_FALSE(keysym) << name;
    EXPECT_EQ(keysym.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(keysym.error().message, HasSubstr(name));
  }
}

TEST(KeyName, TakesCombinationsApart) {
  EXPECT_EQ(keysyms_of_combination("ctrl+alt+Delete"),
            (Keysyms{XKB_KEY_Control_L, XKB_KEY_Alt_L, XKB_KEY_Delete}));
  EXPECT_EQ(keysyms_of_combination("q"), Keysyms{'q'});
  EXPECT_EQ(keysyms_of_combination("+"), Keysyms{'+'});
  EXPECT_EQ(keysyms_of_combination("ctrl++"), (Keysyms{XKB_KEY_Control_L, '+'}));
  EXPECT_EQ(keysyms_of_combination("shift+plus"), (Keysyms{XKB_KEY_Shift_L, '+'}));
}

TEST(KeyName, RefusesBrokenAndEndlessCombinations) {
  EXPECT_FALSE(keysyms_of_combination(""));
  EXPECT_FALSE(keysyms_of_combination("ctrl+"));
  const auto endless = keysyms_of_combination("a+b+c+d+e+f+g+h+i");
  ASSERT_FALSE(endless);
  EXPECT_EQ(endless.error().code, ErrorCode::kTooLarge);
}

TEST(KeyName, NamesKeysSoThatTheyAreFoundAgain) {
  EXPECT_EQ(name_of_keysym(XKB_KEY_Shift_L), "Shift_L");
  for (const std::uint32_t keysym : {XKB_KEY_a, XKB_KEY_Return, XKB_KEY_F13, XKB_KEY_KP_Enter}) {
    const auto found = keysym_of_name(name_of_keysym(keysym));
    ASSERT_TRUE(found) << name_of_keysym(keysym);
    EXPECT_EQ(*found, keysym);
  }
}

TEST(KeyName, TypesTextWithItsLineEnds) {
  EXPECT_EQ(keysyms_of_text("a\nb\r\nc\td"),
            (Keysyms{'a', XKB_KEY_Return, 'b', XKB_KEY_Return, 'c', XKB_KEY_Tab, 'd'}));
  EXPECT_EQ(keysyms_of_text("Ж€"), (Keysyms{kUnicodeKeysym + 0x416, kUnicodeKeysym + 0x20ac}));
}

TEST(KeyName, RefusesTextThatNoKeyTypes) {
  EXPECT_THAT(keysyms_of_text("a\x1b").error().message, HasSubstr("U+001B"));
  for (const char* text : {"\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x28\xa1"})
    EXPECT_FALSE(keysyms_of_text(text)) << text;
}

}  // namespace
}  // namespace oriel::keys
