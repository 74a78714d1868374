#include "oriel/core/keys/keysym_unicode.h"

#include <gtest/gtest.h>

namespace oriel::keys {
namespace {

TEST(KeysymUnicode, KnowsTheCharacterOfLatin1LegacyAndUnicodeKeysyms) {
  EXPECT_EQ(code_point_of_keysym('a'), 'a');
  EXPECT_EQ(code_point_of_keysym(0xe9), 0xe9u);
  EXPECT_EQ(code_point_of_keysym(0x06c1), 0x0430u);  // Cyrillic_a
  EXPECT_EQ(code_point_of_keysym(0x07f9), 0x03c9u);  // Greek_omega
  EXPECT_EQ(code_point_of_keysym(0x20ac), 0x20acu);  // EuroSign
  EXPECT_EQ(code_point_of_keysym(0x0101f600), 0x1f600u);
}

TEST(KeysymUnicode, KnowsTheFirstAndTheLastOfTheTableAndNothingBeside) {
  EXPECT_EQ(code_point_of_keysym(0x01a0), std::nullopt);
  EXPECT_EQ(code_point_of_keysym(0x01a1), 0x0104u);  // Aogonek
  EXPECT_EQ(code_point_of_keysym(0x20ad), std::nullopt);
}

TEST(KeysymUnicode, KnowsNoCharacterOfKeysWithoutOne) {
  for (const std::uint32_t keysym : {0u, 0x1fu, 0x7fu, 0x80u, 0xff0du, 0xffe1u, 0xfe51u, 0xffb1u,
                                     0x01000000u, 0x0100001fu, 0x01110000u, 0xffffffffu}) {
    EXPECT_EQ(code_point_of_keysym(keysym), std::nullopt) << std::hex << keysym;
    EXPECT_EQ(canonical_keysym(keysym), keysym);
  }
}

TEST(KeysymUnicode, GivesOneKeysymForAllOfACharacter) {
  EXPECT_EQ(canonical_keysym(0x010000e9), 0xe9u);
  EXPECT_EQ(canonical_keysym(0x20ac), 0x010020acu);
  EXPECT_EQ(canonical_keysym(0x06c1), canonical_keysym(0x01000430));
}

TEST(KeysymUnicode, RoundTripsEveryKeysymOfTheTable) {
  int known = 0;
  for (std::uint32_t keysym = 0x100; keysym < 0xfe00; ++keysym) {
    const auto code_point = code_point_of_keysym(keysym);
    if (!code_point) continue;
    ++known;
    EXPECT_EQ(code_point_of_keysym(keysym_of_code_point(*code_point)), code_point);
  }
  EXPECT_EQ(known, 722);
}

}  // namespace
}  // namespace oriel::keys
