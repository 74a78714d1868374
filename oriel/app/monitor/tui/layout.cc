#include "oriel/app/monitor/tui/layout.h"

#include <algorithm>

#include "oriel/app/monitor/tui/panel.h"

namespace oriel::monitor::tui {
namespace {

// Rows that a box wants, with its two borders. Beyond `good` it grows by its weight, up to `most`;
// what is left then goes to those whose graphs or lists can use it.
struct Need {
  int least = 4;
  int good = 6;
  int most = 8;
  int weight = 1;
  bool stretches = false;
};

constexpr int kBoxWidthMin = 50;  // of the whole body: narrower is drawn without boxes
constexpr int kBoxHeightMin = 12;
constexpr int kTwoColumns = 100;
constexpr int kThreeColumns = 170;

int count_of(std::size_t lines) { return static_cast<int>(std::min<std::size_t>(lines, 1000)); }

Need lines_need(int lines, int weight) { return {3, 2 + std::min(lines, 5), 2 + lines, weight}; }

int load_lines(const Reading& reading) {
  const auto& cgroup = reading.cgroup;
  int lines = (reading.load ? 1 : 0) + count_of(reading.pressure.size());
  if (cgroup && (cgroup->cpu_limit || cgroup->cpu_used)) ++lines;
  if (cgroup && (cgroup->memory_limit || cgroup->memory_used)) ++lines;
  if (reading.host_cpu || reading.host_memory) ++lines;
  return std::max(1, lines);
}

// width: of the box.
Need need_of(Section section, const Reading& reading, int width) {
  switch (section) {
    case Section::kCpu:
      return {6, 9, 18, 3, true};
    case Section::kMemory:
      return {4, 7, 12, 2, true};
    case Section::kNetwork:
      return {4, 7, 8 + count_of(reading.interfaces.size()), 2, true};
    case Section::kDisks: {
      const int lines = count_of(reading.mounts.size()) + count_of(reading.disks.size());
      return {4, 2 + std::clamp(lines, 2, 5), 6 + lines, 2};
    }
    case Section::kGpu: {
      const int count = count_of(reading.gpus.size());
      return {4, 2 + 2 * std::min(count, 3), 6 + 2 * count, 1};
    }
    case Section::kLoad:
      return lines_need(load_lines(reading), 1);
    case Section::kSensors: {
      const int beside = std::max(1, (width - 4) / kSensorWidth);
      const int sensors = (count_of(reading.sensors.size()) + beside - 1) / beside;
      return lines_need(sensors + count_of(reading.batteries.size()), 1);
    }
    case Section::kProcesses:
      return {7, 12, 1000, 4, true};
  }
  return {};
}

// The first to go when there is no room.
constexpr Section kLeavingOrder[] = {Section::kSensors, Section::kLoad,  Section::kGpu,
                                     Section::kNetwork, Section::kDisks, Section::kProcesses,
                                     Section::kMemory};

// One row of boxes, of the same height.
struct Row {
  std::vector<Section> sections;
  Need need;
  int height = 0;
};

// width: of all of it.
Row make_row(std::vector<Section> sections, const Reading& reading, int width) {
  Row row{std::move(sections), {0, 0, 0, 0}, 0};
  const int box_width = width / std::max(1, count_of(row.sections.size()));
  for (const auto section : row.sections) {
    const auto need = need_of(section, reading, box_width);
    row.need.least = std::max(row.need.least, need.least);
    row.need.good = std::max(row.need.good, need.good);
    row.need.most = std::max(row.need.most, need.most);
    row.need.weight = std::max(row.need.weight, need.weight);
    row.need.stretches = row.need.stretches || need.stretches;
  }
  return row;
}

constexpr int kNoBound = 1 << 20;

int least_of(const std::vector<Row>& rows) {
  int sum = 0;
  for (const auto& row : rows) sum += row.need.least;
  return sum;
}

// Gives rows of the rest, one at a time, to that row below its bound which has the least for its
// weight; so all grow together. Returns what is left when all are at their bounds.
template <typename Bound>
int grow(std::vector<Row>& rows, int rest, Bound bound) {
  while (rest > 0) {
    Row* poorest = nullptr;
    for (auto& row : rows) {
      if (row.height >= bound(row)) continue;
      if (poorest == nullptr ||
          row.height * poorest->need.weight < poorest->height * row.need.weight) {
        poorest = &row;
      }
    }
    if (poorest == nullptr) break;
    ++poorest->height;
    --rest;
  }
  return rest;
}

// Heights that fill `height` exactly; needs least_of(rows) <= height.
void share_height(std::vector<Row>& rows, int height) {
  if (rows.empty()) return;
  for (auto& row : rows) row.height = row.need.least;
  int rest = height - least_of(rows);
  rest = grow(rows, rest, [](const Row& row) { return row.need.good; });
  rest = grow(rows, rest, [](const Row& row) { return row.need.most; });
  rest = grow(rows, rest, [](const Row& row) { return row.need.stretches ? kNoBound : 0; });
  rows.back().height += rest;
}

void place_rows(const std::vector<Row>& rows, const Area& area, std::vector<Placed>& out) {
  int y = area.y;
  for (const auto& row : rows) {
    const auto count = static_cast<int>(row.sections.size());
    for (int i = 0; i < count; ++i) {
      const int left = area.width * i / count, right = area.width * (i + 1) / count;
      out.push_back({row.sections[static_cast<std::size_t>(i)],
                     {area.x + left, y, right - left, row.height}});
    }
    y += row.height;
  }
}

bool is_wide(Section section) { return section == Section::kCpu || section == Section::kProcesses; }

// The processor above, pairs of boxes, the processes below.
std::vector<Row> paired_rows(const std::vector<Section>& sections, const Reading& reading,
                             int width) {
  std::vector<Row> rows;
  std::vector<Section> pair;
  const auto flush = [&] {
    if (!pair.empty()) rows.push_back(make_row(pair, reading, width));
    pair.clear();
  };
  for (const auto section : sections) {
    if (is_wide(section)) {
      flush();
      rows.push_back(make_row({section}, reading, width));
      continue;
    }
    pair.push_back(section);
    if (pair.size() == 2) flush();
  }
  flush();
  return rows;
}

// Columns below the processor: the processes stand at the end of the last one, the others go
// where there is the most room.
std::vector<std::vector<Row>> columns_of(const std::vector<Section>& sections, int count,
                                         const Reading& reading, int width) {
  std::vector<std::vector<Row>> columns(static_cast<std::size_t>(count));
  std::vector<int> heights(columns.size());
  const bool has_processes = std::ranges::find(sections, Section::kProcesses) != sections.end();
  if (has_processes) heights.back() = count == 3 ? 1000 : 11;
  for (const auto section : sections) {
    if (is_wide(section)) continue;
    const auto shortest = std::ranges::min_element(heights) - heights.begin();
    auto row = make_row({section}, reading, width);
    heights[static_cast<std::size_t>(shortest)] += row.need.good;
    columns[static_cast<std::size_t>(shortest)].push_back(std::move(row));
  }
  if (has_processes) columns.back().push_back(make_row({Section::kProcesses}, reading, width));
  std::erase_if(columns, [](const auto& column) { return column.empty(); });
  return columns;
}

bool has_cpu(const std::vector<Section>& sections) {
  return !sections.empty() && sections.front() == Section::kCpu;
}

// Rows of the processor above `columns`: three tenths, but not at the cost of others' good height,
// and more when the others have no use for the rest.
int cpu_rows(const std::vector<std::vector<Row>>& columns, const Need& need, int height) {
  if (columns.empty()) return height;
  int good_below = 0, most_below = 0;
  for (const auto& column : columns) {
    int good = 0, most = 0;
    for (const auto& row : column) {
      good += row.need.good;
      most += row.need.most;
    }
    good_below = std::max(good_below, good);
    most_below = std::max(most_below, most);
  }
  const int wanted = std::max(std::min(height * 3 / 10, need.most), height - most_below);
  return std::max(need.least, std::min(wanted, height - good_below));
}

// The processor above, columns below. Nothing when they do not fit.
std::vector<Placed> in_columns(const std::vector<Section>& sections, int count,
                               const Reading& reading, const Area& body) {
  auto columns = columns_of(sections, count, reading, body.width / count);
  std::vector<Placed> placed;
  int y = 0;
  if (has_cpu(sections)) {
    y = cpu_rows(columns, need_of(Section::kCpu, reading, body.width), body.height);
    placed.push_back({Section::kCpu, {body.x, body.y, body.width, y}});
  }
  const int below = body.height - y;
  const auto is_too_high = [&](const auto& column) { return least_of(column) > below; };
  if (std::ranges::any_of(columns, is_too_high)) return {};
  const auto column_count = static_cast<int>(columns.size());
  for (int i = 0; i < column_count; ++i) {
    auto& rows = columns[static_cast<std::size_t>(i)];
    const int left = body.width * i / column_count, right = body.width * (i + 1) / column_count;
    share_height(rows, below);
    place_rows(rows, {body.x + left, body.y + y, right - left, below}, placed);
  }
  return placed;
}

std::vector<Placed> stacked(const std::vector<Section>& sections, const Reading& reading,
                            const Area& body) {
  auto rows = paired_rows(sections, reading, body.width);
  if (least_of(rows) > body.height) return {};
  share_height(rows, body.height);
  std::vector<Placed> placed;
  place_rows(rows, body, placed);
  return placed;
}

}  // namespace

std::vector<Placed> lay_out(const Reading& reading, const Area& body) {
  if (body.width < kBoxWidthMin || body.height < kBoxHeightMin) return {};
  const int columns = body.width >= kThreeColumns ? 3 : body.width >= kTwoColumns ? 2 : 1;
  auto sections = sections_of(reading);
  const auto try_it = [&] {
    return columns == 1 ? stacked(sections, reading, body)
                        : in_columns(sections, columns, reading, body);
  };
  auto placed = try_it();
  for (const auto leaving : kLeavingOrder) {
    if (!placed.empty() || sections.empty()) break;
    if (std::erase(sections, leaving) > 0) placed = try_it();
  }
  return placed;
}

}  // namespace oriel::monitor::tui
