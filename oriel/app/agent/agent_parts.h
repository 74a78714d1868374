#pragma once
// What the controls of one agent share.

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <vector>

#include "oriel/app/agent/damage_log.h"
#include "oriel/app/agent/input_player.h"
#include "oriel/app/agent/kept_png.h"
#include "oriel/app/agent/limits.h"

namespace oriel::agent {

// Lives on the loop of `target`, which outlives it.
struct AgentParts {
  explicit AgentParts(AgentTarget& to, std::size_t history_bytes)
      : target(to), log(to, history_bytes), player(to) {}

  // Does the actions and rests for `delay`. `last_action` is the moment before the first.
  boost::asio::awaitable<AgentStatus> perform(std::vector<Action> actions, milliseconds delay);

  AgentTarget& target;
  DamageLog log;
  InputPlayer player;
  std::optional<Mark> last_action;
  std::shared_ptr<KeptPng> png = std::make_shared<KeptPng>();  // also the threads' that write it
};

}  // namespace oriel::agent
