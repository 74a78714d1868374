#pragma once
// Keeps addresses that gave wrong passwords out for a while, longer each time. Pure: time is an
// argument.

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "oriel/base/time.h"

namespace oriel::net {

// The network thread owns it.
class Lockout {
 public:
  static constexpr int kFreeFailures = 5;  // wrong passwords without consequence
  static constexpr auto kFirst =
      std::chrono::seconds(1);  // then this long, doubled with each further one
  static constexpr auto kLongest = std::chrono::minutes(10);
  static constexpr auto kForgottenAfter = std::chrono::hours(1);  // without another failure
  static constexpr std::size_t kAddressesMax = 10'000;  // beyond, the oldest are forgotten

  // `peer` is one as Stream::peer says it; what counts is address_of it (peer_address.h).
  // Until when the address is kept out; now or earlier: it is not.
  TimePoint locked_until(std::string_view peer) const;
  // The same as whole seconds from now, 0 when it is not; and the sentence for who is.
  int wait_s(std::string_view peer, TimePoint now) const;
  static std::string refusal(int wait_s);
  void failed(std::string_view peer, TimePoint now);
  // The full password clears the address. The view-only one does not: with it in between, who may
  // look could guess the full one without end.
  void succeeded(std::string_view peer);

 private:
  struct Record {
    int failures = 0;
    TimePoint last{};
    TimePoint until{};
  };
  void forget_some(TimePoint now);

  std::map<std::string, Record, std::less<>> records_;
};

}  // namespace oriel::net
