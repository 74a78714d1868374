#include "oriel/app/server/payload.h"

namespace oriel::server {

SharedBytes PayloadCache::find(const PayloadKey& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->payload;
}

void PayloadCache::insert(const PayloadKey& key, SharedBytes payload) {
  if (payload->size() > max_bytes_ || by_key_.contains(key)) return;
  size_bytes_ += payload->size();
  entries_.push_front({key, std::move(payload)});
  by_key_[key] = entries_.begin();
  while (size_bytes_ > max_bytes_) {
    size_bytes_ -= entries_.back().payload->size();
    by_key_.erase(entries_.back().key);
    entries_.pop_back();
  }
}

}  // namespace oriel::server
