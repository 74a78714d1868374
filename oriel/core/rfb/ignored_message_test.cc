#include "oriel/core/rfb/ignored_message.h"

#include <gtest/gtest.h>

#include "oriel/core/rfb/constants.h"

namespace oriel::rfb {
namespace {

TEST(IgnoredMessage, IsOneOfThreeTypes) {
  for (int type = 0; type < 256; ++type) {
    const Bytes bytes{static_cast<std::uint8_t>(type), 1};
    EXPECT_EQ(find_ignored_message(bytes).has_value(),
              type == kXvp || type == kGii || type == kQemu)
        << type;
  }
}

TEST(IgnoredMessage, KnowsItsLengthOnceItsHeadIsThere) {
  const Bytes sound{kQemu, 1, 0, 2, 0, 1, 0, 0};
  EXPECT_EQ(find_ignored_message(ByteSpan(sound).first(1))->head_bytes, 4u);
  EXPECT_EQ(find_ignored_message(ByteSpan(sound).first(4))->head_bytes, 8u);
  EXPECT_EQ(find_ignored_message(sound)->body_bytes, 65536u);
  EXPECT_EQ(find_ignored_message(Bytes{kGii, 0x01, 0xff, 0x01})->body_bytes, 0x1ffu);
  EXPECT_EQ(find_ignored_message(Bytes{kGii, 0x81, 0xff, 0x01})->body_bytes, 0xff01u);
}

}  // namespace
}  // namespace oriel::rfb
