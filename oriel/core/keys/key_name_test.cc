#include "oriel/core/keys/key_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
