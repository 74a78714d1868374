#pragma once
// A moment of a desktop, to look back to.

#include "oriel/base/time.h"
#include "oriel/core/screen/screen.h"

namespace oriel::agent {

// A moment of a desktop: what comes later is newer than `generation`.
struct Mark {
  TimePoint at{};
  screen::Generation generation = 0;

  friend bool operator==(const Mark&, const Mark&) = default;
};

}  // namespace oriel::agent
