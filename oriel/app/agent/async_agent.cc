#include "oriel/app/agent/async_agent.h"

#include <utility>

#include "oriel/core/screen/changed_rects.h"

namespace oriel::agent {

using boost::asio::awaitable;
using image::Rect;

AsyncAgent::AsyncAgent(AgentTarget& target, const AgentOptions& options)
    : parts_(target, options.history_bytes), waits_(target, parts_.log) {}

ScreenReport AsyncAgent::screen() const {
  const auto& target = parts_.target;
  ScreenReport report{.size = target.screen().size(),
                      .pointer = target.pointer(),
                      .generation = target.screen().generation(),
                      .has_clipboard = parts_.target.clipboard() != nullptr,
                      .buttons = held().buttons};
  report.keys.assign(held().keys.begin(), held().keys.end());
  if (const auto* cursor = target.cursor(); cursor != nullptr && !cursor->is_empty())
    report.cursor = cursor->size;
  return report;
}

awaitable<AgentStatus> AsyncAgent::perform(std::vector<Action> actions, milliseconds delay) {
  return parts_.perform(std::move(actions), delay);
}

// No action: `last_action` stays.
awaitable<AgentStatus> AsyncAgent::pause(milliseconds duration) {
  return parts_.player.play({Pause{duration}});
}

awaitable<AgentResult<ActReport>> AsyncAgent::act(ActRequest request) {
  ActReport report{.begun = parts_.log.mark()};
  const int copies = parts_.log.clipboard_changes();
  auto performed = co_await perform(std::move(request.actions));
  if (!performed) co_return std::unexpected(performed.error());
  if (request.settle) {
    request.settle->since = report.begun;
    auto settled = co_await waits_.still(*std::move(request.settle));
    if (!settled && settled.error().kind != ErrorKind::kTimeout)
      co_return std::unexpected(settled.error());
    report.has_settled = settled.has_value();
    if (settled) report.recurring = std::move(settled->recurring);
    if (!settled) report.unsettled = settled.error().message;
  }
  const auto whole = Rect::of(parts_.target.screen().size());
  const auto& changes = parts_.log.changes();
  for (auto i = parts_.log.first_after(report.begun); i < changes.size(); ++i)
    for (const auto& rect : changes[i].rects)
      if (const auto box = rect.intersected(whole); !box.is_empty()) report.boxes.push_back(box);
  report.boxes = screen::joined(report.boxes, kDeltaPicturesMax);
  report.has_copied = parts_.log.clipboard_changes() != copies;
  std::vector<Rect> shown;
  if (request.reply == ActReply::kFull) shown = {whole};
  if (request.reply == ActReply::kDelta) shown = report.boxes;
  for (const auto& rect : shown)
    report.pictures.push_back(
        {copy_of(parts_.target.screen().view(), rect), rect, mark(), CoordinateScale(rect.size())});
  report.took = Clock::now() - report.begun.at;
  co_return report;
}

}  // namespace oriel::agent
