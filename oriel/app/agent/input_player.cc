#include "oriel/app/agent/input_player.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "oriel/app/agent/limits.h"

namespace oriel::agent {

using boost::asio::awaitable;
using image::Point;

namespace {

constexpr StepTimings kTimings{kPressTime, kDragStep, kMadeKeyPause};

AgentStatus check_count(const char* what, std::size_t count, std::size_t most) {
  if (count <= most) return {};
  return failure(ErrorKind::kInput, fmt::format("{} {}, at most {}", count, what, most));
}

AgentStatus check_duration(milliseconds duration) {
  if (duration >= milliseconds::zero() && duration <= kDurationMax) return {};
  return failure(ErrorKind::kInput,
                 fmt::format("a duration of {} ms, 0 to {} ms are possible", duration.count(),
                             milliseconds(kDurationMax).count()));
}

AgentStatus check_text(const std::string& text) {
  return check_count("bytes of text", text.size(), kTextBytesMax);
}

struct AmountCheck {
  AgentStatus operator()(const TypeText& action) const {
    ORIEL_TRY_VOID(check_duration(action.interval));
    return check_count("keys", action.keysyms.size(), kTextBytesMax);
  }
  AgentStatus operator()(const Click& action) const {
    if (action.count >= 1 && action.count <= kClicksMax) return {};
    return failure(ErrorKind::kInput,
                   fmt::format("{} clicks, 1 to {} are possible", action.count, kClicksMax));
  }
  AgentStatus operator()(const Drag& action) const {
    if (action.path.size() < 2)
      return failure(ErrorKind::kInput, "a drag needs two places at least");
    ORIEL_TRY_VOID(check_duration(action.duration));
    return check_count("places of a drag", action.path.size(), kPathPointsMax);
  }
  AgentStatus operator()(const Scroll& action) const {
    for (const auto amount : {action.dx, action.dy})
      if (amount < -kScrollMax || amount > kScrollMax)
        return failure(ErrorKind::kInput, fmt::format("{} steps of the wheel, at most {} at once",
                                                      amount, kScrollMax));
    return {};
  }
  AgentStatus operator()(const Pause& action) const { return check_duration(action.duration); }
  AgentStatus operator()(const HoldKeys& action) const { return check_duration(action.duration); }
  AgentStatus operator()(const SetClipboard& action) const { return check_text(action.text); }
  AgentStatus operator()(const Paste& action) const { return check_text(action.text); }
  AgentStatus operator()(const auto& /*action*/) const { return {}; }
};

AgentStatus check_action(const Action& action, image::Size screen) {
  for (const auto place : places_of(action)) ORIEL_TRY_VOID(check_place(place, screen));
  return std::visit(AmountCheck{}, action);
}

bool is_of_a_button(const Action& action) {
  return std::holds_alternative<ButtonDown>(action) || std::holds_alternative<ButtonUp>(action);
}

}  // namespace

std::unexpected<AgentError> unknown_pointer() {
  return failure(ErrorKind::kInput,
                 "where the pointer is is not known, because nothing has moved it on this "
                 "connection and the server does not tell: give the place");
}

AgentStatus check_place(Point place, image::Size screen) {
  if (image::Rect::of(screen).contains(place)) return {};
  return failure(ErrorKind::kInput,
                 fmt::format("the place {},{} is not on the screen, which is {}x{}", place.x,
                             place.y, screen.width, screen.height));
}

InputPlayer::InputPlayer(AgentTarget& target) : target_(target), turn_ended_(target.executor()) {}

InputPlayer::~InputPlayer() { let_go(); }

void InputPlayer::let_go(const HeldInput& but) {
  if ((held_.keys.empty() && held_.buttons == 0) || !target_.check()) return;
  auto& input = target_.input();
  const auto kept = static_cast<std::uint16_t>(held_.buttons & but.buttons);
  if (std::exchange(held_.buttons, kept) != kept)
    input.pointer(target_.pointer().value_or(Point{}), kept);
  for (const auto keysym : std::exchange(held_.keys, {})) {
    if (but.keys.contains(keysym))
      held_.keys.insert(keysym);
    else
      input.key(keysym, false);
  }
  input.flush();
}

AgentStatus InputPlayer::check(const std::vector<Action>& actions) const {
  ORIEL_TRY_VOID(target_.check_input());
  ORIEL_TRY_VOID(check_count("actions", actions.size(), kActionsMax));
  bool has_place = target_.pointer().has_value();
  for (std::size_t i = 0; i < actions.size(); ++i) {
    auto status = check_action(actions[i], target_.screen().size());
    if (status && is_of_a_button(actions[i]) && !has_place) status = unknown_pointer();
    has_place = has_place || !places_of(actions[i]).empty();
    if (status) continue;
    if (actions.size() > 1)
      return failure(status.error().kind,
                     fmt::format("action {}: {}", i + 1, status.error().message));
    return status;
  }
  return {};
}

awaitable<AgentStatus> InputPlayer::play(std::vector<Action> actions) {
  while (is_playing_) co_await turn_ended_.wait(TimePoint::max());
  if (auto status = check(actions); !status) co_return status;
  is_playing_ = true;
  struct Turn {
    InputPlayer& player;
    ~Turn() {
      player.is_playing_ = false;
      player.turn_ended_.ring();
    }
  } const turn{*this};
  for (const auto& action : actions) {
    auto steps = steps_of(action, kTimings);
    auto status = co_await play_steps(std::move(steps));
    if (!status) co_return status;
    if (!std::holds_alternative<Paste>(action)) continue;
    // Many servers ask for the text only now: who disconnects before has pasted nothing.
    const auto offered = offered_;
    const auto deadline = Clock::now() + kPasteTimeout;
    while (!offered->is_taken && Clock::now() < deadline) co_await offered->taken.wait(deadline);
    if (!offered->is_taken)
      co_return failure(ErrorKind::kAction, "no program has asked for the text that was pasted");
  }
  co_return AgentStatus{};
}

awaitable<AgentStatus> InputPlayer::play_steps(std::vector<Step> steps) {
  auto next_time = Clock::now();
  keys_at_once_ = 0;
  for (auto& step : steps) {
    // The target may have gone while we slept.
    if (auto status = target_.check(); !status) co_return status;
    if (step.kind == Step::Kind::kClipboard) {
      if (auto status = offer(std::move(step.text)); !status) co_return status;
      continue;
    }
    const bool is_pause = step.kind == Step::Kind::kPause;
    if (!is_pause) perform(step);
    if (!is_pause && ++keys_at_once_ < kKeysAtOnce) continue;
    target_.input().flush();
    keys_at_once_ = 0;
    // From the last time that was meant, so that many small pauses do not add up to more.
    next_time = std::max(next_time + (is_pause ? step.pause : kKeysPause), Clock::now());
    co_await sleep_until(target_.executor(), next_time);
  }
  target_.input().flush();
  co_return target_.check();
}

void InputPlayer::perform(const Step& step) {
  auto& input = target_.input();
  auto place = target_.pointer().value_or(Point{});
  switch (step.kind) {
    case Step::Kind::kKeyDown:
      held_.keys.insert(step.keysym);
      return input.key(step.keysym, true);
    case Step::Kind::kKeyUp:
      held_.keys.erase(step.keysym);
      return input.key(step.keysym, false);
    case Step::Kind::kMove:
      place = step.at;
      break;
    case Step::Kind::kButtonDown:
      held_.buttons |= step.buttons;
      break;
    case Step::Kind::kButtonUp:
      held_.buttons &= static_cast<std::uint16_t>(~step.buttons);
      break;
    case Step::Kind::kPause:
    case Step::Kind::kClipboard:
      return;
  }
  input.pointer(place, held_.buttons);
  // Each place counts: an input that buffers may keep only the last of several.
  input.flush();
}

AgentStatus InputPlayer::offer(std::string text) {
  auto* clipboard = target_.clipboard();
  if (clipboard == nullptr) return failure(ErrorKind::kState, "this desktop has no clipboard");
  const desktop::ClipboardFormats formats{desktop::ClipboardFormat::kText};
  offered_ = std::make_shared<Offered>(target_.executor());
  clipboard->offer(formats, [text = std::move(text), offered = offered_](
                                desktop::ClipboardFormat /*format*/, desktop::ClipboardDone done) {
    done(Bytes(text.begin(), text.end()));
    offered->is_taken = true;
    offered->taken.ring();
  });
  return {};
}

}  // namespace oriel::agent
