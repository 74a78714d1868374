#pragma once
// Every bound of the stream's server: what it keeps for a client, and how long it waits.

#include <chrono>
#include <cstddef>

namespace oriel::monitor {

// Of history that is queued for one client at a time.
inline constexpr std::size_t kHistoryRunBytes = 64 * 1024;
// Clients beyond the limit that are being told so; more are closed without a word.
inline constexpr std::size_t kRefusalsMax = 64;
inline constexpr std::chrono::milliseconds kRefusalTimeout{1500};
// At the end the thread that samples is waited for; a file system that hangs is not.
inline constexpr std::chrono::milliseconds kSampleEndPatience{500};

}  // namespace oriel::monitor
