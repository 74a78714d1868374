#include "oriel/base/large_block.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

#include "oriel/base/large_allocator.h"

namespace oriel {
namespace {

TEST(LargeBlock, BeginsAtALargePageAndHasItsBytes) {
  for (const std::size_t bytes : {kLargePageBytes, kLargePageBytes * 3 / 2 + 1,
                                  kLargePageBytes * 4 - 94'208, std::size_t{40} << 20}) {
    auto* block = take_large_block(bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % kLargePageBytes, 0u);
    std::memset(block, 0xa5, bytes);
    give_large_block(block, bytes);
  }
}

TEST(LargeBlock, GoesToOneOwnerAtATime) {
  constexpr std::size_t kBytes = kLargePageBytes + 4096;
  const auto work = [](unsigned char mark) {
    for (int i = 0; i < 200; ++i) {
      auto* block = static_cast<unsigned char*>(take_large_block(kBytes));
      block[0] = block[kBytes - 1] = mark;
      std::this_thread::yield();
      ASSERT_EQ(block[0], mark);
      ASSERT_EQ(block[kBytes - 1], mark);
      give_large_block(block, kBytes);
    }
  };
  std::thread one(work, 1), two(work, 2);
  one.join();
  two.join();
}

TEST(LargeAllocator, ServesVectorsOfAnySize) {
  for (const std::size_t count : {1u, 1000u, 600'000u, 3'000'000u}) {
    std::vector<std::uint32_t, LargeAllocator<std::uint32_t>> numbers(count, 7);
    const auto copy = numbers;
    numbers.resize(2 * count);
    EXPECT_EQ(copy.back(), 7u);
    EXPECT_EQ(numbers[count - 1], 7u);
  }
}

}  // namespace
}  // namespace oriel
