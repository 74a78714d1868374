#include "oriel/app/server/input_pipeline.h"

#include <algorithm>
#include <utility>

#include "oriel/app/server/limits.h"

namespace oriel::server {

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
  send(key, is_down);
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
  held_[viewer].buttons = buttons;
  const bool is_move = all_buttons() == sent_buttons_;
  if (!is_move) send_pending_move();
  position_ = inside;
  if (is_move)
    has_pending_move_ = true;
  else
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
