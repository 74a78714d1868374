#include "oriel/app/server/access.h"

#include <algorithm>

namespace oriel::server {

Access::Admission Access::admit(ViewerId viewer, std::string_view address) {
  Admission admission;
  const auto known = addresses_.find(address);
  if (known != addresses_.end() && known->second.connections >= limits_.connections_per_address) {
    const auto oldest = oldest_of(address);
    if (oldest == unauthenticated_.end())
      return {false, std::nullopt, "all places of this address are taken"};
    admission.yields = yield(oldest);
  } else if (all_.size() >= limits_.connections ||
             unauthenticated_.size() >= limits_.unauthenticated) {
    if (unauthenticated_.empty()) return {false, std::nullopt, "all places are taken"};
    admission.yields = yield(oldest_of_the_busiest());
  }
  auto& counts = addresses_[std::string(address)];
  ++counts.connections;
  ++counts.unauthenticated;
  all_.emplace(viewer, address);
  unauthenticated_.push_back({viewer, std::string(address)});
  admission.is_admitted = true;
  return admission;
}

Access::Queue::iterator Access::oldest_of(std::string_view address) {
  return std::ranges::find(unauthenticated_, address, &Waiting::address);
}

Access::Queue::iterator Access::oldest_of_the_busiest() {
  std::size_t most = 0;
  for (const auto& [address, counts] : addresses_) most = std::max(most, counts.unauthenticated);
  return std::ranges::find_if(unauthenticated_, [&](const Waiting& waiting) {
    return addresses_.find(waiting.address)->second.unauthenticated == most;
  });
}

ViewerId Access::yield(const Queue::iterator& waiting) {
  const auto viewer = waiting->viewer;
  forget(viewer);
  return viewer;
}

void Access::authenticated(ViewerId viewer) {
  const auto waiting = std::ranges::find(unauthenticated_, viewer, &Waiting::viewer);
  if (waiting == unauthenticated_.end()) return;
  --addresses_.find(waiting->address)->second.unauthenticated;
  unauthenticated_.erase(waiting);
}

void Access::left(ViewerId viewer) { forget(viewer); }

void Access::forget(ViewerId viewer) {
  const auto entry = all_.find(viewer);
  if (entry == all_.end()) return;
  authenticated(viewer);  // it waits no more, whichever way
  const auto counts = addresses_.find(entry->second);
  if (--counts->second.connections == 0) addresses_.erase(counts);
  all_.erase(entry);
}

}  // namespace oriel::server
