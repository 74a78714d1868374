#include "oriel/app/server/payload.h"

namespace oriel::server {

Payload PayloadCache::find(const PayloadKey& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return {};
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->payload;
}

void PayloadCache::insert(const PayloadKey& key, Payload payload) {
  if (payload.bytes->size() > max_bytes_ || by_key_.contains(key)) return;
  size_bytes_ += payload.bytes->size();
  entries_.push_front({key, std::move(payload)});
  by_key_[key] = entries_.begin();
  while (size_bytes_ > max_bytes_) {
    size_bytes_ -= entries_.back().payload.bytes->size();
    by_key_.erase(entries_.back().key);
    entries_.pop_back();
  }
}

}  // namespace oriel::server
