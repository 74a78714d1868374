#pragma once
// What the configuration accepts at most.

#include <cstddef>

namespace oriel::config {

inline constexpr std::size_t kConfigFileBytesMax = 1 << 20;
inline constexpr std::size_t kPasswordFileBytesMax = 4096;  // only the first line counts
inline constexpr std::size_t kTextBytesMax = 4096;          // of one setting that is a text
inline constexpr std::size_t kNameBytesMax = 255;           // viewers show it in a window title
// VNC authentication is DES with a key of 8 bytes: a viewer never sends more of the password.
inline constexpr std::size_t kVncPasswordBytes = 8;

inline constexpr int kSideMinPx = 16;
inline constexpr int kSideMaxPx = 16384;
inline constexpr int kMaxRateMax = 240;
inline constexpr int kMaxConnectionsMax = 10000;
inline constexpr int kMonitorClientsMax = 100'000;
inline constexpr int kConduitClientsMax = 100'000;
inline constexpr int kHandshakeTimeoutMaxS = 600;
inline constexpr int kMessagesPerSecondMin = 100;
inline constexpr int kMessagesPerSecondMax = 1'000'000;
// What a desktop takes (kMaxClipboardBytes of io/desktop).
inline constexpr int kMaxClipboardBytes = 16 << 20;
inline constexpr int kMaxClipboardHistory = 1000;
inline constexpr int kDisplayMax = 9999;

}  // namespace oriel::config
