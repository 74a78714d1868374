#pragma once
// What the HTTP API keeps, and how much of it one may ask for.

#include <chrono>
#include <cstddef>

namespace oriel::api {

// Log-ins that are remembered; the one that was used least lately yields.
inline constexpr std::size_t kSessionsMax = 1000;
inline constexpr auto kSessionIdle = std::chrono::hours(12);
inline constexpr auto kSessionLife = std::chrono::hours(7 * 24);

// Requests of one address per second, over a while, and how many may come at once.
inline constexpr double kRequestsPerSecond = 500;
inline constexpr double kRequestsBurst = 1000;
inline constexpr std::size_t kAddressesMax = 10'000;

inline constexpr int kScreenPxMax = 65'535;            // of a place or length on the screen
inline constexpr std::size_t kActionsMax = 1000;       // in one request for input
inline constexpr std::size_t kTypedBytesMax = 10'000;  // of text in one action
inline constexpr int kPauseMsMax = 10'000;
// What the actions of one request may come to: keys and buttons down or up, and places of the
// pointer; and pauses, which end before its answer is overdue (net::HttpLimits::answer_timeout).
inline constexpr std::size_t kStepsMax = 40'000;
inline constexpr auto kPausesMax = std::chrono::seconds(20);
inline constexpr int kClicksMax = 10;
inline constexpr int kScrollMax = 1000;
inline constexpr std::size_t kPathPointsMax = 1000;
inline constexpr std::size_t kMessageBytesMax = 1000;  // to a viewer
inline constexpr std::size_t kTagBytesMax = 64;

// Of the texts in one answer with the clipboard's history.
inline constexpr std::size_t kClipboardHistoryBytesMax = 1u << 20;

}  // namespace oriel::api
