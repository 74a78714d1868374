#include "oriel/app/net/lockout.h"

#include <fmt/format.h>

#include <algorithm>

#include "oriel/app/net/peer_address.h"

namespace oriel::net {

TimePoint Lockout::locked_until(std::string_view peer) const {
  const auto found = records_.find(address_of(peer));
  return found == records_.end() ? TimePoint{} : found->second.until;
}

int Lockout::wait_s(std::string_view peer, TimePoint now) const {
  const auto left = std::max(locked_until(peer) - now, Duration::zero());
  return static_cast<int>(std::chrono::ceil<std::chrono::seconds>(left).count());
}

std::string Lockout::refusal(int wait_s) {
  return fmt::format("too many wrong passwords from this address: wait {} s", wait_s);
}

void Lockout::failed(std::string_view peer, TimePoint now) {
  forget_some(now);
  auto& record = records_[address_of(peer)];
  if (now - record.last > kForgottenAfter) record = {};
  record.last = now;
  const int beyond = ++record.failures - kFreeFailures;
  if (beyond <= 0) return;
  const Duration doubled =
      beyond > 12 ? Duration(kLongest) : Duration(kFirst) * (1 << (beyond - 1));
  record.until = now + std::min<Duration>(doubled, kLongest);
}

void Lockout::succeeded(std::string_view peer) { records_.erase(address_of(peer)); }

void Lockout::forget_some(TimePoint now) {
  if (records_.size() < kAddressesMax) return;
  std::erase_if(records_,
                [now](const auto& entry) { return now - entry.second.last > kForgottenAfter; });
  if (records_.size() < kAddressesMax) return;
  records_.erase(
      std::ranges::min_element(records_, {}, [](const auto& entry) { return entry.second.last; }));
}

}  // namespace oriel::net
