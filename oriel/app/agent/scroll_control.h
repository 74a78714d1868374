#pragma once
// The wheel of an agent's mouse. Amounts are steps of the wheel, 0 to kScrollMax.

#include <boost/asio/awaitable.hpp>
#include <optional>

#include "oriel/app/agent/agent_parts.h"
#include "oriel/app/agent/pointer_options.h"

namespace oriel::agent {

// Lives as long as its agent, on the same loop.
class ScrollControl {
 public:
  using Done = boost::asio::awaitable<AgentStatus>;

  explicit ScrollControl(AgentParts& parts) : parts_(parts) {}

  Done up(int amount = 3, ScrollOptions options = {});
  Done down(int amount = 3, ScrollOptions options = {});
  Done left(int amount = 3, ScrollOptions options = {});
  Done right(int amount = 3, ScrollOptions options = {});
  // At a place: positive is right and down.
  Done at(image::Point place, int dx, int dy, ScrollOptions options = {});

 private:
  Done scroll(int amount, int dx, int dy, ScrollOptions options);
  AgentParts& parts_;
};

}  // namespace oriel::agent
