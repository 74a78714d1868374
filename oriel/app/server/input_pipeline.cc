#include "oriel/app/server/input_pipeline.h"

#include <algorithm>
#include <utility>

#include "oriel/app/server/limits.h"
#include "oriel/app/server/modifier.h"

namespace oriel::server {
namespace {

// Wheel upwards, downwards, to the left and to the right (RFC 6143, 7.5.5).
constexpr std::uint16_t kWheelButtons = 0x78;

}  // namespace

void InputPipeline::key(ViewerId viewer, std::uint32_t keysym, bool is_down,
                        std::uint32_t scancode) {
  const Key key{keysym, scancode};
  auto& keys = held_[viewer].keys;
  if (is_down) {
    if (keys.size() >= kHeldKeysMax && !keys.contains(key)) return;
    keys.insert(key);
  } else {
    keys.erase(key);
    if (is_held_by_other(viewer, key)) return;
  }
  const bool is_alone = !is_down || modifier_of(keysym, scancode) != kNoModifier;
  const auto foreign = is_alone ? std::set<Key>() : modifiers_of_others(viewer);
  send_all(foreign, false);
  send(key, is_down);
  send_all(foreign, true);
}

std::set<InputPipeline::Key> InputPipeline::modifiers_of_others(ViewerId viewer) const {
  int own = 0;
  for (const auto& key : held_.at(viewer).keys) own |= modifier_of(key.keysym, key.scancode);
  std::set<Key> foreign;
  for (const auto& [other, held] : held_) {
    if (other == viewer) continue;
    for (const auto& key : held.keys)
      if ((modifier_of(key.keysym, key.scancode) & ~own) != 0) foreign.insert(key);
  }
  return foreign;
}

void InputPipeline::send_all(const std::set<Key>& keys, bool is_down) {
  for (const auto& key : keys) send(key, is_down);
}

void InputPipeline::send(const Key& key, bool is_down) {
  send_pending_move();
  if (key.scancode != 0)
    desktop_.input().key_with_scancode(key.keysym, key.scancode, is_down);
  else
    desktop_.input().key(key.keysym, is_down);
}

void InputPipeline::pointer(ViewerId viewer, image::Point position, std::uint16_t buttons) {
  const auto size = desktop_.size();
  const image::Point inside{std::clamp(position.x, 0, size.width - 1),
                            std::clamp(position.y, 0, size.height - 1)};
  auto& held = held_[viewer];
  held.lifted &= buttons;
  const auto own = static_cast<std::uint16_t>(buttons & ~held.lifted);
  const auto pressed = static_cast<std::uint16_t>(own & ~held.buttons);
  if (is_other_dragging(viewer)) {
    if ((pressed & ~kWheelButtons) == 0) {
      held.lifted |= pressed;
      return;
    }
    take_pointer_over(viewer);
  }
  const bool is_move = own == held.buttons;
  if (!is_move) send_pending_move();
  held.buttons = own;
  position_ = inside;
  if (is_move) {
    has_pending_move_ = true;
    return;
  }
  const auto foreign = pressed != 0 ? modifiers_of_others(viewer) : std::set<Key>();
  send_all(foreign, false);
  send_pointer();
  send_all(foreign, true);
}

bool InputPipeline::is_other_dragging(ViewerId viewer) const {
  return std::ranges::any_of(
      held_, [&](const auto& entry) { return entry.first != viewer && entry.second.buttons != 0; });
}

void InputPipeline::take_pointer_over(ViewerId viewer) {
  for (auto& [other, held] : held_)
    if (other != viewer) held.lifted |= std::exchange(held.buttons, 0);
  send_pending_move();
  send_pointer();
}

void InputPipeline::send_pointer() {
  has_pending_move_ = false;
  sent_buttons_ = all_buttons();
  desktop_.input().pointer(position_, sent_buttons_);
}

void InputPipeline::send_pending_move() {
  if (!std::exchange(has_pending_move_, false)) return;
  desktop_.input().pointer(position_, sent_buttons_);
}

void InputPipeline::flush() {
  send_pending_move();
  desktop_.input().flush();
}

void InputPipeline::forget(ViewerId viewer) {
  const auto found = held_.find(viewer);
  if (found == held_.end()) return;
  const auto held = std::move(found->second);
  held_.erase(found);
  for (const auto& key : held.keys)
    if (!is_held_by_other(viewer, key)) send(key, false);
  if (held.buttons != 0) send_pointer();
  if (!held.keys.empty() || held.buttons != 0) flush();
}

bool InputPipeline::is_held_by_other(ViewerId viewer, const Key& key) const {
  return std::ranges::any_of(held_, [&](const auto& entry) {
    return entry.first != viewer && entry.second.keys.contains(key);
  });
}

std::uint16_t InputPipeline::all_buttons() const {
  std::uint16_t buttons = 0;
  for (const auto& [viewer, held] : held_) buttons |= held.buttons;
  return buttons;
}

}  // namespace oriel::server
