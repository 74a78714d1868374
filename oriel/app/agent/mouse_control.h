#pragma once
// The mouse of an agent. Places are on the real screen; those beside it are kInput.

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <vector>

#include "oriel/app/agent/agent_parts.h"
#include "oriel/app/agent/pointer_options.h"

namespace oriel::agent {

// Lives as long as its agent, on the same loop.
class MouseControl {
 public:
  using Done = boost::asio::awaitable<AgentStatus>;
  using Place = std::optional<image::Point>;  // none: where the pointer is

  explicit MouseControl(AgentParts& parts) : parts_(parts) {}

  Done move_to(image::Point to, milliseconds delay = {});
  Done click(ClickOptions options);
  Done left_click(Place at = {}, milliseconds delay = {});
  Done middle_click(Place at = {}, milliseconds delay = {});
  Done right_click(Place at = {}, milliseconds delay = {});
  Done double_click(Place at = {}, milliseconds delay = {});
  Done triple_click(Place at = {}, milliseconds delay = {});
  // From where the pointer is.
  Done drag_to(image::Point to, DragOptions options = {});
  // From the first place of `path` through the others.
  Done drag(std::vector<image::Point> path, DragOptions options = {});
  // Where the pointer is; stays down until up(), or the end of the agent.
  Done down(Button button = Button::kLeft, milliseconds delay = {});
  Done up(Button button = Button::kLeft, milliseconds delay = {});
  std::optional<image::Point> position() const { return parts_.target.pointer(); }

 private:
  AgentParts& parts_;
};

}  // namespace oriel::agent
