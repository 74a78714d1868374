#pragma once
// Every bound of the terminal view: what a document can make us keep and draw.

#include <chrono>
#include <cstddef>

namespace oriel::monitor::tui {

inline constexpr int kGridWidthMax = 1000;  // cells; a larger terminal is drawn in part
inline constexpr int kGridHeightMax = 500;
inline constexpr int kLeastWidth = 20;  // below: one sentence
inline constexpr int kLeastHeight = 5;

// Of each series: 34 minutes at one a second, and more than twice what the widest graph shows.
inline constexpr std::size_t kSeriesSamples = 2048;
inline constexpr std::size_t kSeriesMax = 64;  // of a host: totals and GPUs

inline constexpr std::size_t kCoresShown = 4096;
inline constexpr std::size_t kLinesShown = 512;  // mounts, disks, interfaces, sensors, processes
inline constexpr std::size_t kGpusShown = 32;
inline constexpr std::size_t kAlertsShown = 64;
inline constexpr std::size_t kTextBytesMax = 256;  // of a name
inline constexpr std::size_t kFilterCharactersMax = 64;

// A host that says nothing for so long, or for three intervals, is shown as silent.
inline constexpr std::chrono::seconds kSilentAfter{5};

}  // namespace oriel::monitor::tui
