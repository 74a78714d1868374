#pragma once
// Every bound of the monitoring values: what a text of the kernel, or a peer, can make us keep.

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace oriel::monitor {

inline constexpr std::size_t kCoresMax = 4096;  // larger than any kernel's NR_CPUS in use
inline constexpr std::size_t kDisksMax = 512;
inline constexpr std::size_t kInterfacesMax = 1024;
inline constexpr std::size_t kMountsMax = 4096;    // lines of mountinfo that are read
inline constexpr std::size_t kCgroupsMax = 64;     // lines of /proc/PID/cgroup that are read
inline constexpr std::size_t kNameBytesMax = 256;  // of a device, interface, process or GPU
inline constexpr std::size_t kPathBytesMax = 4096;
inline constexpr std::size_t kTopProcessesMax = 200;

inline constexpr std::size_t kRequestBytesMax = 16384;  // of one message of a subscriber
inline constexpr std::size_t kRequestMetricsMax = 64;
// Of one subscriber, over a while; as many may come at once. Subscriptions count for several.
inline constexpr double kRequestsPerSecond = 50;
inline constexpr std::chrono::milliseconds kIntervalMin{100};
inline constexpr std::chrono::milliseconds kIntervalMax{3'600'000};
// Of who never subscribes: the real server's period, measured as 0.703 s.
inline constexpr std::chrono::milliseconds kServerInterval{700};

inline constexpr std::size_t kDocumentDepthMax = 16;

// Of one message of a server, and of the document that its deltas have made: some hundred times
// what a large host sends.
inline constexpr std::size_t kServerMessageBytesMax = std::size_t{4} << 20;
// Of one object in it: applying a delta searches members one by one.
inline constexpr std::size_t kServerMembersMax = 256;
// What a client has queued for a server that does not read.
inline constexpr std::size_t kClientOutputBytesMax = std::size_t{1} << 20;

inline constexpr std::size_t kHistorySamplesMax = 3600;  // an hour at one a second
inline constexpr std::size_t kHistoryBytesMax = std::size_t{32} << 20;

inline constexpr std::size_t kFleetHostsMax = 1000;
inline constexpr std::size_t kRuleBytesMax = 1024;       // of one rule's text
inline constexpr std::chrono::hours kAlertTimeMax{720};  // duration and cooldown of a rule
// An alert whose figure has not been read for so long is over: its device has gone.
inline constexpr std::chrono::seconds kAlertStaleAfter{60};

}  // namespace oriel::monitor
