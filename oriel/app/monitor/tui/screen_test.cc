#include "oriel/app/monitor/tui/screen.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "oriel/app/monitor/tui/limits.h"
#include "oriel/testing/golden.h"

namespace oriel::monitor::tui {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kFolder = "oriel/app/monitor/tui/testdata/";

Value sample(const std::string& name) {
  auto document = parse_json(testing::repository_text(kFolder + name + ".json"), 1 << 20);
  EXPECT_TRUE(document) << name;
  return document ? std::move(*document) : Value();
}

Value& child(Value& parent, std::string_view key) {
  for (auto& [name, value] : *parent.object()) {
    if (name == key) return value;
  }
  ADD_FAILURE() << "no member " << key;
  return parent;
}

bool has(const Value& document, std::string_view section) {
  return document.find("data")->find(section) != nullptr;
}

// The document as it was `step` seconds after a quiet start: figures swing up to those it has.
Value earlier(Value document, int step, int last) {
  const double share = 0.5 + 0.5 * std::sin((step - last) / 9.0 + std::numbers::pi / 2);
  auto& data = child(document, "data");
  const auto scale = [&](std::string_view section, std::string_view key) {
    auto& value = child(child(data, section), key);
    value = value.number_or(0) * share;
  };
  scale("processor", "usage_percent");
  if (has(document, "network")) {
    scale("network", "bytes_recv_per_s");
    scale("network", "bytes_sent_per_s");
  }
  child(document, "timestamp") = fmt::format("2026-11-20T14:{:02}:{:02}", step / 60, step % 60);
  return document;
}

constexpr TimePoint kNow{seconds(1000)};

HostModel connected(const std::string& name) {
  HostModel host("ws://" + name + ":8765");
  host.set_link(Link::kConnected, "connected");
  const auto document = sample(name);
  for (int step = 0; step < 100; ++step) host.show(earlier(document, step, 99), kNow);
  return host;
}

Model model_of(std::initializer_list<std::string> names) {
  Model model;
  for (const auto& name : names) model.hosts.push_back(connected(name));
  return model;
}

std::string drawn(const Model& model, View view, int width, int height, TimePoint now = kNow) {
  settle(model, view);
  Grid grid(width, height);
  draw_screen(grid, model, view, now);
  return grid_text(grid);
}

struct GoldenCase {
  const char* sample;
  int width;
  int height;
};

class EverySize : public ::testing::TestWithParam<GoldenCase> {};

TEST_P(EverySize, DrawsTheGoldenScreenInCharactersAndColours) {
  const auto [name, width, height] = GetParam();
  Grid grid(width, height);
  View view;
  const auto model = model_of({name});
  settle(model, view);
  draw_screen(grid, model, view, kNow);
  const auto text = grid_text(grid) + "\n" + grid_styles(grid);
  const auto path = fmt::format("{}screens/{}_{}x{}.txt", kFolder, name, width, height);
  EXPECT_EQ(testing::golden_text(path, text), text);
}

std::vector<GoldenCase> golden_cases() {
  std::vector<GoldenCase> cases;
  for (const auto* name : {"server", "laptop", "container", "real_server"}) {
    for (const auto& [width, height] :
         {std::pair(80, 24), std::pair(120, 40), std::pair(200, 60), std::pair(40, 12)}) {
      cases.push_back({name, width, height});
    }
  }
  cases.push_back({"server", 20, 5});
  cases.push_back({"server", 60, 40});
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Screen, EverySize, ::testing::ValuesIn(golden_cases()),
                         [](const auto& row) {
                           return fmt::format("{}_{}x{}", row.param.sample, row.param.width,
                                              row.param.height);
                         });

}  // namespace
}  // namespace oriel::monitor::tui
