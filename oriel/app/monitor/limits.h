#pragma once
// Every bound of the stream's server: how often it samples, and what it keeps for a client.

#include <chrono>
#include <cstddef>

namespace oriel::monitor {

// Samples are taken at multiples of this, so that clients with different intervals share them.
inline constexpr std::chrono::milliseconds kTick{100};
// For the history and the alerts while somebody listens, and for the alerts alone.
inline constexpr std::chrono::milliseconds kHouseInterval{1000};
inline constexpr std::chrono::milliseconds kAlertsInterval{5000};
// A figure that was read so lately gives a rate that is worth showing.
inline constexpr std::chrono::seconds kWarmFor{5};

// Of history that is queued for one client at a time.
inline constexpr std::size_t kHistoryRunBytes = 64 * 1024;
// Clients beyond the limit that are being told so; more are closed without a word.
inline constexpr std::size_t kRefusalsMax = 64;
inline constexpr std::chrono::milliseconds kRefusalTimeout{1500};
// At the end the thread that samples is waited for; a file system that hangs is not.
inline constexpr std::chrono::milliseconds kSampleEndPatience{500};

}  // namespace oriel::monitor
