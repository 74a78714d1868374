#pragma once
// Numbers of the RFB protocol (RFC 6143 and rfbproto.rst).

#include <cstdint>

namespace oriel::rfb {

// Client to server (7.5).
inline constexpr std::uint8_t kSetPixelFormat = 0;
inline constexpr std::uint8_t kSetEncodings = 2;
inline constexpr std::uint8_t kFramebufferUpdateRequest = 3;
inline constexpr std::uint8_t kKeyEvent = 4;
inline constexpr std::uint8_t kPointerEvent = 5;
inline constexpr std::uint8_t kClientCutText = 6;

// Server to client (7.6).
inline constexpr std::uint8_t kFramebufferUpdate = 0;
inline constexpr std::uint8_t kSetColourMapEntries = 1;
inline constexpr std::uint8_t kBell = 2;
inline constexpr std::uint8_t kServerCutText = 3;

inline constexpr std::int32_t kEncodingRaw = 0;

// Security types (7.1.2).
inline constexpr std::uint8_t kSecurityNone = 1;
inline constexpr std::uint8_t kSecurityVncAuthentication = 2;

}  // namespace oriel::rfb
