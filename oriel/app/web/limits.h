#pragma once
// What the HTTP door keeps for its clients, and how long they wait.

#include <chrono>
#include <cstddef>

namespace oriel::web {

// Pictures that are under way at a time; more are told to come back.
inline constexpr std::size_t kPicturesMax = 8;
// Encoded pictures kept for those who ask for the same.
inline constexpr std::size_t kPictureCacheBytes = 16u << 20;

// Readers of events at a time, and what may wait for one of them.
inline constexpr std::size_t kListenersMax = 100;
inline constexpr std::size_t kListenerBytesMax = 1u << 20;
inline constexpr auto kDamageInterval = std::chrono::milliseconds(100);
inline constexpr auto kViewersInterval = std::chrono::seconds(1);
inline constexpr auto kLogInterval = std::chrono::milliseconds(250);
inline constexpr auto kKeepAlive = std::chrono::seconds(15);
inline constexpr std::size_t kBoxesMax = 200;  // in one event; more are united

// Of the base64 in "Authorization: Basic".
inline constexpr std::size_t kCredentialsMax = 8192;

// Requests for input that are being done at a time; more are told to come back.
inline constexpr std::size_t kRunnersMax = 32;
// Keys of one text that are pressed without a pause, which keeps the desktop's queue short.
inline constexpr int kKeysAtOnce = 50;
inline constexpr auto kKeysPause = std::chrono::milliseconds(10);

}  // namespace oriel::web
