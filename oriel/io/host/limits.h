#pragma once
// Every bound of the sampler: how much it reads, and how often it reads what is dear.

#include <chrono>
#include <cstddef>

namespace oriel::host {

inline constexpr std::size_t kFileBytesMax = std::size_t{4} << 20;  // of one file of the kernel
inline constexpr std::size_t kFolderEntriesMax = 65536;
inline constexpr std::size_t kProcessesMax = 32768;  // that one sample looks at
inline constexpr std::size_t kMountsShownMax = 64;
inline constexpr std::size_t kSensorsMax = 256;
inline constexpr std::size_t kGpusMax = 16;
inline constexpr std::size_t kBatteriesMax = 8;
inline constexpr std::size_t kNoticesMax = 64;

// A file that could not be opened is tried again after this.
inline constexpr std::chrono::seconds kRetryAfter{5};
// Lists of devices, mounts and groups, and limits of groups.
inline constexpr std::chrono::seconds kListEvery{5};
// Sensors ask chips over slow buses, NVML the driver.
inline constexpr std::chrono::seconds kSensorsEvery{2};
inline constexpr std::chrono::seconds kGpusEvery{1};
inline constexpr std::chrono::seconds kBatteriesEvery{5};
// memory.stat of a cgroup makes the kernel sum up all its CPUs.
inline constexpr std::chrono::seconds kCgroupStatEvery{1};
// Some kernels wait for 20 ms in each core when asked for frequencies; a reading that took long is
// not repeated soon.
inline constexpr std::chrono::seconds kFrequencyEvery{5};
inline constexpr std::chrono::milliseconds kFrequencySlow{2};
inline constexpr std::chrono::seconds kFrequencySlowEvery{60};
// A file system that does not answer stops the calling thread. One that took so long is left out
// for a while.
inline constexpr std::chrono::milliseconds kSpaceSlow{250};
inline constexpr std::chrono::seconds kSpaceSlowPause{60};

// Rates compare with a reading at least so old: the kernel counts CPU time in ticks of 1 to 10 ms.
inline constexpr std::chrono::milliseconds kRateWindow{95};

}  // namespace oriel::host
