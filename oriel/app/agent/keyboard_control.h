#pragma once
// The keyboard of an agent: text in any script, keys by name.

#include <boost/asio/awaitable.hpp>
#include <string>
#include <utility>

#include "oriel/app/agent/agent_parts.h"
#include "oriel/app/agent/typing.h"

namespace oriel::agent {

// Lives as long as its agent, on the same loop.
class KeyboardControl {
 public:
  using Done = boost::asio::awaitable<AgentStatus>;

  explicit KeyboardControl(AgentParts& parts) : parts_(parts) {}

  // UTF-8; line ends are Return. kInput for an empty text, and for what no key types.
  Done type_text(std::string text, TypeOptions options = {});
  // One key or a combination, `count` times.
  Done press_key(KeyNames keys, int count = 1, milliseconds delay = {});
  Done hotkey(KeyNames keys, milliseconds delay = {}) {
    return press_key(std::move(keys), 1, delay);
  }
  // Until key_up(), or the end of the agent.
  Done key_down(KeyNames keys, milliseconds delay = {});
  Done key_up(KeyNames keys, milliseconds delay = {});
  Done hold(KeyNames keys, milliseconds duration, milliseconds delay = {});

 private:
  bool is_shift_held() const;

  AgentParts& parts_;
};

}  // namespace oriel::agent
