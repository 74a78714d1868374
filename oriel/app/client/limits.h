#pragma once
// Every length, count and wait of the client that is not the protocol's own.

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace oriel::client {

inline constexpr std::uint16_t kVncPort = 5900;
// HOST:N below it is a display, from it on a port, as in all viewers.
inline constexpr unsigned kDisplaysMax = 100;

// What a target, and an expanded template, may have (that of a URI in app/net).
inline constexpr std::size_t kTargetBytesMax = 2048;
inline constexpr std::size_t kTemplateParametersMax = 64;

// Cookies of one handshake.
inline constexpr std::size_t kCookiesMax = 64;

// A first picture that is all one colour may be that of a server which has not drawn yet: so long
// is waited for more.
inline constexpr std::chrono::milliseconds kUniformWait{500};

// Who waits for a sign of life at one time.
inline constexpr std::size_t kCatchUpsMax = 1024;

// Between tries of a connection that is to come again.
inline constexpr std::chrono::milliseconds kReconnectFirst{250};
inline constexpr std::chrono::milliseconds kReconnectMost{10'000};

// Of a line of the log: names and reasons that a server says.
inline constexpr std::size_t kShownTextMax = 128;

// Of a server on this machine the handshake takes 0.5 ms. By way of a tunnel, whose end looks the
// same, it takes as long only where that is as good.
inline constexpr std::chrono::microseconds kSameMachineHandshake{1200};

}  // namespace oriel::client
