#include "oriel/app/server/input_pipeline.h"

#include <algorithm>

namespace oriel::server {

void InputPipeline::key(ViewerId viewer, std::uint32_t keysym, bool is_down) {
  auto& keys = held_[viewer].keys;
  if (is_down) {
    keys.insert(keysym);
  } else {
    keys.erase(keysym);
    if (is_key_held_by_other(viewer, keysym)) return;
  }
  desktop_.input().key(keysym, is_down);
}

void InputPipeline::pointer(ViewerId viewer, image::Point position, std::uint16_t buttons) {
  const auto size = desktop_.size();
  position_ = {std::clamp(position.x, 0, size.width - 1),
               std::clamp(position.y, 0, size.height - 1)};
  held_[viewer].buttons = buttons;
  desktop_.input().pointer(position_, all_buttons());
}

void InputPipeline::forget(ViewerId viewer) {
  const auto found = held_.find(viewer);
  if (found == held_.end()) return;
  const auto held = std::move(found->second);
  held_.erase(found);
  for (auto keysym : held.keys)
    if (!is_key_held_by_other(viewer, keysym)) desktop_.input().key(keysym, false);
  if (held.buttons != 0) desktop_.input().pointer(position_, all_buttons());
  if (!held.keys.empty() || held.buttons != 0) flush();
}

bool InputPipeline::is_key_held_by_other(ViewerId viewer, std::uint32_t keysym) const {
  return std::ranges::any_of(held_, [&](const auto& entry) {
    return entry.first != viewer && entry.second.keys.contains(keysym);
  });
}

std::uint16_t InputPipeline::all_buttons() const {
  std::uint16_t buttons = 0;
  for (const auto& [viewer, held] : held_) buttons |= held.buttons;
  return buttons;
}

}  // namespace oriel::server
