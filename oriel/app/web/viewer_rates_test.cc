#include "oriel/app/web/viewer_rates.h"

#include <gtest/gtest.h>

namespace oriel::web {
namespace {

using namespace std::chrono_literals;

const TimePoint kStart{1h};

server::ViewerFigures figures(std::uint64_t updates, std::uint64_t bytes) {
  return {.connected_at = kStart, .updates = updates, .bytes_sent = bytes, .round_trip = 2ms};
}

TEST(ViewerRates, AreOfAllTheTimeAtTheFirstLook) {
  ViewerRates rates;
  const auto rate = rates.look(1, figures(100, 5000), kStart + 10s);
  EXPECT_DOUBLE_EQ(rate.frames_per_s, 10);
  EXPECT_DOUBLE_EQ(rate.bytes_per_s, 500);
}

TEST(ViewerRates, AreOfTheLastSecondsThen) {
  ViewerRates rates;
  rates.look(1, figures(1000, 0), kStart + 10s);
  for (int s = 1; s <= 10; ++s) rates.look(1, figures(1000, 0), kStart + 10s + s * 1s);
  EXPECT_DOUBLE_EQ(rates.look(1, figures(1000, 0), kStart + 21s).frames_per_s, 0);
  EXPECT_NEAR(rates.look(1, figures(1060, 0), kStart + 22s).frames_per_s, 20, 5);
}

TEST(ViewerRates, KeepAMinuteOfRoundTrips) {
  ViewerRates rates;
  ViewerRate rate;
  for (int s = 0; s < 100; ++s) rate = rates.look(1, figures(0, 0), kStart + s * 1s);
  EXPECT_EQ(rate.round_trips_ms.size(), ViewerRates::kHistory);
  EXPECT_DOUBLE_EQ(rate.round_trips_ms.back(), 2);
  rates.forget(1);
  EXPECT_EQ(rates.look(1, figures(0, 0), kStart + 101s).round_trips_ms.size(), 1u);
}

}  // namespace
}  // namespace oriel::web
