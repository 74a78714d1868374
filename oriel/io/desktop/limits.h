#pragma once
// Every bound of the desktop module that is not the protocol's own.

#include <chrono>
#include <cstddef>

namespace oriel::desktop {

// Above this many rectangles damage is united on a grid of kDamageCellPx
// (research: cheapest also under 100,000 draws per second).
inline constexpr std::size_t kMaxDamageRects = 64;
inline constexpr int kDamageCellPx = 64;

// Largest side of a desktop; the X protocol's own limit.
inline constexpr int kMaxSidePx = 32767;

// Input that waits for a slow X server. Beyond it presses and wheel clicks are dropped; releases
// never are, and motion always replaces motion.
inline constexpr std::size_t kMaxQueuedInput = 1024;
// Input events that the X server has not acknowledged. At 36 bytes each they stay far below a
// socket buffer, so that xcb_flush never has to wait for a server that has stopped.
inline constexpr std::size_t kMaxUnacknowledgedInput = 64;

// What the supervisor and Oriel say to each other, per line.
inline constexpr std::size_t kMaxSupervisorLine = 4096;
// Output of the X server and the session that is passed on, in lines per second; the rest is
// counted.
inline constexpr int kMaxLogLinesPerSecond = 200;
// The last lines of the X server that an error report carries.
inline constexpr std::size_t kMaxReportedLines = 5;

inline constexpr std::chrono::milliseconds kServerStartTimeout{10'000};
inline constexpr int kMaxSessionRestarts = 3;
inline constexpr std::chrono::seconds kSessionRestartWindow{60};
// How long a session may take to end by itself, and everything altogether.
inline constexpr std::chrono::milliseconds kTerminateGrace{500};
inline constexpr std::chrono::milliseconds kServerTerminateGrace{300};
inline constexpr std::chrono::milliseconds kStopTimeout{2'000};

// Display numbers that are tried when none is asked for: above the usual real X servers and the
// ones that ssh forwards.
inline constexpr int kFirstDisplayNumber = 50;
inline constexpr int kDisplayNumberAttempts = 64;
inline constexpr int kMaxDisplayNumber = 59535;  // 6000 + N is a TCP port

}  // namespace oriel::desktop
