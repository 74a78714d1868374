#pragma once
// Memory of large arrays for std::vector (large_block.h), whose elements stay as the memory is
// where no value for them is given.

#include <cstddef>
#include <limits>
#include <new>
#include <utility>

#include "oriel/base/large_block.h"

namespace oriel {

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
    return static_cast<T*>(bytes < kLargePageBytes ? ::operator new(bytes)
                                                   : take_large_block(bytes));
  }
  void deallocate(T* memory, std::size_t count) {
    const auto bytes = count * sizeof(T);
    if (bytes < kLargePageBytes)
      ::operator delete(memory);
    else
      give_large_block(memory, bytes);
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
