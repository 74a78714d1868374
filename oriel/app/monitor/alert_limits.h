#pragma once
// Every bound of telling people of alerts.

#include <chrono>
#include <cstddef>

namespace oriel::monitor {

inline constexpr std::size_t kAlertQueueMax = 256;   // notices that wait for one sink
inline constexpr std::size_t kAlertsToldMax = 4096;  // that have not ended, of all hosts
inline constexpr std::chrono::milliseconds kAlertFarewell{1000};  // for what waits at the end

inline constexpr std::size_t kAlertFileBytesMax = std::size_t{10} << 20;  // then it is rotated
inline constexpr int kAlertFilesKept = 5;                                 // besides the present one

inline constexpr std::chrono::milliseconds kWebhookTimeout{10'000};
inline constexpr std::chrono::milliseconds kMailTimeout{30'000};
inline constexpr std::chrono::milliseconds kConnectTimeout{5'000};
inline constexpr std::size_t kWebhookReplyBytesMax = std::size_t{1} << 20;
inline constexpr std::size_t kMailRecipientsMax = 32;

}  // namespace oriel::monitor
