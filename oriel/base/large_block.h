#pragma once
// Memory of large arrays, such as pictures, in pages of 2 MiB where the system has them: the first
// touch of 8 MB then costs 1 ms instead of 5, and looking up addresses less. Any thread.

#include <cstddef>

namespace oriel {

inline constexpr std::size_t kLargePageBytes = std::size_t{2} << 20;

// At least kLargePageBytes. What it holds is not known: the last block that was given back, if it
// has that size and not more than 16 MiB, is kept and given out again. Throws std::bad_alloc.
void* take_large_block(std::size_t bytes);
// One that was taken with as many bytes.
void give_large_block(void* block, std::size_t bytes);

}  // namespace oriel
