#include "oriel/app/api/action_document.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <utility>

#include "oriel/app/agent/action_steps.h"
#include "oriel/app/api/limits.h"
#include "oriel/core/keys/key_name.h"

namespace oriel::api {

namespace json = boost::json;
using agent::Action;
using agent::Button;

// The bounds are those of limits.h; a test compares them.
const std::string_view kActionsSchema =
    R"({"type": "object", "required": ["actions"], "properties": {
  "actions": {"type": "array", "maxItems": 1000, "items": {"oneOf": [
    {"type": "object", "required": ["type", "keys"], "properties": {"type": {"const": "key"},
      "keys": {"type": "string", "maxLength": 200, "description": "a key, or several with '+' between: ctrl+alt+Delete"}}},
    {"type": "object", "required": ["type", "text"], "properties": {"type": {"const": "text"},
      "text": {"type": "string", "maxLength": 10000}}},
    {"type": "object", "required": ["type", "x", "y"], "properties": {"type": {"const": "move"},
      "x": {"type": "integer", "minimum": 0, "maximum": 65535},
      "y": {"type": "integer", "minimum": 0, "maximum": 65535}}},
    {"type": "object", "required": ["type", "x", "y"], "properties": {"type": {"const": "click"},
      "x": {"type": "integer", "minimum": 0, "maximum": 65535},
      "y": {"type": "integer", "minimum": 0, "maximum": 65535},
      "button": {"enum": ["left", "middle", "right"]},
      "count": {"type": "integer", "minimum": 1, "maximum": 10}}},
    {"type": "object", "required": ["type", "path"], "properties": {"type": {"const": "drag"},
      "path": {"type": "array", "minItems": 2, "maxItems": 1000, "items": {"type": "array", "minItems": 2,
        "maxItems": 2, "items": {"type": "integer", "minimum": 0, "maximum": 65535}}},
      "button": {"enum": ["left", "middle", "right"]}}},
    {"type": "object", "required": ["type", "x", "y"], "properties": {"type": {"const": "scroll"},
      "x": {"type": "integer", "minimum": 0, "maximum": 65535},
      "y": {"type": "integer", "minimum": 0, "maximum": 65535},
      "dx": {"type": "integer", "minimum": -1000, "maximum": 1000},
      "dy": {"type": "integer", "minimum": -1000, "maximum": 1000}}},
    {"type": "object", "required": ["type", "ms"], "properties": {"type": {"const": "pause"},
      "ms": {"type": "integer", "minimum": 0, "maximum": 10000}}}]}}}})";

namespace {

std::string_view text_of(const json::value& value) {
  return {value.as_string().data(), value.as_string().size()};
}

int number_of(const json::object& action, const char* key, int otherwise = 0) {
  const auto* value = action.if_contains(key);
  return value == nullptr ? otherwise : value->to_number<int>();
}

image::Point point_of(const json::object& action) {
  return {number_of(action, "x"), number_of(action, "y")};
}

Button button_of(const json::object& action) {
  const auto* name = action.if_contains("button");
  if (name == nullptr || *name == "left") return Button::kLeft;
  return *name == "middle" ? Button::kMiddle : Button::kRight;
}

Result<Action> action_of(const json::object& action) {
  const auto type = text_of(action.at("type"));
  if (type == "key") {
    ORIEL_TRY(auto keysyms, keys::keysyms_of_combination(text_of(action.at("keys"))));
    return agent::PressKeys{std::move(keysyms)};
  }
  if (type == "text") {
    ORIEL_TRY(auto keysyms, keys::keysyms_of_text(text_of(action.at("text"))));
    return agent::TypeText{std::move(keysyms)};
  }
  if (type == "move") return agent::MovePointer{point_of(action)};
  if (type == "click")
    return agent::Click{point_of(action), button_of(action), number_of(action, "count", 1)};
  if (type == "scroll")
    return agent::Scroll{point_of(action), number_of(action, "dx"), number_of(action, "dy")};
  if (type == "pause") return agent::Pause{std::chrono::milliseconds(number_of(action, "ms"))};
  agent::Drag drag{.path = {}, .button = button_of(action)};
  for (const auto& point : action.at("path").as_array())
    drag.path.push_back({point.at(0).to_number<int>(), point.at(1).to_number<int>()});
  return drag;
}

Status check_cost(const agent::ActionCost& cost) {
  if (cost.steps > kStepsMax)
    return fail(ErrorCode::kInvalid,
                fmt::format("the actions come to more than {} keys, buttons and places of the "
                            "pointer; send them in several requests",
                            kStepsMax));
  if (cost.pauses > kPausesMax)
    return fail(ErrorCode::kInvalid,
                fmt::format("the actions pause for more than {} s; send them in several requests",
                            kPausesMax.count()));
  return {};
}

}  // namespace

Result<std::vector<Action>> actions_of(const json::value& document) {
  std::vector<Action> actions;
  agent::ActionCost cost;
  for (const auto& each : document.at("actions").as_array()) {
    auto action = action_of(each.as_object());
    if (!action)
      return fail(action.error().code,
                  fmt::format("actions[{}]: {}", actions.size(), action.error().message));
    const auto more = agent::cost_of(*action);
    cost.steps += more.steps;
    cost.pauses += more.pauses;
    ORIEL_TRY_VOID(check_cost(cost));
    actions.push_back(*std::move(action));
  }
  return actions;
}

}  // namespace oriel::api
