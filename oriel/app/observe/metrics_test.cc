#include "oriel/app/observe/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <thread>
#include <vector>

#include "oriel/testing/golden.h"

namespace oriel::observe {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kEncodings[] = {"zrle", "raw"};
constexpr TimePoint kStart{};

TEST(Metrics, FirstScrapeHasEveryFamilyAndSampleOfTheGoldenFile) {
  auto text = Metrics(kEncodings, kStart).to_prometheus_text(kStart);
  EXPECT_EQ(text, oriel::testing::golden_text("tests/golden/metrics.txt", text));
}

TEST(Metrics, NamesAreUniqueAndCountersEndInTotal) {
  std::istringstream text(Metrics(kEncodings, kStart).to_prometheus_text(kStart));
  std::set<std::string> names;
  for (std::string line; std::getline(text, line);) {
    std::istringstream words(line);
    std::string hash, word, name, type;
    words >> hash >> word >> name >> type;
    if (hash != "#" || word != "TYPE") continue;
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_EQ(name.ends_with("_total"), type == "counter") << name;
  }
  EXPECT_EQ(names.size(), 16U);
}

TEST(Metrics, CountsShowInTheText) {
  Metrics metrics(kEncodings, kStart);
  metrics.connections_total().increment();
  metrics.connections_active().increment();
  metrics.connections_active().increment();
  metrics.connections_active().decrement();
  metrics.bytes_sent_total().increment(1024);
  metrics.framebuffer_update_duration_seconds().set(0.25);
  metrics.encoding_bytes_total("zrle").increment(77);
  metrics.errors_total(ErrorCode::kTooLarge).increment();
  auto text = metrics.to_prometheus_text(kStart);
  for (const char* line :
       {"\nvnc_connections_total 1\n", "\nvnc_connections_active 1\n",
        "\nvnc_bytes_sent_total 1024\n", "\nvnc_framebuffer_update_duration_seconds 0.25\n",
        "\nvnc_encoding_bytes_total{encoding=\"zrle\"} 77\n",
        "\nvnc_errors_total{type=\"too_large\"} 1\n", "\nvnc_errors_total{type=\"invalid\"} 0\n"})
    EXPECT_THAT(text, HasSubstr(line));
}

TEST(Metrics, UptimeIsThatOfTheScrape) {
  Metrics metrics(kEncodings, kStart);
  using std::chrono::milliseconds;
  EXPECT_THAT(metrics.to_prometheus_text(kStart + milliseconds(1500)),
              HasSubstr("\nvnc_server_uptime_seconds 1.5\n"));
  EXPECT_THAT(metrics.to_prometheus_text(kStart + milliseconds(2500)),
              HasSubstr("\nvnc_server_uptime_seconds 2.5\n"));
}

TEST(Metrics, EveryErrorCodeHasASample) {
  Metrics metrics(kEncodings, kStart);
  for (int code = 0; error_code_name(static_cast<ErrorCode>(code)) != std::string_view("unknown");
       ++code)
    EXPECT_EQ(metrics.errors_total(static_cast<ErrorCode>(code)).value(), 0);
}

TEST(Metrics, NothingIsLostWhenManyThreadsCount) {
  Metrics metrics(kEncodings, kStart);
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < 10000; ++n) metrics.key_events_total().increment();
    });
  threads.clear();
  EXPECT_EQ(metrics.key_events_total().value(), 40000);
}

TEST(MetricsDeathTest, AnUnknownLabelValueIsABug) {
  Metrics metrics(kEncodings, kStart);
  EXPECT_DEATH(metrics.encoding_bytes_total("hextile"), "check failed");
}

}  // namespace
}  // namespace oriel::observe
