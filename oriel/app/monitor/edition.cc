#include "oriel/app/monitor/edition.h"

#include <algorithm>
#include <utility>

#include "oriel/core/monitor/document.h"

namespace oriel::monitor {
namespace {

void cut(std::vector<ProcessUse>& list, std::size_t count) {
  if (list.size() > count) list.resize(count);
}

// A snapshot has as many processes as its hungriest reader wants.
Value make_data_of_top(const Snapshot& snapshot, MetricSet metrics, std::size_t top) {
  const auto& processes = snapshot.processes;
  const bool is_longer = metrics.has(Metric::kProcesses) && processes &&
                         std::max({processes->by_cpu.size(), processes->by_memory.size(),
                                   processes->by_io.size()}) > top;
  if (!is_longer) return make_data(snapshot, metrics);
  auto shorter = snapshot;
  for (auto* list :
       {&shorter.processes->by_cpu, &shorter.processes->by_memory, &shorter.processes->by_io})
    cut(*list, top);
  return make_data(shorter, metrics);
}

}  // namespace

DocumentForm form_of(const Subscribe& subscribe) {
  return {.metrics = subscribe.metrics,
          .top_processes = subscribe.metrics.has(Metric::kProcesses) ? subscribe.top_processes : 0,
          .dialect = subscribe.dialect,
          .has_sequence = true};
}

std::shared_ptr<const Value> Edition::data(const DocumentForm& form) {
  const auto found = std::ranges::find_if(data_, [&](const Data& each) {
    return each.metrics == form.metrics && each.top_processes == form.top_processes;
  });
  if (found != data_.end()) return found->value;
  auto value =
      std::make_shared<const Value>(make_data_of_top(*snapshot_, form.metrics, form.top_processes));
  data_.push_back({form.metrics, form.top_processes, value});
  return value;
}

SharedBytes Edition::find(const DocumentForm& form, std::optional<std::int64_t> base) const {
  const auto found = std::ranges::find_if(
      lines_, [&](const Line& line) { return line.form == form && line.base == base; });
  return found == lines_.end() ? nullptr : found->bytes;
}

SharedBytes Edition::keep(const DocumentForm& form, std::optional<std::int64_t> base,
                          const Value& data) {
  std::optional<Sequence> sequence;
  if (form.has_sequence) sequence = Sequence{number_, base};
  auto text = write_monitoring_data(snapshot_->time, data, alerts_, form.dialect, sequence);
  text += '\n';
  const auto bytes = as_bytes(text);
  lines_.push_back({form, base, std::make_shared<const Bytes>(bytes.begin(), bytes.end())});
  return lines_.back().bytes;
}

SharedBytes Edition::whole(const DocumentForm& form) {
  if (auto made = find(form, {})) return made;
  return keep(form, {}, *data(form));
}

SharedBytes Edition::delta(const DocumentForm& form, Edition& base) {
  if (auto made = find(form, base.number())) return made;
  return keep(form, base.number(), merge_patch(*base.data(form), *data(form)));
}

}  // namespace oriel::monitor
