#include "oriel/io/desktop/xwd_header.h"

#include <gtest/gtest.h>

#include <array>

#include "oriel/base/byte_writer.h"

namespace oriel::desktop {
namespace {

using Words = std::array<std::uint32_t, 25>;

// What Xvfb 21.1 writes for -screen 0 640x480x24.
Words xvfb_words() {
  return {160, 7,        2,      24,   640, 480, 0,   0,   32,  0, 32, 32, 2560,
          4,   0xff0000, 0xff00, 0xff, 8,   256, 256, 640, 480, 0, 0,  0};
}
constexpr std::uint64_t kFileBytes = 160 + 256 * 12 + 2560 * 480;

Bytes written(const Words& words) {
  Bytes bytes;
  ByteWriter writer(bytes);
  for (std::uint32_t word : words) writer.u32(word);
  return bytes;
}

Result<XwdLayout> parse(const Words& words, std::uint64_t file_bytes = kFileBytes) {
  return parse_xwd_header(written(words), file_bytes);
}

TEST(XwdHeader, FindsThePixelsOfXvfb) {
  EXPECT_EQ(parse(xvfb_words()), (XwdLayout{{640, 480}, 2560, 3232}));
}

TEST(XwdHeader, RefusesEveryTruncation) {
  const Bytes whole = written(xvfb_words());
  ASSERT_EQ(whole.size(), kXwdHeaderBytes);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(parse_xwd_header(ByteSpan(whole).first(size), kFileBytes)) << size;
  }
}

TEST(XwdHeader, RefusesAFileThatEndsBeforeTheLastRow) {
  EXPECT_TRUE(parse(xvfb_words(), kFileBytes));
  EXPECT_FALSE(parse(xvfb_words(), kFileBytes - 1));
}

TEST(XwdHeader, RefusesOtherPixelFormats) {
  for (std::size_t word : {1, 2, 3, 7, 11, 14, 15, 16}) {
    Words words = xvfb_words();
    ++words[word];
    auto layout = parse(words);
    ASSERT_FALSE(layout) << word;
    EXPECT_EQ(layout.error().code, ErrorCode::kUnsupported);
  }
}

TEST(XwdHeader, RefusesLengthsOutsideTheirLimits) {
  struct Case {
    std::size_t word;
    std::uint32_t value;
  };
  for (auto [word, value] : {Case{0, 99},
                             {0, 4097},
                             {0, 0xffffffff},
                             {4, 0},
                             {4, 641},
                             {4, 32768},
                             {4, 0x40000000},
                             {5, 0},
                             {5, 481},
                             {5, 0xffffffff},
                             {12, 2556},
                             {12, 2562},
                             {12, 0},
                             {12, 0xfffffffc},
                             {19, 4097},
                             {19, 0xffffffff}}) {
    Words words = xvfb_words();
    words[word] = value;
    EXPECT_FALSE(parse(words)) << word << " = " << value;
  }
}

TEST(XwdHeader, RefusesPixelsThatAreNotAligned) {
  Words words = xvfb_words();
  words[0] = 164;
  EXPECT_TRUE(parse(words, kFileBytes + 4));
  words[0] = 162;
  EXPECT_FALSE(parse(words, kFileBytes + 4));
}

}  // namespace
}  // namespace oriel::desktop
