#pragma once
// What an agent keeps, how much one may ask of it, and how long things take.

#include <chrono>
#include <cstddef>

namespace oriel::agent {

using std::chrono::milliseconds;

// Changes that are remembered for waits that look back, and their pixels: some seconds of a busy
// 1080p screen, hours of a quiet one.
inline constexpr std::size_t kLogEntriesMax = 4096;
inline constexpr std::size_t kLogBytesMax = std::size_t{32} << 20;
inline constexpr std::size_t kBoxesMax = 64;  // of one change or answer; more are joined

// A button is down this long in a click: some programs look only now and then.
inline constexpr milliseconds kPressTime{10};
// Places of the pointer while it is dragged come this far apart in time.
inline constexpr milliseconds kDragStep{10};
inline constexpr milliseconds kDragTime{200};
// Keys of one text that are pressed without a pause, which keeps the desktop's queue short.
inline constexpr int kKeysAtOnce = 50;
inline constexpr milliseconds kKeysPause{10};
// After a key that the desktop may have to make first: X servers bind such keysyms to spare keys,
// and programs must have seen the one before the next takes its place.
inline constexpr milliseconds kMadeKeyPause{4};

inline constexpr std::size_t kActionsMax = 10'000;      // in one call
inline constexpr std::size_t kTextBytesMax = 1u << 20;  // typed or matched at once
inline constexpr std::size_t kPathPointsMax = 10'000;
inline constexpr int kClicksMax = 10;
inline constexpr int kKeyRepeatsMax = 1000;
inline constexpr int kScrollMax = 1000;
inline constexpr std::chrono::minutes kDurationMax{10};  // of a pause, a hold or a drag
inline constexpr std::chrono::hours kTimeoutMax{24};

inline constexpr milliseconds kWaitTimeout{10'000};   // of waits that say nothing else
inline constexpr milliseconds kCatchUpTimeout{5000};  // until the desktop shows a sign of life
inline constexpr milliseconds kPasteTimeout{3000};    // until a program asks for what was pasted
inline constexpr milliseconds kQuiet{150};            // without a change: still

}  // namespace oriel::agent
