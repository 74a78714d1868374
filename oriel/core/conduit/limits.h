#pragma once
// The caps of a conduit conversation: every length, count, queue and wait that a peer could
// stretch.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace oriel::conduit {

inline constexpr std::size_t kHeaderBytes = 32;
// What the real programs take at most in one payload, whatever their settings say.
inline constexpr std::size_t kWirePayloadBytesMax = 104'857'600;
// One payload, as it comes and inflated, unless the options say otherwise.
inline constexpr std::size_t kMessageBytes = 10 * 1024 * 1024;
// The same before the peer has shown that it knows the password.
inline constexpr std::size_t kLoginBytes = 16 * 1024;

// Of one MessagePack value: arrays and maps in each other, and values in all (one nil is a byte on
// the wire and some 40 in memory).
inline constexpr std::size_t kDepthMax = 64;
inline constexpr std::size_t kValuesMax = 1'000'000;
// A compressed payload has fewer values: as many as these, and so many for each byte as it comes.
// Deflate makes a million nils of a thousand bytes, and reading them takes us a tenth of a second.
inline constexpr std::size_t kCompressedValues = 2'000;
inline constexpr std::size_t kCompressedValuesPerByte = 32;
constexpr std::size_t compressed_values_max(std::size_t wire_bytes) {
  return wire_bytes >= kValuesMax / kCompressedValuesPerByte
             ? kValuesMax
             : std::min(kValuesMax, kCompressedValues + wire_bytes * kCompressedValuesPerByte);
}

// Names of message types and methods.
inline constexpr std::size_t kNameBytesMax = 256;

// Reasons of ends and refusals.
inline constexpr std::size_t kReasonBytesMax = 500;
// What a peer says of itself: each text.
inline constexpr std::size_t kFactBytesMax = 200;
inline constexpr std::size_t kDescriptionBytesMax = 1000;

// Payloads of up to this many bytes are never compressed.
inline constexpr std::size_t kCompressAboveBytes = 1024;

// Messages that wait to be handled, or to be sent. PAUSE goes out at the high mark, RESUME at the
// low one.
inline constexpr std::size_t kQueueMessages = 1000;
// What those that wait to be handled hold in memory: a thousand small bombs are a large one.
inline constexpr std::size_t kReceiveQueueBytes = 64 * 1024 * 1024;
// After frames of so much, in memory and as they come, others get their turn: some 5 ms of work.
inline constexpr std::size_t kTurnBytes = 1024 * 1024;
inline constexpr std::size_t kTurnWireBytes = 64 * 1024;
inline constexpr double kHighWaterMark = 0.8;
inline constexpr double kLowWaterMark = 0.5;
// Frames that wait for a peer that does not read, in bytes.
inline constexpr std::size_t kSendQueueBytes = 64 * 1024 * 1024;
// While answers of so much are not read, no further call is handed out.
inline constexpr std::size_t kUnreadAnswerBytes = 4 * 1024 * 1024;
// While so much waits for a client that does not read, a server reads nothing more from it.
inline constexpr std::size_t kUnreadOutputBytes = 8 * 1024 * 1024;
// Beyond this, what waits stays in the queue, where it can still be replaced or dropped.
inline constexpr std::size_t kOutputAheadBytes = 64 * 1024;

// The real client loses what comes in one read with AUTH_SUCCESS, so it is told nothing before it
// has said something, or this long.
inline constexpr std::chrono::milliseconds kQuietAfterLogin{100};

inline constexpr std::chrono::seconds kAuthTimeout{10};
inline constexpr std::chrono::seconds kConnectionTimeout{30};
inline constexpr std::chrono::seconds kHeartbeatInterval{30};
inline constexpr std::chrono::seconds kHeartbeatTimeout{90};

// A caller may say how long it waits; more than this is as good as for ever.
inline constexpr std::chrono::milliseconds kCallTimeoutMax = std::chrono::hours(24);

inline constexpr double kMessagesPerSecond = 100;
inline constexpr double kBytesPerSecond = 10.0 * 1024 * 1024;

// A peer may ask for so many PBKDF2 iterations at most: each costs us time (RFC 5802, 9).
inline constexpr std::uint32_t kScramIterationsMax = 1'000'000;

}  // namespace oriel::conduit
