#pragma once
// How many requests an address may make: a token bucket each. Pure: time is an argument.

#include <map>
#include <string>
#include <string_view>

#include "oriel/base/time.h"

namespace oriel::web {

// The network thread owns it.
class RateLimit {
 public:
  // `per_second` over a while, and `burst` at once; of more than `addresses_max` the one that was
  // used least lately is forgotten.
  RateLimit(double per_second, double burst, std::size_t addresses_max)
      : per_second_(per_second), burst_(burst), addresses_max_(addresses_max) {}

  // Counts a request of `address`; false when it is one too many.
  bool take(std::string_view address, TimePoint now);

 private:
  struct Bucket {
    double tokens;
    TimePoint filled;
  };
  void make_room(TimePoint now);

  double per_second_;
  double burst_;
  std::size_t addresses_max_;
  std::map<std::string, Bucket, std::less<>> buckets_;
};

}  // namespace oriel::web
