#include "oriel/app/net/large_memory.h"

#include <malloc.h>

namespace oriel::net {
namespace {

constexpr int kMiB = 1024 * 1024;

}  // namespace

void keep_large_memory() {
#ifdef __GLIBC__
  // All, for setting one ends the adjustment of the others (mallopt(3)).
  (void)::mallopt(M_MMAP_THRESHOLD, 8 * kMiB);
  (void)::mallopt(M_TRIM_THRESHOLD, 16 * kMiB);
  (void)::mallopt(M_TOP_PAD, kMiB);
#endif
}

}  // namespace oriel::net
