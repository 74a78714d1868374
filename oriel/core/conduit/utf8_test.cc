#include "oriel/core/conduit/utf8.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace oriel::conduit {
namespace {

struct Sequence {
  std::string bytes;
  bool is_valid;
};

class Utf8 : public ::testing::TestWithParam<Sequence> {};

// RFC 3629, 4: both ends of each range, and one step beyond.
INSTANTIATE_TEST_SUITE_P(
    Ranges, Utf8,
    ::testing::Values(Sequence{"\x7f", true}, Sequence{"\x80", false}, Sequence{"\xbf", false},
                      Sequence{"\xc1\xbf", false}, Sequence{"\xc2\x80", true},
                      Sequence{"\xdf\xbf", true}, Sequence{"\xc2", false},
                      Sequence{"\xc2\x7f", false}, Sequence{"\xe0\x9f\xbf", false},
                      Sequence{"\xe0\xa0\x80", true}, Sequence{"\xed\x9f\xbf", true},
                      Sequence{"\xed\xa0\x80", false}, Sequence{"\xee\x80\x80", true},
                      Sequence{"\xef\xbf\xbf", true}, Sequence{"\xe1\x80", false},
                      Sequence{"\xe1\x80\xc0", false}, Sequence{"\xf0\x8f\xbf\xbf", false},
                      Sequence{"\xf0\x90\x80\x80", true}, Sequence{"\xf4\x8f\xbf\xbf", true},
                      Sequence{"\xf4\x90\x80\x80", false}, Sequence{"\xf5\x80\x80\x80", false},
                      Sequence{"\xf1\x80\x80", false}, Sequence{"\xff", false}));

TEST_P(Utf8, IsJudgedWhereverItStands) {
  const auto& [bytes, is_valid] = GetParam();
  for (std::size_t before = 0; before < 20; ++before) {
    const auto text = std::string(before, 'a') + bytes;
    EXPECT_EQ(is_utf8(text), is_valid) << before;
    EXPECT_EQ(is_utf8(text + "the end"), is_valid) << before;
    EXPECT_EQ(is_utf8(bytes + text), is_valid) << before;
  }
}

TEST_P(Utf8, IsMadeValidAndStaysWhenItIs) {
  const auto& [bytes, is_valid] = GetParam();
  const auto text = "before " + bytes + " behind";
  EXPECT_EQ(with_valid_utf8(text) == text, is_valid);
  EXPECT_TRUE(is_utf8(with_valid_utf8(text)));
}

TEST(Utf8, ReplacesEachWrongByte) {
  EXPECT_EQ(with_valid_utf8("a\xff\xfe"
                            "b"),
            "a\xEF\xBF\xBD\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(with_valid_utf8("a\xc3"), "a\xEF\xBF\xBD");
}

TEST(CutUtf8, CutsBetweenCharacters) {
  const std::string text = "a\u00e9\u20ac\U0001f600z";  // 1, 2, 3, 4 and 1 bytes
  const std::size_t kept[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};
  for (std::size_t bytes_max = 0; bytes_max < std::size(kept); ++bytes_max)
    EXPECT_EQ(cut_utf8(text, bytes_max), text.substr(0, kept[bytes_max])) << bytes_max;
}

}  // namespace
}  // namespace oriel::conduit
