#include "oriel/app/web/viewer_rates.h"

#include <chrono>

namespace oriel::web {
namespace {

// Rates are of this long.
constexpr auto kWindow = std::chrono::seconds(3);
constexpr auto kRoundTripInterval = std::chrono::milliseconds(900);

}  // namespace

ViewerRate ViewerRates::look(server::ViewerId viewer, const server::ViewerFigures& figures,
                             TimePoint now) {
  auto& [looks, round_trips, round_trip_at] = viewers_[viewer];
  // The newest of those that are old enough stays, as what to compare with.
  while (looks.size() > 1 && now - looks[1].time >= kWindow) looks.pop_front();
  if (looks.size() > 1 && now - looks.front().time > 2 * kWindow) looks.pop_front();
  if (looks.empty()) looks.push_back({figures.connected_at, 0, 0});
  const auto from = looks.front();
  looks.push_back({now, figures.updates, figures.bytes_sent});
  if (figures.round_trip && now - round_trip_at >= kRoundTripInterval) {
    round_trip_at = now;
    round_trips.push_back(std::chrono::duration<double, std::milli>(*figures.round_trip).count());
    if (round_trips.size() > kHistory) round_trips.pop_front();
  }
  ViewerRate rate{.round_trips_ms = {round_trips.begin(), round_trips.end()}};
  const auto seconds = std::chrono::duration<double>(now - from.time).count();
  if (seconds <= 0) return rate;
  rate.frames_per_s = static_cast<double>(figures.updates - from.updates) / seconds;
  rate.bytes_per_s = static_cast<double>(figures.bytes_sent - from.bytes) / seconds;
  return rate;
}

}  // namespace oriel::web
