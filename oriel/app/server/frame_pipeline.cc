#include "oriel/app/server/frame_pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "oriel/app/server/limits.h"
#include "oriel/core/screen/units.h"

namespace oriel::server {

using image::Rect;

FramePipeline::FramePipeline(boost::asio::any_io_executor executor, desktop::Desktop& desktop,
                             int encoder_threads)
    : executor_(executor),
      desktop_(desktop),
      screen_(std::make_unique<screen::Screen>(desktop.size())),
      timer_(executor),
      cache_(kPayloadCacheBytes),
      pool_(encoder_threads,
            [this, alive = std::weak_ptr(is_alive_)](EncodeJobPointer job, Payload payload) {
              boost::asio::post(executor_,
                                [this, alive, job = std::move(job), payload = std::move(payload)] {
                                  if (alive.lock()) payload_ready(job->key, payload);
                                });
            }) {
  cursor_on_screen_.screen_resized(screen_->size());
}

FramePipeline::~FramePipeline() { is_alive_.reset(); }

void FramePipeline::start() { desktop_.start(*this); }

void FramePipeline::add(const std::shared_ptr<FrameViewer>& viewer) {
  viewers_.push_back(viewer);
  pointer_followers_changed();
}

void FramePipeline::remove(const FrameViewer& viewer) {
  std::erase_if(viewers_, [&](const auto& known) { return known.get() == &viewer; });
  pointer_followers_changed();
}

void FramePipeline::desktop_damaged() {
  has_damage_ = true;
  reached(observe::LatencyMark::kDamaged);
  advance();
  if (damaged_) damaged_();
}

void FramePipeline::desktop_resized(image::Size size) {
  pool_.release();
  screen_ = std::make_unique<screen::Screen>(size, screen_->generation() + 1);
  plans_.clear();
  cursor_on_screen_.screen_resized(size);
  has_damage_ = true;
  // A viewer that writes may ask to advance: not before all of them know the new screen.
  const bool was_advancing = std::exchange(is_advancing_, true);
  for (const auto& viewer : std::vector(viewers_)) viewer->screen_resized(*screen_);
  is_advancing_ = was_advancing;
  if (others_ != nullptr) others_->desktop_resized(size);
  advance();
  if (damaged_) damaged_();
}

void FramePipeline::desktop_lost(const Error& error) {
  lost_ = Error{ErrorCode::kUnavailable,
                fmt::format("the desktop is lost, so nothing new is seen: {}", error.message)};
  if (others_ != nullptr) others_->desktop_lost(error);
  const Status status = std::unexpected(*lost_);
  tell_refreshed(std::exchange(captured_for_, {}), status);
  tell_refreshed(std::exchange(refreshing_, {}), status);
}

void FramePipeline::refresh(Refreshed done) {
  if (lost_) return done(std::unexpected(*lost_));
  refreshing_.push_back(std::move(done));
  advance();
}

void FramePipeline::tell_refreshed(std::vector<Refreshed> waiting, const Status& status) {
  for (auto& done : waiting) done(status);
}

void FramePipeline::desktop_cursor_changed(const image::Cursor& cursor) {
  if (cursor_.shape == cursor) return;
  cursor_.shape = cursor;
  cursor_on_screen_.shape_changed();
  for (const auto& viewer : viewers_)
    if (auto* news = viewer->cursor_news()) news->shape_changed();
  if (others_ != nullptr) others_->desktop_cursor_changed(cursor);
  advance();
}

void FramePipeline::desktop_pointer_moved(image::Point position) {
  const bool was_known = cursor_.position.has_value();
  cursor_.position = position;
  cursor_on_screen_.pointer_moved();
  // When it was not known before, it may well have been there always.
  const auto mover = was_known ? PointerMover::kDesktop : PointerMover::kOtherViewer;
  for (const auto& viewer : viewers_)
    if (auto* news = viewer->cursor_news()) news->pointer_moved(mover);
  if (others_ != nullptr) others_->desktop_pointer_moved(position);
  advance();
}

void FramePipeline::pointer_moved(const FrameViewer& mover, image::Point position) {
  if (cursor_.position == position) return;
  cursor_.position = position;
  cursor_on_screen_.pointer_moved();
  for (const auto& viewer : viewers_) {
    auto* news = viewer->cursor_news();
    if (news == nullptr) continue;
    if (viewer.get() == &mover)
      news->viewer_moved_pointer();
    else
      news->pointer_moved(PointerMover::kOtherViewer);
  }
  if (is_pointer_followed_) advance();
}

void FramePipeline::pointer_followers_changed() {
  const bool is_followed = std::ranges::any_of(viewers_, [](const auto& viewer) {
    const auto* news = viewer->cursor_news();
    return news != nullptr && news->follows_pointer();
  });
  if (std::exchange(is_pointer_followed_, is_followed) != is_followed)
    desktop_.follow_pointer(is_followed);
}

void FramePipeline::advance() {
  if (is_advancing_) {
    must_advance_again_ = true;
    return;
  }
  is_advancing_ = true;
  do {
    must_advance_again_ = false;
    const auto now = Clock::now();
    if (is_capturing_ || !commit_if_needed(now)) break;
    if (!has_damage_) tell_refreshed(std::exchange(refreshing_, {}));
    for (const auto& viewer : std::vector(viewers_)) serve(viewer, now);
  } while (must_advance_again_);
  is_advancing_ = false;
}

// True when the screen is as new as anybody could use: updates may be composed from it.
bool FramePipeline::commit_if_needed(TimePoint now) {
  if (!has_damage_) return true;
  if (!is_anyone_waiting(now)) return true;
  if (now < next_commit_) {
    wake_at(next_commit_);
    return false;
  }
  has_damage_ = false;
  const auto damage = desktop_.take_damage();
  if (damage.empty()) return true;
  is_capturing_ = true;
  captured_for_ = std::exchange(refreshing_, {});
  desktop_.capture(damage, [this](std::span<const screen::Patch> patches) {
    is_capturing_ = false;
    commit(patches);
    tell_refreshed(std::exchange(captured_for_, {}));
    if (!is_advancing_) advance();
  });
  return !is_capturing_;
}

void FramePipeline::commit(std::span<const screen::Patch> patches) {
  // A capture that was asked for before a resize may be too large now; the whole screen is damaged
  // anyway.
  const auto bounds = Rect::of(screen_->size());
  if (!std::ranges::all_of(patches, [&](const auto& patch) { return bounds.contains(patch.rect); }))
    return;
  const auto start = Clock::now();
  pool_.commit(patches, [&] {
    const auto result = screen_->commit(patches);
    stats_.changed_px += static_cast<std::uint64_t>(result.changed_px);
    if (result.changed_px > 0) plans_.clear();
  });
  const auto end = Clock::now();
  reached(observe::LatencyMark::kCommitted);
  ++stats_.commits;
  stats_.commit_time += end - start;
  // Under a flood of small draws there is always damage: pause as long as a commit takes, so that
  // at most half of the time goes to commits.
  next_commit_ = end + std::min<Duration>(end - start, kCommitPauseMax);
}

bool FramePipeline::is_anyone_waiting(TimePoint now) {
  if (!refreshing_.empty()) return true;
  std::optional<TimePoint> earliest;
  for (const auto& viewer : viewers_) {
    if (viewer->wanted().is_empty()) continue;
    const auto allowed = viewer->next_allowed(now);
    if (allowed <= now) return true;
    earliest = std::min(earliest.value_or(allowed), allowed);
  }
  if (earliest) wake_at(*earliest);
  return false;
}

// The cursor that belongs into the pixels of `viewer` now.
PlacedCursor FramePipeline::cursor_for(FrameViewer& viewer) const {
  const auto* news = viewer.cursor_news();
  return news != nullptr && news->is_drawn() ? cursor_on_screen_.placed() : PlacedCursor();
}

void FramePipeline::serve(const std::shared_ptr<FrameViewer>& viewer, TimePoint now) {
  const auto& wanted = viewer->wanted();
  if (wanted.is_empty()) return;
  auto plan = plan_for(*viewer);
  const auto* news = viewer->cursor_news();
  const bool has_news = viewer->has_news() || (news != nullptr && news->is_any());
  auto* drawn = viewer->drawn_cursor();
  const auto cursor = cursor_for(*viewer);
  const bool is_drawn_anew = drawn != nullptr && !drawn->is_shown(cursor);
  if (plan->empty() && !has_news && !is_drawn_anew) return;
  if (const auto allowed = viewer->next_allowed(now); allowed > now) {
    wake_at(allowed);
    return;
  }
  if (is_drawn_anew) {
    drawn->show(cursor, Rect::of(screen_->size()), viewer->sent());
    plan = plan_for(*viewer);
    if (plan->empty() && !has_news) return;  // it happened outside of what is wanted
  }
  if (plan->empty()) return viewer->send_news(now);
  viewer->sent().mark_sent(*screen_, wanted);
  viewer->begin_update(static_cast<int>(plan->size()), now);
  send(viewer, *plan, cursor);
}

// Viewers that have the cursor drawn share those payloads that it touches among themselves only.
void FramePipeline::send(const std::shared_ptr<FrameViewer>& viewer, const Plan& plan,
                         const PlacedCursor& cursor) {
  std::vector<PayloadKey> missing;
  std::int64_t missing_px = 0;
  for (const auto& unit : plan) {
    const PayloadKey key{unit.rect, unit.content_generation, viewer->profile(),
                         unit.rect.intersects(cursor.rect) ? cursor.number : 0};
    if (auto payload = cache_.find(key); payload.bytes) {
      ++stats_.shared_units;
      viewer->add_rectangle(unit.rect, *payload.encoding, std::move(payload.bytes));
    } else if (auto found = under_way_.find(key); found != under_way_.end()) {
      ++stats_.shared_units;
      found->second.push_back(viewer);
    } else {
      missing.push_back(key);
      missing_px += unit.rect.area();
    }
  }
  for (const auto& key : missing)
    missing_px <= kInlinePixelsMax ? encode_inline(viewer, key) : encode_in_pool(viewer, key);
  viewer->flush();
}

std::shared_ptr<const FramePipeline::Plan> FramePipeline::plan_for(FrameViewer& viewer) {
  const auto& wanted = viewer.wanted();
  const auto generation =
      wanted.covers(Rect::of(screen_->size())) ? viewer.sent().in_step() : std::nullopt;
  const auto max_size = viewer.profile().encoding->max_size;
  const PlanKey key{generation.value_or(0), max_size.width, max_size.height};
  if (generation)
    if (const auto known = plans_.find(key); known != plans_.end()) return known->second;
  auto plan = std::make_shared<Plan>();
  auto units = screen::split_units(screen::merge_to_units(viewer.sent().lacking(*screen_, wanted)),
                                   max_size);
  if (units.size() > kRectanglesMax) {  // scattered over a huge desktop: whole tiles are fewer
    const Rect bounds = wanted.bounds();
    units = screen::split_units(screen::merge_to_units({&bounds, 1}), max_size);
  }
  for (const auto& rect : units) plan->push_back({rect, screen_->content_generation(rect)});
  if (generation) plans_[key] = plan;
  return plan;
}

void FramePipeline::encode_inline(const std::shared_ptr<FrameViewer>& viewer,
                                  const PayloadKey& key) {
  const auto start = Clock::now();
  const auto encode = [&](const image::FrameView& pixels) {
    return inline_encoders_.encode(pixels, key.profile);
  };
  auto payload = key.drawn_cursor == 0
                     ? encode(screen_->view().crop(key.rect))
                     : encode(cursor_on_screen_.compose(screen_->view(), key.rect).view());
  stats_.inline_encode_time += Clock::now() - start;
  ++stats_.encoded_units;
  cache_.insert(key, payload);
  viewer->add_rectangle(key.rect, *payload.encoding, std::move(payload.bytes));
}

void FramePipeline::encode_in_pool(const std::shared_ptr<FrameViewer>& viewer,
                                   const PayloadKey& key) {
  ++stats_.encoded_units;
  under_way_[key].push_back(viewer);
  auto job = std::make_shared<EncodeJob>();
  job->key = key;
  if (key.drawn_cursor != 0) {
    job->pixels = cursor_on_screen_.compose(screen_->view(), key.rect);
    job->is_copied = true;
  }
  pool_.submit(std::move(job), *screen_);
}

void FramePipeline::payload_ready(const PayloadKey& key, const Payload& payload) {
  cache_.insert(key, payload);
  const auto waiters = std::move(under_way_.extract(key).mapped());
  for (const auto& waiter : waiters) {
    if (const auto viewer = waiter.lock()) {
      viewer->add_rectangle(key.rect, *payload.encoding, payload.bytes);
      viewer->flush();
    }
  }
}

void FramePipeline::wake_at(TimePoint when) {
  if (timer_at_ && *timer_at_ <= when) return;
  timer_at_ = when;
  timer_.expires_at(when);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    timer_at_.reset();
    advance();
  });
}

}  // namespace oriel::server
