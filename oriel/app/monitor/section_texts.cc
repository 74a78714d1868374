#include "oriel/app/monitor/section_texts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

#include "oriel/app/monitor/format_text.h"
#include "oriel/core/monitor/limits.h"
#include "oriel/core/monitor/reading.h"

namespace oriel::monitor {
namespace {

constexpr double kFigureMax = 1e21;

// Of `path`, each a member of the one before; nothing when one is missing or cannot be.
std::optional<double> figure(const Value& section, std::initializer_list<std::string_view> path) {
  const auto* value = &section;
  for (const auto key : path)
    if ((value = value->find(key)) == nullptr) return {};
  const double number = value->number_or(-1);
  if (!value->is_number() || !(number >= 0 && number <= kFigureMax)) return {};
  return number;
}

std::string word(const Value& section, std::string_view key) {
  const auto* value = section.find(key);
  const auto* text = value == nullptr ? nullptr : value->string();
  return text == nullptr ? std::string() : harmless(*text);
}

std::string share(std::optional<double> percent) {
  return percent && *percent <= kReadingPercentMax ? fmt::format("{:.1f}%", *percent) : "n/a";
}

std::string rate(std::optional<double> bytes) {
  // 1e18: what fits into traffic_text.
  if (!bytes || *bytes > 1e18) return "n/a";
  return traffic_text(static_cast<std::uint64_t>(*bytes)) + "/s";
}

std::string or_none(const std::vector<std::string>& parts) {
  return parts.empty() ? "n/a" : fmt::format("{}", fmt::join(parts, ", "));
}

SectionText swap_text(const Value& swap) {
  const auto percent = figure(swap, {"usage_percent"});
  return {"Swap", share(percent), percent};
}

SectionText load_text(const Value& load) {
  const auto one = figure(load, {"load1"});
  return {"Load", one ? fmt::format("{:.2f}", *one) : "n/a", {}};
}

SectionText pressure_text(const Value& pressure) {
  std::vector<std::string> parts;
  constexpr std::string_view kKinds[] = {"cpu", "memory", "io"};
  for (const auto kind : kKinds)
    if (const auto percent = figure(pressure, {kind, "some", "avg10"}))
      parts.push_back(fmt::format("{} {}", kind, share(percent)));
  return {"Pressure", or_none(parts), {}};
}

SectionText cgroup_text(const Value& cgroup) {
  std::vector<std::string> parts;
  if (const auto percent = figure(cgroup, {"cpu_percent"}))
    parts.push_back(fmt::format("CPU {}", share(percent)));
  if (const auto used = figure(cgroup, {"memory_used"}))
    parts.push_back(fmt::format("memory {}", size_text(*used)));
  if (const auto percent = figure(cgroup, {"throttled_percent"}); percent.value_or(0) > 0)
    parts.push_back(fmt::format("throttled {}", share(percent)));
  return {"Cgroup", or_none(parts), {}};
}

// The one of several named members of which `key` is largest.
struct Named {
  std::string name;
  std::optional<double> figure;
};
Named largest(const Value& section, std::string_view key) {
  Named found;
  if (section.object() == nullptr) return found;
  for (const auto& [name, fields] : *section.object()) {
    const auto value = figure(fields, {key});
    if (value && value > found.figure) found = {harmless(name), value};
  }
  return found;
}

SectionText mounts_text(const Value& mounts) {
  const auto fullest = largest(mounts, "usage_percent");
  if (!fullest.figure) return {"Mounts", "n/a", {}};
  return {"Fullest", fmt::format("{} {}", fullest.name, share(fullest.figure)), fullest.figure};
}

SectionText disks_text(const Value& disks) {
  return {"IO",
          fmt::format("{} read, {} written", rate(figure(disks, {"read_bytes_per_s"})),
                      rate(figure(disks, {"write_bytes_per_s"}))),
          {}};
}

SectionText network_text(const Value& network) {
  return {"Net",
          fmt::format("{} in, {} out", rate(figure(network, {"bytes_recv_per_s"})),
                      rate(figure(network, {"bytes_sent_per_s"}))),
          {}};
}

SectionText sensors_text(const Value& sensors) {
  const auto hottest = largest(sensors, "temperature");
  if (!hottest.figure || *hottest.figure > 1000) return {"Sensors", "n/a", {}};
  return {"Hottest", fmt::format("{} {:.1f} °C", hottest.name, *hottest.figure), {}};
}

SectionText battery_text(const Value& batteries) {
  std::vector<std::string> parts;
  if (batteries.object() != nullptr) {
    for (const auto& [name, fields] : *batteries.object()) {
      if (parts.size() == kReadingListMax) break;
      const auto status = word(fields, "status");
      parts.push_back(share(figure(fields, {"percent"})) + (status.empty() ? "" : " " + status));
    }
  }
  return {"Battery", or_none(parts), {}};
}

// How many there are, and who takes most.
SectionText processes_text(const Value& processes) {
  std::vector<std::string> parts;
  if (const auto count = figure(processes, {"count"}))
    parts.push_back(fmt::format("{:.0f}", *count));
  const auto* list = processes.find("by_cpu");
  const auto* first = list == nullptr || list->array() == nullptr || list->array()->empty()
                          ? nullptr
                          : &list->array()->front();
  if (first != nullptr) {
    const auto percent = figure(*first, {"cpu_percent"});
    // Shares are of one core, so there may be thousands.
    if (percent) parts.push_back(fmt::format("{} {:.1f}%", word(*first, "name"), *percent));
  }
  return {"Processes", or_none(parts), {}};
}

SectionText system_text(const Value& message) {
  const auto reading = read_message(message);
  std::vector<std::string> parts;
  for (const auto* part : {&reading.hostname, &reading.system})
    if (!part->empty()) parts.push_back(harmless(*part));
  const auto* system = message.find("data")->find("system");
  if (const auto uptime = figure(*system, {"uptime_seconds"}); uptime && *uptime < 1e12)
    parts.push_back("up " +
                    duration_text(std::chrono::seconds(static_cast<std::int64_t>(*uptime))));
  return {"System", or_none(parts), {}};
}

struct Row {
  std::string_view section;
  SectionText (*text)(const Value&);
};
constexpr Row kRows[] = {{"swap", swap_text},         {"load", load_text},
                         {"pressure", pressure_text}, {"cgroup", cgroup_text},
                         {"mounts", mounts_text},     {"disks", disks_text},
                         {"network", network_text},   {"sensors", sensors_text},
                         {"battery", battery_text},   {"processes", processes_text}};

const Value* section_of(const Value& message, std::string_view name) {
  const auto* data = message.find("data");
  const auto* section = data == nullptr ? nullptr : data->find(name);
  return section == nullptr || section->object() == nullptr ? nullptr : section;
}

}  // namespace

std::vector<SectionText> section_texts(const Value& message) {
  std::vector<SectionText> texts;
  for (const auto& row : kRows)
    if (const auto* section = section_of(message, row.section)) texts.push_back(row.text(*section));
  const auto has = [&](std::string_view name) { return section_of(message, name) != nullptr; };
  const bool has_figures =
      !texts.empty() || has("processor") || has("memory") || has("disk") || has("gpu");
  if (!has_figures && has("system")) texts.push_back(system_text(message));
  return texts;
}

}  // namespace oriel::monitor
