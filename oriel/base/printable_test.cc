#include "oriel/base/printable.h"

#include <gtest/gtest.h>

namespace oriel {
namespace {

TEST(Printable, LeavesTextAndMasksWhatDrivesTerminals) {
  EXPECT_EQ(printable(""), "");
  EXPECT_EQ(printable("Grüße, 世界 ~"), "Grüße, 世界 ~");
  EXPECT_EQ(printable("a\nb\x1b[2J\x7f\t"), "a?b?[2J??");
  EXPECT_EQ(printable("a\u0085b\u009b2J\u00a0"), "a?b?2J\u00a0");
  EXPECT_EQ(printable("\xc2"), "\xc2");
  EXPECT_EQ(printable("\xc2\n"), "\xc2?");
}

TEST(Printable, CutsBetweenCharacters) {
  EXPECT_EQ(printable("abcd", 4), "abcd");
  EXPECT_EQ(printable("abcde", 4), "abcd...");
  EXPECT_EQ(printable("aü", 2), "a...");
  EXPECT_EQ(printable("aü", 3), "aü");
  EXPECT_EQ(printable("\U0001f600b", 3), "...");
  EXPECT_EQ(printable("\x80\x80\x80\x80\x80\x80", 5), "\x80\x80\x80\x80\x80...") << "no UTF-8";
}

}  // namespace
}  // namespace oriel
