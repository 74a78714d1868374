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

// How long an X display may take until it is open.
inline constexpr std::chrono::milliseconds kDisplayOpenTimeout{5'000};
// A lost display is looked for after kReconnectFirst, and then each time after twice as long, up to
// kReconnectMax; each time half to all of that at random, so that many that lost the same display
// do not come back at the same time. One that stayed for kReconnectMax begins anew.
inline constexpr std::chrono::milliseconds kReconnectFirst{250};
inline constexpr std::chrono::milliseconds kReconnectMax{10'000};

// Of an X display's monitors, as many as a viewer can be told.
inline constexpr std::size_t kMaxScreens = 16;

// A display without DAMAGE is looked through in bands of at least kPollBandPx rows, at most
// kMaxPollBands of them. A band that has changed is looked at again after kPollFast; one that has
// not, each time after half as long again, up to kPollSlow. After input all bands are fast for
// kPollInput. The looking takes at most one part in kPollShare of the time.
inline constexpr int kPollBandPx = 32;
inline constexpr int kMaxPollBands = 64;
inline constexpr std::chrono::milliseconds kPollFast{30};
inline constexpr std::chrono::milliseconds kPollSlow{500};
inline constexpr std::chrono::milliseconds kPollInput{200};
inline constexpr int kPollShare = 4;

// Input that waits for a slow X server. Beyond it presses and wheel clicks are dropped; releases
// never are, and motion always replaces motion.
// A viewer may paste some thousand characters as keys in one go.
inline constexpr std::size_t kMaxQueuedInput = 16'384;
// Input events that the X server has not acknowledged. At 36 bytes each they stay far below a
// socket buffer, so that xcb_flush never has to wait for a server that has stopped.
inline constexpr std::size_t kMaxUnacknowledgedInput = 64;

// How long a spare key rests between two keysyms (spare_keys.h; research: receivers read a changed
// map within 50 ms, but one that takes 8 ms for a key needs 160 ms for a batch of 20). A receiver
// that gets no processor reads it later, and falls behind more the longer a burst of characters
// lasts: each time all spare keys have been bound anew the rest doubles, up to kSpareKeyRestMax,
// until nothing has been bound for kSpareKeyCalm.
inline constexpr std::chrono::milliseconds kSpareKeyRest{250};
inline constexpr std::chrono::milliseconds kSpareKeyRestMax{1'000};
inline constexpr std::chrono::milliseconds kSpareKeyCalm{2'000};
// How long after a batch of bindings the next may come: a receiver reads the map once for each.
inline constexpr std::chrono::milliseconds kSpareKeyGap{5};
// And how long after the press of a key: a program that gets its first key loads the map, and
// misses what changes until it has asked for news of it.
inline constexpr std::chrono::milliseconds kSpareKeySettle{50};
// Events in line that are looked through for keysyms of the same batch.
inline constexpr std::size_t kSpareKeyForesight = 256;
// How many events wait meanwhile; twice as many with releases.
inline constexpr std::size_t kMaxWaitingInput = 8'192;
// How long the end of an X desktop may wait for the server to take the bound keys back.
inline constexpr std::chrono::milliseconds kRestoreTimeout{200};

// Side of a cursor; larger ones are cut. The largest that TigerVNC's viewer takes.
inline constexpr int kMaxCursorSidePx = 256;
// While the pointer is followed: how often it is looked for after each sign of life on the desktop,
// and how long one look lasts. A program that moves the pointer mostly does so in answer to
// something; one that does not, on a desktop at rest, is noticed within the second interval.
inline constexpr int kPointerLooks = 10;
inline constexpr std::chrono::milliseconds kPointerLookInterval{50};
inline constexpr std::chrono::milliseconds kPointerRestInterval{1000};

// What a clipboard may hold in one format.
inline constexpr std::size_t kMaxClipboardBytes = std::size_t{16} << 20;
// Larger selections go by INCR, in chunks of this size: several of them fit into a socket buffer.
inline constexpr std::size_t kClipboardChunkBytes = std::size_t{64} << 10;
// Of a property of others that is read in one go: the loop waits while it arrives.
inline constexpr std::size_t kClipboardReadBytes = std::size_t{256} << 10;
// Without any progress a transfer is given up after this.
inline constexpr std::chrono::milliseconds kClipboardTimeout{3'000};
// Requests that wait for one another, and programs that are pasting at the same time.
inline constexpr std::size_t kMaxClipboardRequests = 16;
inline constexpr std::size_t kMaxClipboardPastes = 16;

// What the supervisor and Oriel say to each other, per line.
inline constexpr std::size_t kMaxSupervisorLine = 4096;
// Output of the X server and the session that is passed on, in lines per second; the rest is
// counted.
inline constexpr int kMaxLogLinesPerSecond = 200;
// The last lines of the X server that an error report carries.
inline constexpr std::size_t kMaxReportedLines = 5;

inline constexpr std::chrono::milliseconds kServerStartTimeout{10'000};
// Of a session under its X server, and of an X server with a new session.
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
