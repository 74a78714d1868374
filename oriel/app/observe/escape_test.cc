#include "oriel/app/observe/escape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oriel::observe {
namespace {

TEST(Escape, LeavesOrdinaryTextAlone) {
  for (const char* text : {"", "viewer connected", "C:\\path", "Büro 東京 🪟", "a=b"}) {
    EXPECT_EQ(text_line(text), text);
    EXPECT_EQ(valid_utf8(text), text);
    EXPECT_EQ(json_line(text), text);
  }
}

TEST(Escape, WritesControlCharactersAsText) {
  EXPECT_EQ(text_line("a\nb\r\tc"), "a\\nb\\r\\tc");
  EXPECT_EQ(text_line("\x1b[31m\x7f"), "\\x1b[31m\\x7f");
  EXPECT_EQ(text_line(std::string_view("a\0b", 3)), "a\\x00b");
}

TEST(Escape, WritesC1ControlsLineEndsAndDirectionMarksAsText) {
  EXPECT_EQ(text_line("\u009b31m"), "\\u009b31m");
  EXPECT_EQ(text_line("a\u2028b\u202e\u2066"), "a\\u2028b\\u202e\\u2066");
  EXPECT_EQ(json_line("\"\u009b\u202e\x7f\""), "\"\\u009b\\u202e\\u007f\"");
}

TEST(Escape, WritesBytesThatAreNotUtf8AsNumbers) {
  EXPECT_EQ(text_line("\xff"), "\\xff");
  EXPECT_EQ(text_line("\xc0\xaf"), "\\xc0\\xaf");                    // overlong '/'
  EXPECT_EQ(text_line("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // surrogate
  EXPECT_EQ(text_line("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // beyond U+10FFFF
  EXPECT_EQ(text_line("\xe6\x9d"), "\\xe6\\x9d");                    // cut
  EXPECT_EQ(text_line("\xe6\nx"), "\\xe6\\nx");
  EXPECT_EQ(valid_utf8("a\xffz"), "a\uFFFDz");
}

TEST(Escape, QuotesAFieldThatCouldBeMistaken) {
  EXPECT_EQ(text_field("10.0.0.5:4123"), "10.0.0.5:4123");
  EXPECT_EQ(text_field(""), "\"\"");
  EXPECT_EQ(text_field("a b"), "\"a b\"");
  EXPECT_EQ(text_field("x peer=1"), "\"x peer=1\"");
  EXPECT_EQ(text_field("say \"hi\"\\n\n"), R"("say \"hi\"\\n\n")");
}

}  // namespace
}  // namespace oriel::observe
