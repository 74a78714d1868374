#include "oriel/core/image/frame.h"

#include <gtest/gtest.h>

namespace oriel::image {
namespace {

TEST(Frame, IsOfOneColourAndBlackWithoutOne) {
  EXPECT_EQ(Frame({3, 2}).at(2, 1), 0u);
  EXPECT_EQ(Frame({3, 2}, 0x123456).at(2, 1), 0x123456u);
  // Large enough for memory of its own, which may have been another frame's.
  for (const auto colour : {0xffffffu, 0u}) {
    const Frame large({1024, 1024}, colour);
    EXPECT_EQ(large.at(0, 0), colour);
    EXPECT_EQ(large.at(1023, 1023), colour);
  }
}

TEST(Frame, IsACopyOfAPartOfAnother) {
  Frame whole({7, 5});
  for (int i = 0; i < 35; ++i) whole.at(i % 7, i / 7) = static_cast<std::uint32_t>(i);
  EXPECT_EQ(Frame::copy_of(whole.view()), whole);
  const auto part = Frame::copy_of(whole.view().crop({2, 1, 3, 4}));
  ASSERT_EQ(part.size(), (Size{3, 4}));
  for (int y = 0; y < 4; ++y)
    for (int x = 0; x < 3; ++x) EXPECT_EQ(part.at(x, y), whole.at(x + 2, y + 1));
  EXPECT_EQ(Frame::copy_of(Frame().view()), Frame());
}

}  // namespace
}  // namespace oriel::image
