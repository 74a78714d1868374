#include "oriel/app/web/action_runner.h"

#include <utility>

#include "oriel/app/web/limits.h"

namespace oriel::web {
namespace {

// For capitals, also of a key alone.
void press_shift(agent::Action& action) {
  const auto* keys = std::get_if<agent::PressKeys>(&action);
  if (keys != nullptr && keys->keysyms.size() == 1) action = agent::TypeText{keys->keysyms};
  if (auto* text = std::get_if<agent::TypeText>(&action)) text->with_shift = true;
}

}  // namespace

ActionRunner::ActionRunner(const boost::asio::any_io_executor& executor, Site site,
                           const std::vector<agent::Action>& actions, Done done)
    : site_(std::move(site)), done_(std::move(done)), timer_(executor) {
  for (auto action : actions) {
    if (site_.input.wants_shift()) press_shift(action);
    bool is_first = true;
    for (auto& step : agent::steps_of(action))
      steps_.push_back({std::move(step), std::exchange(is_first, false)});
  }
}

void ActionRunner::run() {
  bool must_ask = true;
  while (next_ < steps_.size()) {
    const auto& [step, is_first] = steps_[next_];
    if ((std::exchange(must_ask, false) || is_first) && !site_.may_act())
      return finish(fail(ErrorCode::kRefused,
                         "another viewer has control until it is idle or gives it back"));
    ++next_;
    if (step.kind == agent::Step::Kind::kPause) return rest(step.pause);
    if (auto status = perform(step); !status) return finish(std::move(status));
    if (++keys_at_once_ == kKeysAtOnce) return rest(kKeysPause);
  }
  finish({});
}

Status ActionRunner::perform(const agent::Step& step) {
  using Kind = agent::Step::Kind;
  switch (step.kind) {
    case Kind::kKeyDown:
    case Kind::kKeyUp:
      site_.input.key(site_.as, step.keysym, step.kind == Kind::kKeyDown);
      return {};
    case Kind::kMove:
      pointer_ = step.at;
      break;
    case Kind::kButtonDown:
      buttons_ |= step.buttons;
      break;
    case Kind::kButtonUp:
      buttons_ &= static_cast<std::uint16_t>(~step.buttons);
      break;
    case Kind::kPause:
      return {};
    case Kind::kClipboard:
      return fail(ErrorCode::kUnsupported, "the clipboard is no part of the input");
  }
  point();
  return {};
}

// Each place on the way counts: the pipeline would keep only the last of several moves.
void ActionRunner::point() {
  site_.input.pointer(site_.as, pointer_, buttons_);
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
