#include "oriel/core/rfb/message_allowance.h"

#include <algorithm>
#include <chrono>

namespace oriel::rfb {
namespace {

// What costs the server far more than a key. A request for the full picture sends all of it again,
// another format or encoding shares no payload with anybody, another size shows at every viewer,
// and a text is copied several times.
constexpr int kFullRequestWeight = 20;
constexpr int kProfileWeight = 20;
constexpr int kResizeWeight = 250;
constexpr std::uint32_t kTextBytesPerUnit = 4096;

// A rest is over when this part of a second's allowance is there again, so that a flood costs one
// wake-up in 20 ms rather than one for each message.
constexpr double kRestPart = 0.02;

}  // namespace

int message_weight(const ClientMessage& message) {
  if (const auto* request = std::get_if<UpdateRequest>(&message))
    return request->is_incremental ? 1 : kFullRequestWeight;
  if (const auto* text = std::get_if<CutTextHead>(&message))
    return 1 + static_cast<int>(text->bytes / kTextBytesPerUnit);
  if (std::holds_alternative<SetDesktopSize>(message)) return kResizeWeight;
  const bool is_profile = std::holds_alternative<SetPixelFormat>(message) ||
                          std::holds_alternative<SetEncodings>(message);
  return is_profile ? kProfileWeight : 1;
}

MessageAllowance::MessageAllowance(const Limits& limits, TimePoint now)
    : rate_per_s_(std::max(limits.messages_per_s, 1)),
      flood_timeout_(limits.flood_timeout),
      tokens_(rate_per_s_),
      counted_at_(now) {}

double MessageAllowance::tokens_at(TimePoint now) const {
  const std::chrono::duration<double> passed = now - counted_at_;
  return std::min(rate_per_s_, tokens_ + passed.count() * rate_per_s_);
}

void MessageAllowance::spend(int weight, TimePoint now) {
  const double before = tokens_at(now);
  if (before > rate_per_s_ / 2) too_much_since_.reset();
  tokens_ = before - weight;
  counted_at_ = now;
  rests_until_.reset();
  if (tokens_ > 0) return;
  const std::chrono::duration<double> rest(kRestPart - tokens_ / rate_per_s_);
  rests_until_ = now + std::chrono::duration_cast<Duration>(rest);
  if (!too_much_since_) too_much_since_ = now;
}

bool MessageAllowance::is_flood(TimePoint now) const {
  return too_much_since_ && tokens_ <= 0 && now - *too_much_since_ >= flood_timeout_;
}

}  // namespace oriel::rfb
