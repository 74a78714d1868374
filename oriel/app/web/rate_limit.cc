#include "oriel/app/web/rate_limit.h"

#include <algorithm>
#include <chrono>

namespace oriel::web {

bool RateLimit::take(std::string_view address, TimePoint now) {
  auto found = buckets_.find(address);
  if (found == buckets_.end()) {
    make_room(now);
    found = buckets_.emplace(std::string(address), Bucket{burst_, now}).first;
  }
  auto& bucket = found->second;
  const auto seconds = std::chrono::duration<double>(now - bucket.filled).count();
  bucket.tokens = std::min(burst_, bucket.tokens + seconds * per_second_);
  bucket.filled = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

void RateLimit::make_room(TimePoint now) {
  if (buckets_.size() < addresses_max_) return;
  const auto full_after = std::chrono::duration<double>(burst_ / per_second_);
  std::erase_if(buckets_, [&](const auto& each) { return now - each.second.filled > full_after; });
  if (buckets_.size() < addresses_max_) return;
  buckets_.erase(
      std::ranges::min_element(buckets_, {}, [](const auto& each) { return each.second.filled; }));
}

}  // namespace oriel::web
