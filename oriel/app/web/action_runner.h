#pragma once
// Does a list of actions on the desktop, one after another, as a viewer of its own: what it holds
// is let go at the end, however it ends.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "oriel/app/agent/action_steps.h"
#include "oriel/app/server/input_pipeline.h"
#include "oriel/base/result.h"

namespace oriel::web {

// Lives on the network thread's loop, as long as its timer or its owner holds it.
class ActionRunner : public std::enable_shared_from_this<ActionRunner> {
 public:
  struct Site {
    server::InputPipeline& input;  // outlives the runner, or cancel() is called before it ends
    server::ViewerId as;
    std::function<bool()> may_act;  // asked before each action, and after each rest
  };
  using Done = std::move_only_function<void(Status)>;

  ActionRunner(const boost::asio::any_io_executor& executor, Site site,
               const std::vector<agent::Action>& actions, Done done);

  // Begins; `done` is called once, perhaps before it returns: kRefused when may_act said no.
  void start() { run(); }
  // Ends without a call.
  void cancel();

 private:
  struct Step {
    agent::Step step;
    bool is_first = false;  // of its action
  };

  void run();
  Status perform(const agent::Step& step);
  void point();
  void rest(std::chrono::milliseconds duration);
  void finish(Status status);

  Site site_;
  std::vector<Step> steps_;
  std::size_t next_ = 0;
  int keys_at_once_ = 0;
  image::Point pointer_;
  std::uint16_t buttons_ = 0;  // that are down
  Done done_;
  boost::asio::steady_timer timer_;
};

}  // namespace oriel::web
