#include "oriel/app/agent/damage_log.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "oriel/core/screen/changed_rects.h"

namespace oriel::agent {

using image::Rect;

namespace {

// What a kept rectangle takes besides its pixels: its frame, and what the heap keeps with them.
constexpr std::size_t kRectBytes = 128;

std::size_t bytes_of(const Rect& rect) {
  return kRectBytes + 4 * static_cast<std::size_t>(rect.area());
}

}  // namespace

image::Frame copy_of(const image::FrameView& view, const Rect& rect) {
  return image::Frame::copy_of(view.crop(rect));
}

void paste(const image::Frame& pixels, const Rect& to, image::Frame& frame) {
  const auto target = frame.mutable_view().crop(to);
  for (int y = 0; y < to.height; ++y)
    std::memcpy(target.row(y), pixels.view().row(y), std::size_t{4} * to.width);
}

DamageLog::DamageLog(AgentTarget& target, std::size_t bytes_max)
    : target_(target), bytes_max_(bytes_max), bell_(target.executor()) {
  target_.add_listener(*this);
}

DamageLog::~DamageLog() { target_.remove_listener(*this); }

Mark DamageLog::mark() const { return {Clock::now(), target_.screen().generation()}; }

std::size_t DamageLog::first_after(const Mark& mark) const {
  const auto found = std::ranges::upper_bound(changes_, mark.generation, {}, &Change::generation);
  return static_cast<std::size_t>(found - changes_.begin());
}

std::optional<AgentError> DamageLog::loss() const {
  if (loss_ && !target_.check()) return loss_;
  return std::nullopt;
}

void DamageLog::screen_changes_soon() {
  const auto& screen = target_.screen();
  if (base_.size() != screen.size()) base_ = copy_of(screen.view(), Rect::of(screen.size()));
}

void DamageLog::screen_changed(const ScreenChange& change) {
  Change kept{change.generation, change.at, screen::joined(change.rects, kBoxesMax), {}};
  for (const auto& rect : kept.rects) {
    bytes_ += bytes_of(rect);
    kept.pixels.push_back(copy_of(target_.screen().view(), rect));
  }
  add(std::move(kept));
}

void DamageLog::screen_resized() {
  ++resizes_;
  const auto& screen = target_.screen();
  base_ = {};
  bytes_ = 0;
  for (auto& change : changes_) change.pixels.clear();
  without_pixels_ = changes_.size() + 1;
  add({screen.generation(), Clock::now(), {Rect::of(screen.size())}, {}});
}

void DamageLog::clipboard_changed(desktop::ClipboardFormats /*formats*/) {
  ++clipboard_changes_;
  bell_.ring();
}

void DamageLog::target_lost(const AgentError& error) {
  loss_ = error;
  bell_.ring();
}

void DamageLog::add(Change change) {
  changes_.push_back(std::move(change));
  while (bytes_ > bytes_max_) forget_pixels();
  while (changes_.size() > kLogEntriesMax) {
    if (without_pixels_ == 0) forget_pixels();
    changes_.pop_front();
    --without_pixels_;
  }
  bell_.ring();
}

// The oldest pixels become part of the base.
void DamageLog::forget_pixels() {
  auto& change = changes_[without_pixels_++];
  for (std::size_t i = 0; i < change.pixels.size(); ++i) {
    bytes_ -= bytes_of(change.rects[i]);
    paste(change.pixels[i], change.rects[i], base_);
  }
  change.pixels.clear();
}

bool DamageLog::replay(const Mark& since, const Look& look) const {
  const auto first = first_after(since);
  if (std::max(first, without_pixels_) >= changes_.size()) return false;
  auto frame = base_;
  for (auto at = without_pixels_; at < changes_.size(); ++at) {
    const auto& change = changes_[at];
    for (std::size_t i = 0; i < change.pixels.size(); ++i)
      paste(change.pixels[i], change.rects[i], frame);
    if (at >= first && look(frame.view(), change)) return true;
  }
  return false;
}

}  // namespace oriel::agent
