#pragma once
// ORIEL_CHECK: our own mistakes stop the program, also in release; a bug must not become a wrong
// pixel or a leaked byte.

#include <cstdio>
#include <cstdlib>

#define ORIEL_CHECK(condition)                                                           \
  do {                                                                                   \
    if (!(condition)) [[unlikely]] {                                                     \
      std::fprintf(stderr, "%s:%d: check failed: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                      \
    }                                                                                    \
  } while (false)
