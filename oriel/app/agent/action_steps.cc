#include "oriel/app/agent/action_steps.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ranges>
#include <string_view>
#include <utility>

namespace oriel::agent {

using image::Point;
using std::chrono::milliseconds;

namespace {

// The wheel in RFB's button mask (RFC 6143, 7.5.5).
constexpr std::uint16_t kWheelUp = 1 << 3, kWheelDown = 1 << 4, kWheelLeft = 1 << 5,
                        kWheelRight = 1 << 6;

// Function keys and modifiers are on every keyboard, and so is Latin-1 nearly.
bool must_be_made(std::uint32_t keysym) {
  return keysym > 0xff && !(keysym >= 0xfe00 && keysym <= 0xffff);
}

constexpr std::uint32_t kShift = 0xffe1;
constexpr std::string_view kShiftedOnAmericanKeyboards = "~!@#$%^&*()_+{}|:\"<>?";

bool needs_shift(std::uint32_t keysym) {
  if (keysym >= 'A' && keysym <= 'Z') return true;
  return keysym < 0x7f && kShiftedOnAmericanKeyboards.contains(static_cast<char>(keysym));
}

// The places from `from` to `to` that are `count` steps, the last one `to`.
void append_places(Point from, Point to, int count, std::vector<Point>& out) {
  for (int i = 1; i <= count; ++i)
    out.push_back({from.x + static_cast<int>(std::lround(double(to.x - from.x) * i / count)),
                   from.y + static_cast<int>(std::lround(double(to.y - from.y) * i / count))});
}

double length_between(Point from, Point to) { return std::hypot(to.x - from.x, to.y - from.y); }

// `path` with `steps` places at least, evenly along its length.
std::vector<Point> with_places_between(const std::vector<Point>& path, int steps) {
  double length = 0;
  for (std::size_t i = 1; i < path.size(); ++i) length += length_between(path[i - 1], path[i]);
  std::vector<Point> places{path.front()};
  for (std::size_t i = 1; i < path.size(); ++i) {
    const double share = length > 0 ? length_between(path[i - 1], path[i]) / length : 0;
    const int count = std::max(1, static_cast<int>(std::lround(share * steps)));
    append_places(path[i - 1], path[i], count, places);
  }
  return places;
}

class Planner {
 public:
  explicit Planner(const StepTimings& timings) : timings_(timings) {}
  std::vector<Step> take() { return std::move(steps_); }

  void plan(const PressKeys& action) { press(action.keysyms, {}); }
  void plan(const HoldKeys& action) { press(action.keysyms, action.duration); }
  void plan(const TypeText& action) {
    bool is_shifted = false;
    const auto shift = [&](bool is_down) {
      if (std::exchange(is_shifted, is_down) != is_down)
        key(is_down ? Step::Kind::kKeyDown : Step::Kind::kKeyUp, kShift);
    };
    for (const auto keysym : action.keysyms) {
      shift(action.with_shift && needs_shift(keysym));
      key(Step::Kind::kKeyDown, keysym);
      key(Step::Kind::kKeyUp, keysym);
      rest(std::max(action.interval,
                    must_be_made(keysym) ? timings_.made_key : milliseconds::zero()));
    }
    shift(false);
  }
  void plan(const MovePointer& action) { move(action.to); }
  void plan(const Click& action) {
    move(action.at);
    all(Step::Kind::kKeyDown, action.modifiers);
    for (int i = 0; i < action.count; ++i)
      press_button(static_cast<std::uint16_t>(action.button), timings_.press);
    all_backwards(Step::Kind::kKeyUp, action.modifiers);
  }
  void plan(const Drag& action) {
    if (action.path.empty()) return;
    const bool is_slow = action.duration > milliseconds::zero() && action.path.size() > 1 &&
                         timings_.drag_step > milliseconds::zero();
    const auto places =
        is_slow ? with_places_between(action.path,
                                      static_cast<int>(action.duration / timings_.drag_step))
                : action.path;
    const auto pause =
        is_slow ? action.duration / static_cast<int>(places.size() - 1) : milliseconds::zero();
    move(places.front());
    all(Step::Kind::kKeyDown, action.modifiers);
    button(Step::Kind::kButtonDown, static_cast<std::uint16_t>(action.button));
    for (const auto& place : places | std::views::drop(1)) {
      rest(pause);
      move(place);
    }
    rest(timings_.press);
    button(Step::Kind::kButtonUp, static_cast<std::uint16_t>(action.button));
    all_backwards(Step::Kind::kKeyUp, action.modifiers);
  }
  void plan(const Scroll& action) {
    move(action.at);
    all(Step::Kind::kKeyDown, action.modifiers);
    for (int i = 0; i < std::abs(action.dy); ++i)
      press_button(action.dy < 0 ? kWheelUp : kWheelDown, {});
    for (int i = 0; i < std::abs(action.dx); ++i)
      press_button(action.dx < 0 ? kWheelLeft : kWheelRight, {});
    all_backwards(Step::Kind::kKeyUp, action.modifiers);
  }
  void plan(const Pause& action) {
    steps_.push_back({.kind = Step::Kind::kPause, .pause = action.duration});
  }
  void plan(const KeyDown& action) { key(Step::Kind::kKeyDown, action.keysym); }
  void plan(const KeyUp& action) { key(Step::Kind::kKeyUp, action.keysym); }
  void plan(const ButtonDown& action) {
    button(Step::Kind::kButtonDown, static_cast<std::uint16_t>(action.button));
  }
  void plan(const ButtonUp& action) {
    button(Step::Kind::kButtonUp, static_cast<std::uint16_t>(action.button));
  }
  void plan(const SetClipboard& action) {
    steps_.push_back({.kind = Step::Kind::kClipboard, .text = action.text});
  }
  void plan(const Paste& action) {
    steps_.push_back({.kind = Step::Kind::kClipboard, .text = action.text});
    press(action.keysyms, {});
  }

 private:
  void key(Step::Kind kind, std::uint32_t keysym) {
    steps_.push_back({.kind = kind, .keysym = keysym});
  }
  void all(Step::Kind kind, const Keysyms& keysyms) {
    for (const auto keysym : keysyms) key(kind, keysym);
  }
  void all_backwards(Step::Kind kind, const Keysyms& keysyms) {
    for (const auto keysym : keysyms | std::views::reverse) key(kind, keysym);
  }
  void press(const Keysyms& keysyms, milliseconds duration) {
    all(Step::Kind::kKeyDown, keysyms);
    rest(duration);
    all_backwards(Step::Kind::kKeyUp, keysyms);
  }
  void move(Point to) { steps_.push_back({.kind = Step::Kind::kMove, .at = to}); }
  void button(Step::Kind kind, std::uint16_t buttons) {
    steps_.push_back({.kind = kind, .buttons = buttons});
  }
  void press_button(std::uint16_t buttons, milliseconds duration) {
    button(Step::Kind::kButtonDown, buttons);
    rest(duration);
    button(Step::Kind::kButtonUp, buttons);
  }
  void rest(milliseconds duration) {
    if (duration > milliseconds::zero())
      steps_.push_back({.kind = Step::Kind::kPause, .pause = duration});
  }

  StepTimings timings_;
  std::vector<Step> steps_;
};

}  // namespace

std::vector<Step> steps_of(const Action& action, const StepTimings& timings) {
  Planner planner(timings);
  std::visit([&planner](const auto& each) { planner.plan(each); }, action);
  return planner.take();
}

ActionCost cost_of(const Action& action) {
  ActionCost cost;
  for (const auto& step : steps_of(action)) {
    if (step.kind == Step::Kind::kPause)
      cost.pauses += step.pause;
    else
      ++cost.steps;
  }
  return cost;
}

std::vector<Point> places_of(const Action& action) {
  if (const auto* move = std::get_if<MovePointer>(&action)) return {move->to};
  if (const auto* click = std::get_if<Click>(&action)) return {click->at};
  if (const auto* scroll = std::get_if<Scroll>(&action)) return {scroll->at};
  if (const auto* drag = std::get_if<Drag>(&action)) return drag->path;
  return {};
}

}  // namespace oriel::agent
