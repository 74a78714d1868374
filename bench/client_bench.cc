// The client on a page of text of 1920x1080 in Xvnc, in the figures that agents wait for;
// each in turns with what it is compared to, the median of the rounds.
//   build/release/oriel_client_bench [ROUNDS]
//
//   screenshot  the first of a connected screen, as PNG / copying the same picture and encoding it
//   again       the next, after a click that has changed a corner of the page / the same
//   shot, ZRLE  `oriel shot`, from the start of the program to its end / Xvnc's own time to send
//               the picture in ZRLE, which all viewers know, to a client that only counts its bytes
//   shot, Tight the same / in Tight, which the client asks for from another machine
//   shot, Raw   the same / in Raw, which it asks for on this one
//   act         a click that the page answers in 30 ms, until still for 100 ms

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include "oriel/app/agent/picture_file.h"
#include "oriel/app/agent/sync_agent.h"
#include "oriel/app/client/connection.h"
#include "oriel/app/client/connection_plan.h"
#include "oriel/base/byte_writer.h"
#include "oriel/core/rfb/client_message.h"
#include "tests/support/child_process.h"
#include "tests/support/oriel_server.h"
#include "tests/support/x_server.h"

namespace oriel::bench {
namespace {

using support::ChildProcess;
using support::Command;
using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;
namespace asio = boost::asio;

constexpr int kAnswerMs = 30, kQuietMs = 100;

template <typename Work>
double timed(Work work) {
  const auto start = Clock::now();
  work();
  return Milliseconds(Clock::now() - start).count();
}

double at_share(std::vector<double> times, double share) {
  std::ranges::sort(times);
  return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))];
}

void compare(const char* what, const std::vector<double>& ours, const std::vector<double>& others,
             const char* asked) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < ours.size(); ++i) ratios.push_back(ours[i] / others[i]);
  fmt::print("{:<12} {:>8.1f} ms {:>8.1f} ms   {:.2f} ({:.2f} to {:.2f})   {}\n", what,
             at_share(ours, 0.5), at_share(others, 0.5), at_share(ratios, 0.5), at_share(ratios, 0),
             at_share(ratios, 1), asked);
}

template <typename T>
T value_of(agent::AgentResult<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return *std::move(result);
}

void check(const agent::AgentStatus& status) {
  if (!status) throw std::runtime_error(status.error().message);
}

// An Xvnc with a page of text.
class Desktop {
 public:
  // Without a rate of its own Xvnc keeps each change for 8 ms.
  Desktop()
      : server_({"Xvnc", "-geometry", "1920x1080", "-depth", "24", "-SecurityTypes", "None",
                 "-rfbport", std::to_string(kPort), "-localhost", "-FrameRate", "1000"}),
        painter_(Command{{ORIEL_PAINTER, "answer", std::to_string(kAnswerMs)},
                         {{"DISPLAY", server_.name()}}}) {
    // The painter has drawn when the picture is no longer of one colour.
    client::Connection connection({.target = target()});
    check(connection.connect());
    agent::Agent agent(connection.target());
    value_of(agent.wait().still({}));
  }
  std::string target() const { return fmt::format("127.0.0.1::{}", kPort); }

  static constexpr int kPort = 5977;

 private:
  support::XServer server_;
  ChildProcess painter_;
};

// ---- what Xvnc itself takes ---------------------------------------------------------------------

// What a client of ours asks for, or of these only: those of pixels, and the level of compression.
// Updates of something else would want answers.
std::vector<std::int32_t> encodings_of_pixels(std::vector<std::string> names) {
  auto plan = value_of(
      client::plan_connection({.target = "127.0.0.1::1", .encodings = std::move(names)}, {}));
  std::erase_if(plan.encodings, [](std::int32_t encoding) {
    return encoding < 0 && !(encoding >= -256 && encoding <= -247);
  });
  return plan.encodings;
}

// Asks for all of the picture; reads `expected` bytes, or if that is 0 until none come for 500 ms.
// Returns how many came.
std::size_t receive(const std::vector<std::int32_t>& encodings, std::size_t expected) {
  asio::io_context io;
  asio::ip::tcp::socket socket(io);
  socket.connect({asio::ip::address_v4::loopback(), Desktop::kPort});
  Bytes bytes(1 << 20);
  const auto read = [&](std::size_t count) { asio::read(socket, asio::buffer(bytes, count)); };
  read(12);
  asio::write(socket, asio::buffer("RFB 003.008\n", 12));
  read(2);
  asio::write(socket, asio::buffer("\x01", 1));  // None
  read(4);
  asio::write(socket, asio::buffer("\x01", 1));  // shared
  read(24);
  read(std::size_t{bytes[22]} << 8 | bytes[23]);
  Bytes wishes;
  ByteWriter writer(wishes);
  rfb::write_client_message(rfb::SetPixelFormat{image::kBgrx}, writer);
  rfb::write_client_message(rfb::SetEncodings{encodings}, writer);
  rfb::write_client_message(rfb::UpdateRequest{false, {0, 0, 1920, 1080}}, writer);
  asio::write(socket, asio::buffer(wishes));
  std::size_t received = 0;
  timeval patience{0, 500'000};
  setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  while (expected == 0 || received < expected) {
    const auto count = ::recv(socket.native_handle(), bytes.data(), bytes.size(), 0);
    if (count <= 0) break;
    received += static_cast<std::size_t>(count);
  }
  if (received < expected) throw std::runtime_error("Xvnc sent less than before");
  return received;
}

// ---- the figures --------------------------------------------------------------------------------

agent::ActRequest click_on_page() {
  agent::ActRequest request;
  request.actions = {agent::Click{{200, 200}}};
  request.settle = agent::StillOptions{.quiet = std::chrono::milliseconds(kQuietMs)};
  return request;
}

// A screenshot as a file, in turns with copying and encoding what it shows.
class Screenshots {
 public:
  void take(agent::Agent& agent) {
    agent::PictureInFile taken;
    ours_.push_back(timed([&] { taken = value_of(agent.screenshot().capture_file()); }));
    others_.push_back(timed([&] {
      const auto copy = taken.picture.frame;
      value_of(agent::write_picture(copy.view(), agent::PictureFormat::kPng));
    }));
  }
  void report(const char* what) const { compare(what, ours_, others_, "< 1.2"); }

 private:
  std::vector<double> ours_, others_;
};

void measure_screenshots(int rounds) {
  client::Connection connection({.target = fmt::format("127.0.0.1::{}", Desktop::kPort)});
  check(connection.connect());
  Screenshots first, next;
  for (int i = 0; i < rounds; ++i) {
    agent::Agent agent(connection.target());
    first.take(agent);
    value_of(agent.act(click_on_page()));
    next.take(agent);
  }
  first.report("screenshot");
  next.report("again");
}

void measure_shot(int rounds) {
  const support::TemporaryFolder folder;
  const Command shot{{ORIEL_PROGRAM, "shot", fmt::format("127.0.0.1::{}", Desktop::kPort), "-o",
                      folder.path() / "shot.png"},
                     {}};
  struct Other {
    const char* what;
    std::vector<std::int32_t> encodings;
    std::size_t bytes = 0;
    std::vector<double> times = {};
  };
  Other others[] = {{"shot, ZRLE", encodings_of_pixels({"zrle"})},
                    {"shot, Tight", encodings_of_pixels({})},
                    {"shot, Raw", encodings_of_pixels({"raw"})}};
  for (auto& other : others) {
    other.bytes = receive(other.encodings, 0);
    fmt::print("{:<12} {} bytes\n", other.what, other.bytes);
  }
  std::vector<double> ours;
  for (int i = 0; i < rounds; ++i) {
    ours.push_back(timed([&] { support::run(shot); }));
    for (auto& other : others)
      other.times.push_back(timed([&] { receive(other.encodings, other.bytes); }));
  }
  for (const auto& other : others) compare(other.what, ours, other.times, "< 1.3");
}

void measure_act(int rounds) {
  client::Connection connection({.target = fmt::format("127.0.0.1::{}", Desktop::kPort)});
  check(connection.connect());
  agent::Agent agent(connection.target());
  std::vector<double> times;
  for (int i = 0; i < rounds; ++i) {
    const auto request = click_on_page();
    times.push_back(timed([&] {
      if (!value_of(agent.act(request)).had_effect()) throw std::runtime_error("nothing happened");
    }));
  }
  fmt::print("{:<12} {:>8.1f} ms (p95 {:.1f}, most {:.1f})   p95 < {} ms\n", "act",
             at_share(times, 0.5), at_share(times, 0.95), at_share(times, 1),
             kAnswerMs + kQuietMs + 10);
}

}  // namespace
}  // namespace oriel::bench

int main(int argc, char** argv) {
  using namespace oriel::bench;
  const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 21;
  try {
    fmt::print("{:<12} {:>11} {:>11}   ratio (of rounds)     asked\n", "what", "ours", "the other");
    const Desktop page;
    measure_screenshots(rounds);
    measure_shot(rounds);
    measure_act(5 * rounds);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
