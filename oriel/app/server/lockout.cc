#include "oriel/app/server/lockout.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace oriel::server {

std::string lockout_key(std::string_view peer) {
  if (!peer.starts_with('[')) return std::string(peer.substr(0, peer.rfind(':')));
  const std::string address(peer.substr(1, peer.find(']') - 1));
  std::array<unsigned char, 16> bytes{};
  if (::inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) return address;
  std::fill(bytes.begin() + 8, bytes.end(), 0);
  char text[INET6_ADDRSTRLEN] = "";
  ::inet_ntop(AF_INET6, bytes.data(), text, sizeof text);
  return std::string(text) + "/64";
}

TimePoint Lockout::locked_until(std::string_view peer) const {
  const auto found = records_.find(lockout_key(peer));
  return found == records_.end() ? TimePoint{} : found->second.until;
}

void Lockout::failed(std::string_view peer, TimePoint now) {
  forget_some(now);
  auto& record = records_[lockout_key(peer)];
  if (now - record.last > kForgottenAfter) record = {};
  record.last = now;
  const int beyond = ++record.failures - kFreeFailures;
  if (beyond <= 0) return;
  const Duration doubled =
      beyond > 12 ? Duration(kLongest) : Duration(kFirst) * (1 << (beyond - 1));
  record.until = now + std::min<Duration>(doubled, kLongest);
}

void Lockout::succeeded(std::string_view peer) { records_.erase(lockout_key(peer)); }

void Lockout::forget_some(TimePoint now) {
  if (records_.size() < kAddressesMax) return;
  std::erase_if(records_,
                [now](const auto& entry) { return now - entry.second.last > kForgottenAfter; });
  if (records_.size() < kAddressesMax) return;
  records_.erase(
      std::ranges::min_element(records_, {}, [](const auto& entry) { return entry.second.last; }));
}

}  // namespace oriel::server
