#include "oriel/core/rfb/colour_map_message.h"

#include <gtest/gtest.h>

namespace oriel::rfb {
namespace {

TEST(ColourMapMessage, HasAllEntriesInSixteenBits) {
  Bytes bytes;
  ByteWriter writer(bytes);
  write_colour_map(image::standard_colour_map(), writer);
  ASSERT_EQ(bytes.size(), 6u + 256 * 6);
  EXPECT_EQ(Bytes(bytes.begin(), bytes.begin() + 18),
            (Bytes{1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x33, 0x33}));
}

TEST(ColourMapMessage, ReadsBackAtOnceAndNotBeforeItIsWhole) {
  Bytes bytes;
  ByteWriter writer(bytes);
  write_colour_map(image::standard_colour_map(), writer);
  image::ColourMap map{};
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    const auto need = parse_colour_map(ByteSpan(bytes).first(size), map);
    ASSERT_EQ(need, (Need{0, size < 6 ? 6 : bytes.size()}));
  }
  EXPECT_EQ(map, image::ColourMap{});
  EXPECT_EQ(parse_colour_map(bytes, map), (Need{bytes.size(), 1}));
  EXPECT_EQ(map, image::standard_colour_map());
}

TEST(ColourMapMessage, EntriesBeyondTheMapAreIgnored) {
  image::ColourMap map{};
  const Bytes bytes{1, 0, 0, 255, 0, 2, 0x12, 0xff, 0x34, 0, 0x56, 0, 9, 9, 9, 9, 9, 9};
  EXPECT_EQ(parse_colour_map(bytes, map), (Need{18, 1}));
  EXPECT_EQ(map[255], 0x123456u);
  EXPECT_EQ(map[0], 0u);
}

}  // namespace
}  // namespace oriel::rfb
