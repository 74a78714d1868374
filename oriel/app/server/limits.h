#pragma once
// What the server keeps and how long it waits, whoever asks.

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace oriel::server {

// Payloads kept for viewers that come a little later.
inline constexpr std::size_t kPayloadCacheBytes = 16u << 20;

// An update of fewer pixels is encoded in the network thread: a hand-over costs more than the work.
inline constexpr std::int64_t kInlinePixelsMax = 20'000;

// An update that is not complete yet is written in runs of at least this many bytes.
inline constexpr std::size_t kStreamedBytes = 64 * 1024;

// The longest pause between two commits, however dear they are.
inline constexpr auto kCommitPauseMax = std::chrono::milliseconds(5);

// A viewer that has this much before it gets no clipboard and no bell: it does not read.
inline constexpr std::size_t kPendingTextMax = 16u << 20;

// Text up to this size is given at once to viewers that allow it; anything else is announced.
inline constexpr std::size_t kClipboardUnaskedBytes = 64 * 1024;

// More is converted and compressed in a thread of its own.
inline constexpr std::size_t kClipboardInlineBytes = 64 * 1024;

// How long a viewer may take to send what was asked for; programs that paste wait shorter.
inline constexpr auto kClipboardAnswerTimeout = std::chrono::seconds(10);

// A viewer that announces a copy so soon after it was told of one may only be sending it back.
inline constexpr auto kClipboardEchoWindow = std::chrono::seconds(2);

// Copies per second, and requests that are not answered yet, of one viewer; more are not taken.
inline constexpr std::size_t kClipboardCopiesPerSecond = 20;
inline constexpr int kClipboardRequestsMax = 8;

// How often in a row a viewer may copy something else within the echo window after it was told of
// another's copy; then it is a program that alters what it echoes, or one of two in a loop.
inline constexpr int kClipboardReflexesMax = 3;

// Rectangles of pixels in one update (RFC 6143, 7.6.1 has 16 bits for them;
// pseudo-rectangles, at most rfb::Limits::pseudo_rectangles_max, may go with them).
inline constexpr std::size_t kRectanglesMax = 0xfe00;

// Keys that one viewer may hold down; more are not taken.
inline constexpr std::size_t kHeldKeysMax = 256;

// Connections that have not authenticated yet; the oldest of them yields to a new one.
inline constexpr std::size_t kUnauthenticatedMax = 50;

}  // namespace oriel::server
