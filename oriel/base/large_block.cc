#include "oriel/base/large_block.h"

#include <sys/mman.h>

#include <cstdlib>
#include <mutex>
#include <new>
#include <utility>

namespace oriel {
namespace {

// AddressSanitizer looks better after what is freed.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ORIEL_KEEPS_NO_BLOCK
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define ORIEL_KEEPS_NO_BLOCK
#endif
#ifdef ORIEL_KEEPS_NO_BLOCK
constexpr std::size_t kSpareBytesMax = 0;
#else
constexpr std::size_t kSpareBytesMax = std::size_t{16} << 20;
#endif

struct Block {
  void* memory = nullptr;
  std::size_t bytes = 0;
};

std::mutex spare_mutex;
Block spare;  // the copies of a desktop that is looked at again and again come and go one by one

Block exchange_spare(Block block) {
  const std::lock_guard lock(spare_mutex);
  return std::exchange(spare, block);
}

void* take_spare(std::size_t bytes) {
  const std::lock_guard lock(spare_mutex);
  return spare.bytes == bytes ? std::exchange(spare, {}).memory : nullptr;
}

// With the last page whole where more than half of it is used anyway.
std::size_t whole_pages(std::size_t bytes) {
  const auto rest = bytes % kLargePageBytes;
  return rest > kLargePageBytes / 2 ? bytes - rest + kLargePageBytes : bytes;
}

}  // namespace

void* take_large_block(std::size_t bytes) {
  if (auto* memory = take_spare(bytes)) return memory;
  const auto whole = whole_pages(bytes);
  void* memory = nullptr;
  if (::posix_memalign(&memory, kLargePageBytes, whole) != 0) throw std::bad_alloc();
  // Where it is refused, small pages serve as well.
  ::madvise(memory, whole / kLargePageBytes * kLargePageBytes, MADV_HUGEPAGE);
  return memory;
}

void give_large_block(void* block, std::size_t bytes) {
  const Block given{block, bytes};
  std::free(bytes <= kSpareBytesMax ? exchange_spare(given).memory : block);
}

}  // namespace oriel
