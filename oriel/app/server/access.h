#pragma once
// Who may be connected: how many in all, how many of one address, and how many that have not
// authenticated. Pure bookkeeping.

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "oriel/app/server/input_pipeline.h"

namespace oriel::server {

struct AccessLimits {
  std::size_t connections = 0;
  std::size_t connections_per_address = 0;
  std::size_t unauthenticated = 0;
};

// The network thread owns it.
class Access {
 public:
  explicit Access(const AccessLimits& limits) : limits_(limits) {}

  struct Admission {
    bool is_admitted = false;
    std::optional<ViewerId> yields;  // must be closed now to make room
    std::string_view refusal;        // when it is not admitted: which limit it is that was met
  };
  // `viewer` wants in from `address` (peer_address.h). Where there is no room, the oldest that has
  // not authenticated yields: of its own address when that has too many, else of the address that
  // has most of them, so that one address cannot push out others. When all have authenticated,
  // there is no room.
  Admission admit(ViewerId viewer, std::string_view address);
  void authenticated(ViewerId viewer);
  void left(ViewerId viewer);

  std::size_t authenticated_count() const { return all_.size() - unauthenticated_.size(); }

 private:
  struct Address {
    std::size_t connections = 0;
    std::size_t unauthenticated = 0;
  };
  struct Waiting {
    ViewerId viewer;
    std::string address;
  };
  using Queue = std::deque<Waiting>;

  Queue::iterator oldest_of(std::string_view address);
  Queue::iterator oldest_of_the_busiest();
  ViewerId yield(const Queue::iterator& waiting);
  void forget(ViewerId viewer);

  AccessLimits limits_;
  Queue unauthenticated_;  // oldest first
  std::map<ViewerId, std::string> all_;
  std::map<std::string, Address, std::less<>> addresses_;
};

}  // namespace oriel::server
