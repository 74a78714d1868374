#include "oriel/io/desktop/damage_poller.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstring>
#include <utility>

namespace oriel::desktop {
namespace {

using Look = PollSchedule::Look;

// Four independent chains of FNV-1a over 64-bit words: fast, and good enough to steer by. Rows are
// whole pixels of four bytes.
std::uint64_t checksum(const image::FrameView& view) {
  constexpr std::uint64_t kPrime = 0x100000001b3;
  std::uint64_t sums[4] = {1, 2, 3, 4};
  const auto bytes = static_cast<std::size_t>(view.size().width) * 4;
  for (int y = 0; y < view.size().height; ++y) {
    const auto* row = reinterpret_cast<const std::uint8_t*>(view.row(y));
    std::size_t at = 0;
    for (; at + 32 <= bytes; at += 32) {
      for (std::size_t i = 0; i < 4; ++i) {
        std::uint64_t word = 0;
        std::memcpy(&word, row + at + 8 * i, sizeof word);
        sums[i] = (sums[i] ^ word) * kPrime;
        sums[i] ^= sums[i] >> 32;
      }
    }
    for (; at < bytes; ++at) sums[0] = (sums[0] ^ row[at]) * kPrime;
  }
  return ((sums[0] * kPrime + sums[1]) * kPrime + sums[2]) * kPrime + sums[3];
}

}  // namespace

struct DamagePoller::Timer {
  explicit Timer(boost::asio::io_context& io) : timer(io) {}

  boost::asio::steady_timer timer;
  // A handler that is queued already when the poller goes sees that it is gone.
  std::shared_ptr<bool> alive = std::make_shared<bool>(true);
};

DamagePoller::DamagePoller(boost::asio::io_context& io, image::Size size, std::function<void()> due)
    : timer_(std::make_unique<Timer>(io)),
      due_(std::move(due)),
      schedule_(size, Clock::now()),
      checksums_(schedule_.bands().size()) {}

DamagePoller::~DamagePoller() { *timer_->alive = false; }

void DamagePoller::start() {
  is_started_ = true;
  set_timer();
}

std::vector<image::Rect> DamagePoller::take() {
  is_told_ = false;
  began_ = Clock::now();
  under_way_ = schedule_.due(began_);
  std::vector<image::Rect> rects;
  for (const int band : under_way_) {
    rects.push_back(schedule_.bands()[static_cast<std::size_t>(band)]);
  }
  if (rects.empty()) set_timer();
  return rects;
}

void DamagePoller::captured(std::span<const screen::Patch> patches) {
  const TimePoint now = Clock::now();
  for (const int band : std::exchange(under_way_, {})) {
    const auto index = static_cast<std::size_t>(band);
    const auto patch = std::ranges::find(patches, schedule_.bands()[index], &screen::Patch::rect);
    if (patch == patches.end()) {
      schedule_.looked(band, Look::kFailed, now);
      continue;
    }
    const auto sum = checksum(patch->pixels);
    const bool is_same = std::exchange(checksums_[index], sum) == sum;
    schedule_.looked(band, is_same ? Look::kSame : Look::kChanged, now);
  }
  schedule_.paid(began_, Clock::now());
  set_timer();
}

void DamagePoller::resized(image::Size size) {
  schedule_.reset(size, Clock::now());
  checksums_.assign(schedule_.bands().size(), std::nullopt);
  under_way_.clear();
  if (is_started_) set_timer();
}

void DamagePoller::input_came() {
  schedule_.input_came(Clock::now());
  if (is_started_ && under_way_.empty()) set_timer();
}

void DamagePoller::set_timer() {
  if (is_told_) return;
  timer_->timer.expires_at(schedule_.next());
  timer_->timer.async_wait([this, alive = timer_->alive](const boost::system::error_code& error) {
    if (!*alive || error || is_told_) return;
    is_told_ = true;
    due_();
  });
}

}  // namespace oriel::desktop
