#pragma once
// Who may be connected: how many in all, and how many that have not authenticated. Pure
// bookkeeping.

#include <cstddef>
#include <deque>
#include <optional>
#include <set>

#include "oriel/app/server/input_pipeline.h"

namespace oriel::server {

// The network thread owns it.
class Access {
 public:
  Access(std::size_t connections_max, std::size_t unauthenticated_max)
      : connections_max_(connections_max), unauthenticated_max_(unauthenticated_max) {}

  struct Admission {
    bool is_admitted = false;
    std::optional<ViewerId> yields;  // must be closed now to make room
  };
  // Somebody wants in. When it is full, the oldest that has not authenticated yields; when all
  // have, there is no room.
  Admission admit(ViewerId viewer);
  void authenticated(ViewerId viewer);
  void left(ViewerId viewer);

  std::size_t authenticated_count() const { return authenticated_.size(); }

 private:
  std::size_t connections_max_;
  std::size_t unauthenticated_max_;
  std::deque<ViewerId> unauthenticated_;  // oldest first
  std::set<ViewerId> authenticated_;
};

}  // namespace oriel::server
