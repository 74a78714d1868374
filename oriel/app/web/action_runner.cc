#include "oriel/app/web/action_runner.h"

#include <cstdlib>
#include <ranges>
#include <utility>
#include <variant>

#include "oriel/app/web/limits.h"

namespace oriel::web {
namespace {

// The wheel in RFB's button mask (RFC 6143, 7.5.5).
constexpr std::uint16_t kWheelUp = 1 << 3, kWheelDown = 1 << 4, kWheelLeft = 1 << 5,
                        kWheelRight = 1 << 6;

}  // namespace

ActionRunner::ActionRunner(const boost::asio::any_io_executor& executor, Site site,
                           const std::vector<api::Action>& actions, Done done)
    : site_(std::move(site)), done_(std::move(done)), timer_(executor) {
  for (const auto& action : actions) {
    const auto first = steps_.size();
    std::visit([this](const auto& each) { plan(each); }, action);
    if (first < steps_.size()) steps_[first].is_first = true;
  }
}

void ActionRunner::plan(const api::PressKeys& action) {
  for (const auto keysym : action.keysyms)
    steps_.push_back({.kind = Step::Kind::kKeyDown, .keysym = keysym});
  for (const auto keysym : action.keysyms | std::views::reverse)
    steps_.push_back({.kind = Step::Kind::kKeyUp, .keysym = keysym});
}

void ActionRunner::plan(const api::TypeText& action) {
  for (const auto keysym : action.keysyms) {
    steps_.push_back({.kind = Step::Kind::kKeyDown, .keysym = keysym});
    steps_.push_back({.kind = Step::Kind::kKeyUp, .keysym = keysym});
  }
}

void ActionRunner::plan(const api::MovePointer& action) {
  steps_.push_back({.kind = Step::Kind::kPointer, .at = action.to});
}

void ActionRunner::plan_click(image::Point at, std::uint16_t button) {
  steps_.push_back({.kind = Step::Kind::kPointer, .at = at, .buttons = button});
  steps_.push_back({.kind = Step::Kind::kPointer, .at = at});
}

void ActionRunner::plan(const api::Click& action) {
  steps_.push_back({.kind = Step::Kind::kPointer, .at = action.at});
  for (int i = 0; i < action.count; ++i)
    plan_click(action.at, static_cast<std::uint16_t>(action.button));
}

void ActionRunner::plan(const api::Drag& action) {
  if (action.path.empty()) return;
  const auto button = static_cast<std::uint16_t>(action.button);
  steps_.push_back({.kind = Step::Kind::kPointer, .at = action.path.front()});
  for (const auto& point : action.path)
    steps_.push_back({.kind = Step::Kind::kPointer, .at = point, .buttons = button});
  steps_.push_back({.kind = Step::Kind::kPointer, .at = action.path.back()});
}

void ActionRunner::plan(const api::Scroll& action) {
  steps_.push_back({.kind = Step::Kind::kPointer, .at = action.at});
  for (int i = 0; i < std::abs(action.dy); ++i)
    plan_click(action.at, action.dy < 0 ? kWheelUp : kWheelDown);
  for (int i = 0; i < std::abs(action.dx); ++i)
    plan_click(action.at, action.dx < 0 ? kWheelLeft : kWheelRight);
}

void ActionRunner::plan(const api::Pause& action) {
  steps_.push_back({.kind = Step::Kind::kPause, .pause = action.duration});
}

void ActionRunner::run() {
  bool must_ask = true;
  while (next_ < steps_.size()) {
    const auto& step = steps_[next_];
    if ((std::exchange(must_ask, false) || step.is_first) && !site_.may_act())
      return finish(fail(ErrorCode::kRefused,
                         "another viewer has control until it is idle or gives it back"));
    ++next_;
    if (step.kind == Step::Kind::kPause) return rest(step.pause);
    if (step.kind == Step::Kind::kPointer)
      point(step);
    else
      site_.input.key(site_.as, step.keysym, step.kind == Step::Kind::kKeyDown);
    if (++keys_at_once_ == kKeysAtOnce) return rest(kKeysPause);
  }
  finish({});
}

// Each place on the way counts: the pipeline would keep only the last of several moves.
void ActionRunner::point(const Step& step) {
  site_.input.pointer(site_.as, step.at, step.buttons);
  site_.input.flush();
}

void ActionRunner::rest(std::chrono::milliseconds duration) {
  keys_at_once_ = 0;
  site_.input.flush();
  timer_.expires_after(duration);
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (!error && self->done_) self->run();
  });
}

void ActionRunner::finish(Status status) {
  site_.input.forget(site_.as);
  site_.input.flush();
  std::exchange(done_, nullptr)(std::move(status));
}

void ActionRunner::cancel() {
  done_ = nullptr;
  timer_.cancel();
}

}  // namespace oriel::web
