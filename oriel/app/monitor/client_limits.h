#pragma once
// The caps of the monitoring client: what a server, or an application that does not look, can make
// it keep.

#include <chrono>
#include <cstddef>

namespace oriel::monitor {

inline constexpr std::size_t kErrorHistoryMax = 5;  // the seed's
// Events, or messages for next(), that nobody has taken yet.
inline constexpr std::size_t kClientQueueMax = 1000;
// About what the history takes, whatever its number of messages.
inline constexpr std::size_t kClientHistoryBytesMax = std::size_t{64} << 20;
inline constexpr std::size_t kClientHistoryMax = 100'000;
inline constexpr std::size_t kClientHandlersMax = 1000;
// How long a server may take to see the end that we tell it.
inline constexpr std::chrono::milliseconds kGoodbyeTimeout{500};

}  // namespace oriel::monitor
