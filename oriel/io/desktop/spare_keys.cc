#include "oriel/io/desktop/spare_keys.h"

#include <algorithm>

#include "oriel/io/desktop/limits.h"

namespace oriel::desktop {

SpareKeys::SpareKeys() : rest_(kSpareKeyRest) {}

void SpareKeys::set_keys(std::span<const Keycode> keycodes) {
  std::vector<Key> keys;
  for (const Keycode keycode : keycodes) {
    const Key* known = find_key(keycode);
    keys.push_back(known != nullptr ? *known : Key{.keycode = keycode});
  }
  keys_ = std::move(keys);
}

void SpareKeys::forget(Keycode keycode) {
  if (Key* key = find_key(keycode)) key->keysym = 0;
}

std::vector<SpareKeys::Binding> SpareKeys::bindings() const {
  std::vector<Binding> bindings;
  for (const Key& key : keys_) {
    if (key.keysym != 0) bindings.push_back({key.keycode, key.keysym});
  }
  return bindings;
}

std::optional<Keycode> SpareKeys::find(std::uint32_t keysym) const {
  const auto key = std::ranges::find(keys_, keysym, &Key::keysym);
  if (keysym == 0 || key == keys_.end()) return std::nullopt;
  return key->keycode;
}

std::optional<Keycode> SpareKeys::bind(std::uint32_t keysym, TimePoint now) {
  if (last_bind_ != TimePoint{} && now - last_bind_ < kSpareKeyGap) return std::nullopt;
  if (last_press_ != TimePoint{} && now - last_press_ < kSpareKeySettle) return std::nullopt;
  if (unsent_ > 0) return std::nullopt;
  if (now - last_bind_ >= kSpareKeyCalm) {
    rest_ = kSpareKeyRest;
    reuses_ = 0;
  }
  return bind_along(keysym, now);
}

std::optional<Keycode> SpareKeys::bind_along(std::uint32_t keysym, TimePoint now) {
  Key* oldest = nullptr;
  for (Key& key : keys_) {
    if (key.is_held || key.unsent > 0) continue;
    if (oldest == nullptr || key.last_use < oldest->last_use) oldest = &key;
  }
  if (oldest == nullptr) return std::nullopt;
  const bool was_used = oldest->last_use != TimePoint{};
  if (was_used && now - oldest->last_use < rest_) return std::nullopt;
  if (was_used) count_reuse(oldest->last_use, now);
  oldest->keysym = keysym;
  oldest->last_use = now;
  last_bind_ = now;
  return oldest->keycode;
}

// Keys that come round slowly, as when somebody types by hand, are no burst.
void SpareKeys::count_reuse(TimePoint last_use, TimePoint now) {
  if (now - last_use >= kSpareKeyRestMax || ++reuses_ < keys_.size()) return;
  reuses_ = 0;
  rest_ = std::min<Duration>(2 * rest_, kSpareKeyRestMax);
}

void SpareKeys::keep(std::uint32_t keysym, TimePoint now) {
  const auto key = std::ranges::find(keys_, keysym, &Key::keysym);
  if (keysym != 0 && key != keys_.end()) key->last_use = now;
}

std::optional<TimePoint> SpareKeys::next_rested() const {
  if (unsent_ > 0) return std::nullopt;
  std::optional<TimePoint> next;
  for (const Key& key : keys_) {
    if (key.is_held || key.unsent > 0) continue;
    const TimePoint rested = key.last_use + rest_;
    if (!next || rested < *next) next = rested;
  }
  if (next) next = std::max({*next, last_bind_ + kSpareKeyGap, last_press_ + kSpareKeySettle});
  return next;
}

bool SpareKeys::is_all_held() const {
  return std::ranges::all_of(keys_, [](const Key& key) { return key.is_held && key.unsent == 0; });
}

void SpareKeys::event_queued(Keycode keycode) {
  ++unsent_;
  if (Key* key = find_key(keycode)) ++key->unsent;
}

void SpareKeys::event_sent(Keycode keycode, bool is_down, TimePoint now) {
  if (unsent_ > 0) --unsent_;
  if (is_down) last_press_ = now;
  Key* key = find_key(keycode);
  if (key == nullptr) return;
  if (key->unsent > 0) --key->unsent;
  key->is_held = is_down;
  key->last_use = now;
}

SpareKeys::Key* SpareKeys::find_key(Keycode keycode) {
  const auto key = std::ranges::find(keys_, keycode, &Key::keycode);
  return key == keys_.end() ? nullptr : &*key;
}

}  // namespace oriel::desktop
