#include "oriel/app/client/signs_of_life.h"

#include <algorithm>
#include <utility>

#include "oriel/app/client/limits.h"
#include "oriel/app/client/pending.h"
#include "oriel/base/byte_writer.h"
#include "oriel/core/rfb/client_message.h"
#include "oriel/core/rfb/constants.h"

namespace oriel::client {

using agent::AgentStatus;
using agent::ErrorKind;
using boost::asio::awaitable;

namespace {

constexpr image::Rect kProbe{0, 0, 1, 1};

Bytes payload_of(std::uint64_t number) {
  Bytes payload;
  ByteWriter writer(payload);
  writer.u32(static_cast<std::uint32_t>(number >> 32));
  writer.u32(static_cast<std::uint32_t>(number));
  return payload;
}

}  // namespace

struct SignsOfLife::Asked : Pending {
  using Pending::Pending;
  std::uint64_t number = 0;
  bool is_fence = false;
  int answers = 0;  // that may be older updates
};

awaitable<AgentStatus> SignsOfLife::next(RemoteLink& link, bool has_fence, TimePoint deadline) {
  if (asked_.size() >= kCatchUpsMax)
    co_return agent::failure(ErrorKind::kState, "too many wait for a sign of life already");
  const auto alive = alive_;
  const auto asked = std::make_shared<Asked>(executor_);
  asked->number = ++last_number_;
  asked->is_fence = has_fence;
  asked_.push_back(asked);
  ask(link, *asked);
  link.flush();
  const auto status = co_await Pending::wait(asked, deadline);
  if (*alive) std::erase(asked_, asked);
  if (status) co_return *status;
  co_return agent::failure(ErrorKind::kTimeout, "the desktop gave no sign of life in time");
}

void SignsOfLife::ask(RemoteLink& link, const Asked& asked) {
  if (asked.is_fence)
    link.say(rfb::Fence{rfb::kFenceRequest | rfb::kFenceBlockBefore, payload_of(asked.number)});
  else
    link.say(rfb::UpdateRequest{false, kProbe});
}

void SignsOfLife::fence_came(const rfb::FenceCame& fence) {
  for (const auto& asked : asked_)
    if (asked->is_fence && payload_of(asked->number) == fence.payload) asked->finish({});
}

// An update that was on its way already may have the pixel by chance: there is one at most, since
// each was asked for.
void SignsOfLife::update_came(RemoteLink& link, std::span<const image::Rect> rects) {
  const bool is_exact = rects.size() == 1 && rects[0] == kProbe;
  const bool has_probe =
      std::ranges::any_of(rects, [](const image::Rect& rect) { return rect.contains(kProbe); });
  if (!has_probe) return;
  for (const auto& asked : asked_) {
    if (asked->is_fence) continue;
    if (is_exact || ++asked->answers == 2)
      asked->finish({});
    else
      ask(link, *asked);
  }
}

void SignsOfLife::end(const agent::AgentError& error) {
  for (const auto& asked : std::exchange(asked_, {})) asked->finish(std::unexpected(error));
}

}  // namespace oriel::client
