#pragma once
// Does a list of actions on the desktop, one after another, as a viewer of its own: what it holds
// is let go at the end, however it ends.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "oriel/app/api/action.h"
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
               const std::vector<api::Action>& actions, Done done);

  // Begins; `done` is called once, perhaps before it returns: kRefused when may_act said no.
  void start() { run(); }
  // Ends without a call.
  void cancel();

 private:
  // One key or button of an action, or a pause.
  struct Step {
    enum class Kind { kKeyDown, kKeyUp, kPointer, kPause } kind;
    std::uint32_t keysym = 0;
    image::Point at;
    std::uint16_t buttons = 0;
    std::chrono::milliseconds pause{};
    bool is_first = false;  // of its action
  };

  void plan(const api::PressKeys& action);
  void plan(const api::TypeText& action);
  void plan(const api::MovePointer& action);
  void plan(const api::Click& action);
  void plan(const api::Drag& action);
  void plan(const api::Scroll& action);
  void plan(const api::Pause& action);
  void plan_click(image::Point at, std::uint16_t button);
  void run();
  void point(const Step& step);
  void rest(std::chrono::milliseconds duration);
  void finish(Status status);

  Site site_;
  std::vector<Step> steps_;
  std::size_t next_ = 0;
  int keys_at_once_ = 0;
  Done done_;
  boost::asio::steady_timer timer_;
};

}  // namespace oriel::web
