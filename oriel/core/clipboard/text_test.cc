#include "oriel/core/clipboard/text.h"

#include <gtest/gtest.h>

namespace oriel::clipboard {
namespace {

TEST(ClipboardText, TellsUtf8FromLatin1) {
  EXPECT_EQ(estimate_encoding(""), Encoding::kUtf8);
  EXPECT_EQ(estimate_encoding("plain"), Encoding::kUtf8);
  EXPECT_EQ(estimate_encoding("é€中😀"), Encoding::kUtf8);
  EXPECT_EQ(estimate_encoding("caf\xe9"), Encoding::kLatin1);
  EXPECT_STREQ(encoding_name(Encoding::kUtf8), "utf-8");
  EXPECT_STREQ(encoding_name(Encoding::kLatin1), "latin-1");
}

TEST(ClipboardText, TakesNoMalformedFormForUtf8) {
  for (const char* bytes : {"\x80", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xe2\x82", "\xed\xa0\x80",
                            "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    EXPECT_FALSE(is_utf8(bytes)) << bytes;
  }
  EXPECT_TRUE(is_utf8("\xf4\x8f\xbf\xbf\xed\x9f\xbf\xee\x80\x80"));
}

TEST(ClipboardText, RoundTripsAllOfLatin1) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  EXPECT_TRUE(is_utf8(latin1_to_utf8(all)));
  EXPECT_EQ(utf8_to_latin1(latin1_to_utf8(all)), all);
  EXPECT_EQ(latin1_to_utf8("caf\xe9"), "café");
}

TEST(ClipboardText, PutsOneSubstituteForEachCharacterThatLatin1Lacks) {
  EXPECT_EQ(utf8_to_latin1("1 € 中 😀 ÿĀ"), "1 ? ? ? \xff?");
  EXPECT_EQ(utf8_to_latin1("a\xc3"), "a?");
}

TEST(ClipboardText, MakesUtf8OfEither) {
  EXPECT_EQ(to_utf8("café"), "café");
  EXPECT_EQ(to_utf8("caf\xe9"), "café");
}

TEST(ClipboardText, SanitizesLineEndsAndControlCharacters) {
  using std::string_view_literals::operator""sv;
  EXPECT_EQ(sanitize_clipboard_text("a\r\nb\rc\nd\r"), "a\nb\nc\nd\n");
  EXPECT_EQ(sanitize_clipboard_text("a\0b\x01\x1b[2J\x7f\tc"sv), "ab[2J\tc");
  EXPECT_EQ(sanitize_clipboard_text("é\xc2\x80€"), "é\xc2\x80€");
  EXPECT_EQ(sanitize_clipboard_text("caf\xe9"), "caf\xe9");
}

TEST(ClipboardText, CutsAtTheLimitBetweenCharacters) {
  EXPECT_EQ(sanitize_clipboard_text("abcd", 4), "abcd");
  EXPECT_EQ(sanitize_clipboard_text("abcde", 4), "abcd");
  EXPECT_EQ(sanitize_clipboard_text("ab€d", 4), "ab");
  EXPECT_EQ(sanitize_clipboard_text("ab€d", 5), "ab€");
  EXPECT_EQ(sanitize_clipboard_text("x", 0), "");
  EXPECT_EQ(sanitize_clipboard_text(std::string(1'000'001, 'x')).size(), 1'000'000u);
}

}  // namespace
}  // namespace oriel::clipboard
