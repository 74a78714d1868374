#include "oriel/base/large_block.h"

#include <sys/mman.h>

#include <atomic>
#include <cstdlib>
#include <new>

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

// The copies of a desktop that is looked at again and again come and go one by one. The size of the
// block stands in it.
std::atomic<void*> spare = nullptr;

void* take_spare(std::size_t bytes) {
  auto* memory = spare.exchange(nullptr);
  if (memory == nullptr || *static_cast<std::size_t*>(memory) == bytes) return memory;
  void* none = nullptr;
  if (!spare.compare_exchange_strong(none, memory)) std::free(memory);
  return nullptr;
}

// What was kept before.
void* keep_spare(void* memory, std::size_t bytes) {
  *static_cast<std::size_t*>(memory) = bytes;
  return spare.exchange(memory);
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
  std::free(bytes <= kSpareBytesMax ? keep_spare(block, bytes) : block);
}

}  // namespace oriel
