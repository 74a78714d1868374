#include "oriel/app/agent/agent_parts.h"

#include <utility>

namespace oriel::agent {

boost::asio::awaitable<AgentStatus> AgentParts::perform(std::vector<Action> actions,
                                                        milliseconds delay) {
  last_action = log.mark();
  if (delay != milliseconds::zero()) actions.push_back(Pause{delay});
  return player.play(std::move(actions));
}

}  // namespace oriel::agent
