#pragma once
// The caps of conduit servers and clients, besides those of a conversation (core/conduit/limits.h).

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace oriel::conduit {

inline constexpr std::uint16_t kDefaultPort = 8080;
inline constexpr std::size_t kConnectionsMax = 100;
// Beyond the limit of connections so many may be about to log in, or hear that there is no room;
// then the oldest of them yields.
inline constexpr std::size_t kArrivalsMax = 256;

// What the options may be set to at most.
inline constexpr std::size_t kConnectionsAtMost = 1'000'000;
inline constexpr std::size_t kQueueAtMost = 1'000'000;
inline constexpr std::size_t kWorkersAtMost = 4096;

// Threads for handlers that may block; beyond, they wait for each other.
inline constexpr std::size_t kWorkersMax = 64;
// A worker that had nothing to do for this long ends.
inline constexpr std::chrono::seconds kWorkerIdle{10};

inline constexpr std::chrono::seconds kCallTimeout{30};
// A caller's own time-out is believed up to this.
inline constexpr std::int64_t kTimeoutMsMax = 24 * 3600 * 1000;

// What PBKDF2 costs a server once and a client at its first log-in: some 5 ms
// (RFC 7677, 4 asks for 4096 at least).
inline constexpr std::uint32_t kScramIterations = 16'384;

}  // namespace oriel::conduit
