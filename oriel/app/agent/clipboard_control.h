#pragma once
// The clipboard of the desktop, as an agent uses it: text in UTF-8.

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "oriel/app/agent/agent_parts.h"
#include "oriel/core/clipboard/history.h"

namespace oriel::agent {

// Lives as long as its agent, on the same loop. kState where the desktop has no clipboard.
class ClipboardControl {
 public:
  template <typename T>
  using Awaitable = boost::asio::awaitable<AgentResult<T>>;

  explicit ClipboardControl(AgentParts& parts) : parts_(parts) {}

  Awaitable<void> set(std::string text, milliseconds delay = {});
  // What is on it now. kAction when it has no text, or an empty one, as after clear(); kTimeout
  // when whoever has it does not give it.
  Awaitable<std::string> get(milliseconds timeout = kCatchUpTimeout);
  // An empty text takes the place of what is on it.
  Awaitable<void> clear(milliseconds delay = {});
  // What this agent has set and got, the newest first.
  std::vector<clipboard::ClipboardHistory::Entry> history(std::size_t count = 10) const {
    return history_.recent(count);
  }

 private:
  AgentParts& parts_;
  clipboard::ClipboardHistory history_;
};

}  // namespace oriel::agent
