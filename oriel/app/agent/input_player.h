#pragma once
// Does actions on a target, one after another, and knows what it holds.

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <set>
#include <vector>

#include "oriel/app/agent/action_steps.h"
#include "oriel/app/agent/agent_target.h"
#include "oriel/app/agent/bell.h"

namespace oriel::agent {

// What is down.
struct HeldInput {
  std::uint16_t buttons = 0;     // of RFB's mask
  std::set<std::uint32_t> keys;  // keysyms
};

// Lives on the loop of its target, which outlives it. Those who ask at the same time take turns.
class InputPlayer {
 public:
  explicit InputPlayer(AgentTarget& target);
  // Lets go of what is held.
  ~InputPlayer();
  InputPlayer(const InputPlayer&) = delete;
  InputPlayer& operator=(const InputPlayer&) = delete;

  // All is checked before anything is done. kInput names the action and what is wrong with it.
  boost::asio::awaitable<AgentStatus> play(std::vector<Action> actions);

  const HeldInput& held() const { return held_; }
  // Of all that is held, but for what is in `but`.
  void let_go(const HeldInput& but = {});

 private:
  // What is on the clipboard, and whether a program has asked for it.
  struct Offered {
    explicit Offered(const boost::asio::any_io_executor& executor) : taken(executor) {}
    Bell taken;
    bool is_taken = false;
  };

  AgentStatus check(const std::vector<Action>& actions) const;
  boost::asio::awaitable<AgentStatus> play_steps(std::vector<Step> steps);
  AgentStatus offer(std::string text);
  void perform(const Step& step);

  AgentTarget& target_;
  Bell turn_ended_;
  bool is_playing_ = false;
  int keys_at_once_ = 0;
  HeldInput held_;
  std::shared_ptr<Offered> offered_;
};

// kInput: there is no place to press a button at.
std::unexpected<AgentError> unknown_pointer();

// kInput with the sizes when it is not on the screen.
AgentStatus check_place(image::Point place, image::Size screen);

}  // namespace oriel::agent
