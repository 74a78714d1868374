#pragma once
// An agent on a desktop, as coroutines on the loop of its target. From other threads: sync_agent.h.
//
//   AsyncAgent agent(target);
//   auto clicked = co_await agent.mouse().left_click(Point{100, 100});
//   auto still = co_await agent.wait().still({.since = agent.last_action()});  // g++ 12: a
//   variable
//
// g++ 12 does not compile braced lists inside an expression with co_await: give them a name first.

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <vector>

#include "oriel/app/agent/act.h"
#include "oriel/app/agent/agent_parts.h"
#include "oriel/app/agent/clipboard_control.h"
#include "oriel/app/agent/keyboard_control.h"
#include "oriel/app/agent/mouse_control.h"
#include "oriel/app/agent/screenshot_control.h"
#include "oriel/app/agent/scroll_control.h"
#include "oriel/app/agent/video_control.h"
#include "oriel/app/agent/waits.h"

namespace oriel::agent {

// Lives on the loop of `target`, which outlives it, longer than its coroutines.
class AsyncAgent {
 public:
  explicit AsyncAgent(AgentTarget& target, const AgentOptions& options = {});
  AsyncAgent(const AsyncAgent&) = delete;
  AsyncAgent& operator=(const AsyncAgent&) = delete;

  MouseControl& mouse() { return mouse_; }
  KeyboardControl& keyboard() { return keyboard_; }
  ScrollControl& scroll() { return scroll_; }
  ScreenshotControl& screenshot() { return screenshot_; }
  ClipboardControl& clipboard() { return clipboard_; }
  VideoControl& video() { return video_; }
  Waits& wait() { return waits_; }
  ScreenReport screen() const;

  // Now, and before the last action: for `since`.
  Mark mark() const { return parts_.log.mark(); }
  std::optional<Mark> last_action() const { return parts_.last_action; }

  boost::asio::awaitable<AgentStatus> perform(std::vector<Action> actions, milliseconds delay = {});
  // Acts, waits until all is still, and says what came of it. A screen that does not come to rest
  // is no error: the report says so.
  boost::asio::awaitable<AgentResult<ActReport>> act(ActRequest request);
  boost::asio::awaitable<AgentStatus> pause(milliseconds duration);

  // What this agent has pressed and not let go of.
  const HeldInput& held() const { return parts_.player.held(); }
  // For a coroutine of the agent that was cancelled: what is not in `but` goes up.
  void let_go(const HeldInput& but = {}) { parts_.player.let_go(but); }

  AgentTarget& target() { return parts_.target; }
  const DamageLog& log() const { return parts_.log; }

 private:
  AgentParts parts_;
  MouseControl mouse_{parts_};
  KeyboardControl keyboard_{parts_};
  ScrollControl scroll_{parts_};
  ScreenshotControl screenshot_{parts_};
  ClipboardControl clipboard_{parts_};
  VideoControl video_{parts_};
  Waits waits_;
};

}  // namespace oriel::agent
