// 200 subscribers that come and go while a server samples 100 times a second: it keeps no memory,
// descriptor or thread of those that have gone, and makes each line once.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/child_process.h"
#include "tests/support/environment.h"
#include "tests/support/monitor_readers.h"
#include "tests/support/wait_until.h"

namespace oriel {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using support::wait_until;

constexpr std::size_t kReaders = 200;
constexpr auto kStep = 100ms;
constexpr int kComeAndGo = 5;  // in each step: 50 a second
const std::chrono::seconds kTime(support::environment_number("ORIEL_SOAK_SECONDS", 5));
// Caches fill; the history is a snapshot of some kilobytes for each second.
const long kGrowthKib = 8 * 1024 + 12 * kTime.count();

// Which the sampler opens with its first samples, and keeps.
constexpr std::size_t kSamplerFiles = 40;

// What the clients of a step ask for, in turns; nothing is the real server's form, 100 a second.
constexpr std::string_view kRequests[] = {
    "", "", R"({"type":"subscribe","interval":0.1,"delta":true})",
    R"({"type":"subscribe","metrics":["memory"],"interval":0.1,"since":1})", "not JSON"};

std::size_t entries(int pid, const char* folder) {
  const auto path = fmt::format("/proc/{}/{}", pid, folder);
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(path)) ++count;
  return count;
}

long resident_kib(int pid) {
  std::ifstream file(fmt::format("/proc/{}/status", pid));
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("VmRSS:")) return std::atol(line.c_str() + 6);
  }
  return 0;
}

// Readers come, and the oldest go, politely and not.
void come_and_go(support::MonitorReaders& readers, steady_clock::time_point until) {
  for (int step = 0; steady_clock::now() < until; ++step) {
    for (int i = 0; i < kComeAndGo; ++i) {
      readers.close_oldest((step + i) % 2 == 0);
      readers.open(kRequests[static_cast<std::size_t>(step + i) % std::size(kRequests)]);
    }
    readers.read_until(std::min(steady_clock::now() + kStep, until));
  }
}

TEST(MonitorSoak, KeepsNothingOfSubscribersThatHaveGone) {
  // AddressSanitizer keeps freed memory for a while, which would count as growth.
  support::ChildProcess server(
      {{ORIEL_SOAK_SERVER},
       {{"ASAN_OPTIONS", "quarantine_size_mb=1:thread_local_quarantine_size_kb=64"}}});
  int port = 0;
  ASSERT_TRUE(wait_until([&] {
    return std::sscanf(server.output().c_str(), "ws://127.0.0.1:%d", &port) == 1;
  })) << server.output();
  const auto files = entries(server.pid(), "fd"), threads = entries(server.pid(), "task");
  long resident = 0;
  std::uint64_t documents = 0;
  {
    support::MonitorReaders readers(port, false);
    for (std::size_t i = 0; i < kReaders; ++i) readers.open("");
    come_and_go(readers, steady_clock::now() + kTime / 4);
    resident = resident_kib(server.pid());
    readers.forget_counts();
    come_and_go(readers, steady_clock::now() + kTime * 3 / 4);
    documents = readers.counts().documents;
    EXPECT_EQ(readers.counts().ended, 0U) << "the server ended connections";
    EXPECT_EQ(readers.size(), kReaders);
  }
  const auto grown = resident_kib(server.pid()) - resident;
  RecordProperty("documents", std::to_string(documents));
  RecordProperty("grown_kib", std::to_string(grown));
  EXPECT_LT(grown, kGrowthKib);
  // Slow readers get fewer, but all get some.
  EXPECT_GT(documents, kReaders * static_cast<std::size_t>(kTime.count()));
  EXPECT_TRUE(wait_until([&] { return entries(server.pid(), "fd") <= files + kSamplerFiles; }))
      << entries(server.pid(), "fd") << " descriptors, before " << files;
  EXPECT_LE(entries(server.pid(), "task"), threads + 1) << "one thread samples";
  ASSERT_EQ(server.stop(SIGTERM, support::kPatience), 0) << server.output();
  unsigned long samples = 0, lines = 0;
  const auto output = server.output();
  const auto at = output.find("samples ");
  ASSERT_NE(at, output.npos) << output;
  ASSERT_EQ(std::sscanf(output.c_str() + at, "samples %lu lines %lu", &samples, &lines), 2);
  RecordProperty("samples", std::to_string(samples));
  RecordProperty("lines", std::to_string(lines));
  EXPECT_GT(samples, 0U);
  EXPECT_LE(lines, samples * std::size(kRequests)) << "a line for each form, not for each reader";
}

}  // namespace
}  // namespace oriel
