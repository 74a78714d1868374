#pragma once
// Memory of large arrays, such as pictures, in pages of 2 MiB where the system has them: the first
// touch of 8 MB then costs 1 ms instead of 5, and looking up addresses less. For std::vector, whose
// elements stay as the memory is where no value for them is given.

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <limits>
#include <new>
#include <utility>

namespace oriel {

inline constexpr std::size_t kLargePageBytes = std::size_t{2} << 20;

// As many bytes, with the last page whole where more than half of it is used anyway.
constexpr std::size_t whole_large_pages(std::size_t bytes) {
  const auto rest = bytes % kLargePageBytes;
  return rest > kLargePageBytes / 2 ? bytes - rest + kLargePageBytes : bytes;
}

template <typename T>
struct LargeAllocator {
  using value_type = T;

  LargeAllocator() = default;
  template <typename U>
  LargeAllocator(const LargeAllocator<U>&) {}

  T* allocate(std::size_t count) {
    if (count > std::numeric_limits<std::size_t>::max() / sizeof(T))
      throw std::bad_array_new_length();
    const auto bytes = count * sizeof(T);
    if (bytes < kLargePageBytes) return static_cast<T*>(::operator new(bytes));
    const auto whole = whole_large_pages(bytes);
    void* memory = nullptr;
    if (::posix_memalign(&memory, kLargePageBytes, whole) != 0) throw std::bad_alloc();
    // Where it is refused, small pages serve as well.
    ::madvise(memory, whole / kLargePageBytes * kLargePageBytes, MADV_HUGEPAGE);
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t count) {
    if (count * sizeof(T) < kLargePageBytes)
      ::operator delete(memory);
    else
      std::free(memory);
  }

  template <typename U>
  void construct(U* at) {
    ::new (static_cast<void*>(at)) U;
  }
  template <typename U, typename... Arguments>
  void construct(U* at, Arguments&&... arguments) {
    ::new (static_cast<void*>(at)) U(std::forward<Arguments>(arguments)...);
  }

  template <typename U>
  bool operator==(const LargeAllocator<U>&) const {
    return true;
  }
};

}  // namespace oriel
