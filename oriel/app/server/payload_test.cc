#include "oriel/app/server/payload.h"

#include <gtest/gtest.h>

namespace oriel::server {
namespace {

PayloadKey key(int x) { return {{x, 0, 8, 8}, 1, {&codec::encoding_table()[0], image::kBgrx}}; }
Payload payload(std::size_t size) {
  return {&codec::encoding_table()[0], std::make_shared<const Bytes>(Bytes(size, 1))};
}

TEST(PayloadCache, ForgetsTheLeastRecentlyUsedBeyondItsBytes) {
  PayloadCache cache(100);
  cache.insert(key(1), payload(40));
  cache.insert(key(2), payload(40));
  EXPECT_NE(cache.find(key(1)).bytes, nullptr);
  cache.insert(key(3), payload(40));
  EXPECT_NE(cache.find(key(1)).bytes, nullptr);
  EXPECT_EQ(cache.find(key(2)).bytes, nullptr);
  EXPECT_EQ(cache.size_bytes(), 80u);
}

TEST(PayloadCache, KeepsNothingThatIsLargerThanItself) {
  PayloadCache cache(100);
  cache.insert(key(1), payload(101));
  EXPECT_EQ(cache.find(key(1)).bytes, nullptr);
  EXPECT_EQ(cache.size_bytes(), 0u);
}

TEST(PayloadCache, TellsPayloadsApartByGenerationAndFormat) {
  PayloadCache cache(100);
  cache.insert(key(1), payload(10));
  auto other = key(1);
  other.content_generation = 2;
  EXPECT_EQ(cache.find(other).bytes, nullptr);
  other = key(1);
  other.profile.format.red_shift = 0;
  other.profile.format.blue_shift = 16;
  EXPECT_EQ(cache.find(other).bytes, nullptr);
}

}  // namespace
}  // namespace oriel::server
