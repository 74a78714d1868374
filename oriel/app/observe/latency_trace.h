#pragma once
// Marks on the way from a key to its pixels, for benchmarks; nobody listens in the program itself.

#include "oriel/base/time.h"

namespace oriel::observe {

enum class LatencyMark {
  kInputRead,  // the event has been parsed
  kInjected,   // and is with the X server
  kDamaged,    // the desktop reported damage
  kCommitted,  // the screen has the new pixels
  kEncoded,    // the update is complete
  kSent,       // and with the kernel
};
inline constexpr int kLatencyMarks = 6;

// Called on the network thread; must be quick.
class LatencyTrace {
 public:
  virtual ~LatencyTrace() = default;
  virtual void reached(LatencyMark mark, TimePoint when) = 0;
};

}  // namespace oriel::observe
