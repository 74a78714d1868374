#include "oriel/app/agent/keyboard_control.h"

#include <fmt/format.h>

#include <ranges>
#include <utility>

#include "oriel/core/keys/key_name.h"

namespace oriel::agent {

using Done = KeyboardControl::Done;

namespace {

constexpr std::uint32_t kShiftLeft = 0xffe1, kShiftRight = 0xffe2;

AgentResult<std::vector<Action>> typing(const std::string& text, const TypeOptions& options) {
  if (text.empty()) return failure(ErrorKind::kInput, "there is no text to type");
  if (text.size() > kTextBytesMax)
    return failure(ErrorKind::kInput,
                   fmt::format("{} bytes of text, at most {} at once", text.size(), kTextBytesMax));
  std::vector<Action> actions;
  if (options.method == TypeMethod::kPaste) {
    ORIEL_TRY(auto keysyms, options.paste_keys.keysyms());
    actions.push_back(Paste{text, std::move(keysyms)});
    return actions;
  }
  auto keysyms = keys::keysyms_of_text(text);
  if (!keysyms) return failure(ErrorKind::kInput, std::move(keysyms).error().message);
  actions.push_back(TypeText{*std::move(keysyms), options.interval, options.with_shift});
  return actions;
}

Done failed(AgentError error) { co_return std::unexpected(std::move(error)); }

}  // namespace

Done KeyboardControl::type_text(std::string text, TypeOptions options) {
  options.with_shift =
      (options.with_shift || parts_.target.input().wants_shift()) && !is_shift_held();
  auto actions = typing(text, options);
  if (!actions) return failed(std::move(actions.error()));
  return parts_.perform(*std::move(actions), options.delay);
}

Done KeyboardControl::press_key(KeyNames keys, int count, milliseconds delay) {
  if (!keys.keysyms()) return failed(keys.keysyms().error());
  if (count < 1 || count > kKeyRepeatsMax)
    return failed({ErrorKind::kInput,
                   fmt::format("{} presses, 1 to {} are possible", count, kKeyRepeatsMax)});
  const auto& keysyms = *keys.keysyms();
  Action press = PressKeys{keysyms};
  // A key alone may be a character, as one of a text is.
  if (keysyms.size() == 1 && parts_.target.input().wants_shift() && !is_shift_held())
    press = TypeText{keysyms, {}, true};
  return parts_.perform(std::vector<Action>(static_cast<std::size_t>(count), press), delay);
}

// What is held already is not pressed, and above all not let go.
bool KeyboardControl::is_shift_held() const {
  const auto& held = parts_.player.held().keys;
  return held.contains(kShiftLeft) || held.contains(kShiftRight);
}

Done KeyboardControl::key_down(KeyNames keys, milliseconds delay) {
  if (!keys.keysyms()) return failed(keys.keysyms().error());
  std::vector<Action> actions;
  for (const auto keysym : *keys.keysyms()) actions.push_back(KeyDown{keysym});
  return parts_.perform(std::move(actions), delay);
}

Done KeyboardControl::key_up(KeyNames keys, milliseconds delay) {
  if (!keys.keysyms()) return failed(keys.keysyms().error());
  std::vector<Action> actions;
  for (const auto keysym : *keys.keysyms() | std::views::reverse) actions.push_back(KeyUp{keysym});
  return parts_.perform(std::move(actions), delay);
}

Done KeyboardControl::hold(KeyNames keys, milliseconds duration, milliseconds delay) {
  if (!keys.keysyms()) return failed(keys.keysyms().error());
  return parts_.perform({HoldKeys{*keys.keysyms(), duration}}, delay);
}

}  // namespace oriel::agent
