#pragma once
// Hosts for the tests of this folder, made of the documents in testdata/.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <initializer_list>
#include <numbers>
#include <string>

#include "oriel/app/monitor/tui/model.h"
#include "oriel/testing/golden.h"

namespace oriel::monitor::tui {

inline constexpr TimePoint kSampleTime{std::chrono::seconds(1000)};

inline Value sample(const std::string& name) {
  const auto path = "oriel/app/monitor/tui/testdata/" + name + ".json";
  auto document = parse_json(testing::repository_text(path), 1 << 20);
  EXPECT_TRUE(document) << name;
  return document ? std::move(*document) : Value();
}

// A member to be changed; it has to be there.
inline Value& child(Value& parent, std::string_view key) {
  for (auto& [name, value] : *parent.object()) {
    if (name == key) return value;
  }
  ADD_FAILURE() << "no member " << key;
  return parent;
}

// The document `step` seconds after the first of 100: some figures swing up to those that it has.
inline Value sample_at(Value document, int step) {
  const double share = 0.5 + 0.5 * std::sin((step - 99) / 9.0 + std::numbers::pi / 2);
  auto& data = child(document, "data");
  const auto scale = [&](std::string_view section, std::string_view key) {
    if (data.find(section) == nullptr) return;
    auto& value = child(child(data, section), key);
    value = value.number_or(0) * share;
  };
  scale("processor", "usage_percent");
  scale("network", "bytes_recv_per_s");
  scale("network", "bytes_sent_per_s");
  child(document, "timestamp") = fmt::format("2026-11-20T14:{:02}:{:02}", step / 60, step % 60);
  return document;
}

inline HostModel sample_host(const std::string& name) {
  HostModel host("ws://" + name + ":8765");
  host.set_link(Link::kConnected, "connected");
  const auto document = sample(name);
  for (int step = 0; step < 100; ++step) host.show(sample_at(document, step), kSampleTime);
  return host;
}

inline Model sample_hosts(std::initializer_list<std::string> names) {
  Model model;
  for (const auto& name : names) model.hosts.push_back(sample_host(name));
  return model;
}

}  // namespace oriel::monitor::tui
