#include "oriel/app/monitor/tui/model.h"

#include <fmt/format.h>

#include <cmath>

#include "oriel/app/monitor/tui/limits.h"

namespace oriel::monitor::tui {

std::string figure::gpu(std::size_t index) { return fmt::format("gpu {}", index); }

void HostModel::add(std::string_view figure, std::optional<double> value) {
  auto found = series_.find(figure);
  if (found == series_.end()) {
    if (!value || series_.size() == kSeriesMax) return;
    found = series_.emplace(figure, Series{}).first;
  }
  found->second.add(documents_, value);
}

void HostModel::show(const Value& message, TimePoint now) {
  reading_ = read_document(message);
  ++documents_;
  last_arrival_ = now;
  if (!first_time_s_) first_time_s_ = reading_.time_s;
  std::optional<double> time;
  if (reading_.time_s) time = *reading_.time_s - *first_time_s_;
  times_.add(documents_, time);
  const auto& memory = reading_.memory;
  const auto& swap = reading_.swap;
  add(figure::kCpu, reading_.processor ? reading_.processor->percent : std::nullopt);
  add(figure::kMemory, memory ? std::optional(memory->space.percent) : std::nullopt);
  add(figure::kSwap, swap ? std::optional(swap->percent) : std::nullopt);
  add(figure::kReceived, reading_.received);
  add(figure::kSent, reading_.sent);
  add(figure::kRead, reading_.disk_read);
  add(figure::kWrite, reading_.disk_write);
  for (std::size_t i = 0; i < reading_.gpus.size(); ++i) {
    add(figure::gpu(i), reading_.gpus[i].percent);
  }
  // A GPU that went away leaves a gap, not a graph that stands still.
  for (std::size_t i = reading_.gpus.size(); i < kGpusShown; ++i) {
    const auto found = series_.find(figure::gpu(i));
    if (found == series_.end()) break;
    found->second.add(documents_, {});
  }
}

void HostModel::set_link(Link link, std::string words) {
  link_ = link;
  link_words_ = std::move(words);
  note_.clear();
}

std::span<const float> HostModel::values(std::string_view figure) const {
  const auto found = series_.find(figure);
  return found == series_.end() ? std::span<const float>() : found->second.values();
}

std::optional<double> HostModel::seconds_of_last(std::size_t samples) const {
  const auto times = times_.values();
  if (samples == 0 || times.size() <= samples) return {};
  const auto span = times.back() - times[times.size() - 1 - samples];
  if (!std::isfinite(span) || span < 0) return {};
  return span;
}

}  // namespace oriel::monitor::tui
