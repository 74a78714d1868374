// Measures the whole server on a real headless desktop, by viewers on loopback:
//   build/release/oriel_server_bench latency    key to decoded pixel, and its parts
//   build/release/oriel_server_bench fanout     server CPU for 1 and 20 viewers of a page repainted
//   30 times a second build/release/oriel_server_bench idle       CPU and bytes with a viewer while
//   nothing changes; resident memory
// CPU is that of the process `oriel serve`, its X server apart (both are printed).

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "oriel/app/desktops/desktop_table.h"
#include "oriel/app/server/server.h"
#include "oriel/base/byte_reader.h"
#include "oriel/io/desktop/supervisor_process.h"
#include "oriel/io/net/tcp_stream.h"
#include "oriel/testing/viewer/test_viewer.h"
#include "tests/support/oriel_server.h"

namespace oriel::bench {
namespace {

using namespace std::chrono_literals;
using testing::TestViewer;

double ms(Duration duration) { return std::chrono::duration<double, std::milli>(duration).count(); }

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  return values[std::min(values.size() - 1,
                         static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

// Viewers on a loop of their own.
struct Viewers {
  TestViewer& connect(int port, std::int32_t encoding) {
    boost::asio::ip::tcp::socket socket(io);
    socket.connect({boost::asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port)});
    all.push_back(
        std::make_unique<TestViewer>(io.get_executor(), net::make_socket_stream(std::move(socket)),
                                     testing::TestViewerOptions{"", {encoding}, {}, true}));
    return *all.back();
  }
  void run_for(Duration duration) {
    const auto end = Clock::now() + duration;
    while (Clock::now() < end) {
      io.restart();
      io.run_one_until(end);
    }
  }
  template <typename Ask>
  bool run_until(Ask ask) {
    const auto end = Clock::now() + 10s;
    while (!ask() && Clock::now() < end) {
      io.restart();
      io.run_one_for(100ms);
    }
    return ask();
  }
  ~Viewers() {
    for (auto& viewer : all) viewer->close();
    run_until([this] {
      return std::ranges::all_of(all, [](auto& viewer) { return viewer->is_ended(); });
    });
  }
  boost::asio::io_context io{1};
  std::vector<std::unique_ptr<TestViewer>> all;
};

// CPU seconds of a process so far.
double cpu_seconds(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string text((std::istreambuf_iterator<char>(file)), {});
  std::istringstream fields(text.substr(text.rfind(')') + 2));
  std::string word;
  double ticks = 0;
  for (int i = 0; i < 13 && fields >> word; ++i)
    if (i == 11 || i == 12) ticks += std::atof(word.c_str());
  return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double resident_mib(pid_t pid, const std::string& key) {
  std::ifstream file(fmt::format("/proc/{}/status", pid));
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(key)) return std::atof(line.c_str() + key.size()) / 1024;
  return 0;
}

// ---- latency: the server's loop in a thread of this process, so that the marks on the way can be
// read ----

class Marks final : public observe::LatencyTrace {
 public:
  void reached(observe::LatencyMark mark, TimePoint when) override {
    // The first of each kind after the key counts, in their order.
    const int index = static_cast<int>(mark);
    if (index == next_ && next_ < observe::kLatencyMarks) at_[next_++] = when;
  }
  void begin() { next_ = 0; }
  bool is_complete() const { return next_ == observe::kLatencyMarks; }
  TimePoint at(int index) const { return at_[index]; }

 private:
  TimePoint at_[observe::kLatencyMarks];
  std::atomic<int> next_ = 0;
};

int latency(int samples) {
  config::Settings settings;
  settings.vnc_listen = config::ListenAddress{"127.0.0.1", 0};
  settings.http_listen.reset();
  settings.session = std::string(ORIEL_PAINTER) + " echo";
  settings.geometry = {1920, 1080};
  boost::asio::io_context io{1};
  observe::Logger logger;
  Marks marks;
  desktops::OpenDesktop open;
  server::Server server(io, settings, logger);
  if (auto status = server.listen(); !status) return fmt::print("{}\n", status.error().message), 1;
  std::atomic<bool> is_serving = false;
  desktops::open_desktop(io, settings, logger, [&](auto opened) {
    if (!opened) return io.stop();
    open = std::move(*opened);
    server.serve(*open.desktop);
    server.frames().trace(&marks);
    is_serving = true;
  });
  std::thread loop([&] { io.run(); });
  while (!is_serving && !io.stopped()) std::this_thread::sleep_for(5ms);

  std::vector<double> total, parts[observe::kLatencyMarks + 1];
  {
    Viewers viewers;
    auto& viewer = viewers.connect(
        std::atoi(server.vnc_address().c_str() + server.vnc_address().rfind(':') + 1), 16);
    viewers.run_until([&] { return viewer.updates() > 0; });
    viewers.run_for(1s);
    for (int i = 0; i < samples && !viewer.is_ended(); ++i) {
      viewers.run_for(std::chrono::milliseconds(15 + i % 10));
      const auto before = viewer.frame().at(5, 5);
      marks.begin();
      const auto start = Clock::now();
      viewer.say(rfb::KeyEvent{true, 'a'});
      viewers.run_until([&] { return viewer.frame().at(5, 5) != before; });
      const auto end = Clock::now();
      viewer.say(rfb::KeyEvent{false, 'a'});
      total.push_back(ms(end - start));
      if (!marks.is_complete()) continue;
      auto last = start;
      for (int mark = 0; mark < observe::kLatencyMarks; ++mark) {
        parts[mark].push_back(ms(marks.at(mark) - last));
        last = marks.at(mark);
      }
      parts[observe::kLatencyMarks].push_back(ms(end - last));
    }
  }
  fmt::print("key to decoded pixel, {} samples: p50 {:.2f} ms, p95 {:.2f}, p99 {:.2f}\n",
             total.size(), percentile(total, 0.5), percentile(total, 0.95),
             percentile(total, 0.99));
  constexpr const char* kNames[] = {
      "key to server", "inject", "damage", "commit", "encode", "send", "receive and decode"};
  for (int part = 0; part <= observe::kLatencyMarks; ++part)
    fmt::print("  {:<20} p50 {:.3f} ms, p99 {:.3f}\n", kNames[part], percentile(parts[part], 0.5),
               percentile(parts[part], 0.99));
  std::atomic<bool> is_closed = false;
  boost::asio::post(io, [&] { server.stop([&] { open.close([&] { is_closed = true; }); }); });
  while (!is_closed) std::this_thread::sleep_for(5ms);
  io.stop();
  loop.join();
  return 0;
}

// ---- fan-out and idle: the real program ----

support::ServerOptions full_hd(const std::string& session) {
  support::ServerOptions options;
  options.session = session;
  options.width = 1920;
  options.height = 1080;
  return options;
}

// A viewer that reads and counts ZRLE updates without decoding them, in a thread of its own: 20
// decoders would take the cores from the server that is measured.
class CountingViewer {
 public:
  explicit CountingViewer(int port) : socket_(io_), thread_([this, port] { run(port); }) {}
  ~CountingViewer() {
    boost::system::error_code ignored;
    socket_.shutdown(boost::asio::socket_base::shutdown_both, ignored);
    thread_.join();
  }
  std::uint64_t updates() const { return updates_; }
  std::uint64_t pixels() const { return pixels_; }

 private:
  Bytes read(std::size_t count) {
    Bytes bytes(count);
    boost::asio::read(socket_, boost::asio::buffer(bytes), error_);
    return bytes;
  }
  void say(const rfb::ClientMessage& message) {
    Bytes bytes;
    ByteWriter writer(bytes);
    rfb::write_client_message(message, writer);
    boost::asio::write(socket_, boost::asio::buffer(bytes), error_);
  }
  void run(int port) {
    socket_.connect({boost::asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port)},
                    error_);
    boost::asio::write(socket_, boost::asio::buffer("RFB 003.008\n\1\1", 14), error_);
    read(12);
    read(read(1)[0]);  // the security types
    read(4);
    const auto init = read(24);
    if (error_) return;
    const int width = init[0] << 8 | init[1], height = init[2] << 8 | init[3];
    read(ByteReader(ByteSpan(init).subspan(20)).u32());
    say(rfb::SetEncodings{{16}});
    for (bool is_incremental = false; !error_; is_incremental = true) {
      say(rfb::UpdateRequest{is_incremental, {0, 0, width, height}});
      const auto head = read(4);
      for (int left = head[2] << 8 | head[3]; left > 0 && !error_; --left) {
        const auto rect = read(16);
        ByteReader reader(rect);
        reader.skip(4);
        pixels_ += std::uint64_t{reader.u16()} * reader.u16();
        reader.skip(4);
        read(error_ ? 0 : reader.u32());
      }
      ++updates_;
    }
  }

  boost::asio::io_context io_{1};
  boost::asio::ip::tcp::socket socket_;
  boost::system::error_code error_;
  std::atomic<std::uint64_t> updates_ = 0, pixels_ = 0;
  std::thread thread_;
};

int fanout() {
  double cpu[2] = {};
  bool has_updates = true;
  // In turns, so that a machine that slows down does so for both.
  for (int round = 0; round < 3; ++round) {
    for (int many = 0; many < 2; ++many) {
      support::OrielServer server(full_hd(std::string("exec ") + ORIEL_PAINTER + " page 30"));
      std::vector<std::unique_ptr<CountingViewer>> viewers;
      for (int i = 0; i < (many ? 20 : 1); ++i)
        viewers.push_back(std::make_unique<CountingViewer>(server.vnc_port()));
      std::this_thread::sleep_for(1s);
      std::uint64_t slowest = UINT64_MAX, pixels = 0;
      std::vector<std::uint64_t> updates;
      for (auto& viewer : viewers) updates.push_back(viewer->updates());
      for (auto& viewer : viewers) pixels -= viewer->pixels();
      const double before = cpu_seconds(server.process().pid());
      const auto start = Clock::now();
      std::this_thread::sleep_for(5s);
      const double wall = ms(Clock::now() - start) / 1000;
      const double used = (cpu_seconds(server.process().pid()) - before) / wall;
      for (std::size_t i = 0; i < viewers.size(); ++i)
        slowest = std::min(slowest, viewers[i]->updates() - updates[i]);
      for (auto& viewer : viewers) pixels += viewer->pixels();
      fmt::print(
          "{:>2} viewers: server {:.0f} ms CPU/s; the slowest gets {:.1f} updates/s; {:.0f} "
          "million pixels/s each\n",
          viewers.size(), used * 1000, static_cast<double>(slowest) / wall,
          static_cast<double>(pixels) / static_cast<double>(viewers.size()) / wall / 1e6);
      cpu[many] += used;
      has_updates = has_updates && slowest > 0;
    }
  }
  if (cpu[0] == 0 || !has_updates) {
    fmt::print("the viewers got no updates: nothing was measured\n");
    return 1;
  }
  fmt::print("20 viewers cost {:.2f} times the server CPU of 1\n", cpu[1] / cpu[0]);
  return 0;
}

int idle() {
  support::OrielServer server(full_hd("exec sleep 1000"));
  Viewers viewers;
  auto& viewer = viewers.connect(server.vnc_port(), 16);
  viewers.run_until([&] { return viewer.updates() > 0; });
  viewers.run_for(1s);
  const auto bytes = viewer.bytes_in();
  const double before = cpu_seconds(server.process().pid());
  viewers.run_for(20s);
  fmt::print("idle with a viewer, 20 s: {:.3f} % of a core, {} RFB bytes\n",
             (cpu_seconds(server.process().pid()) - before) / 20 * 100, viewer.bytes_in() - bytes);
  fmt::print(
      "resident: {:.1f} MiB, of it {:.1f} MiB shared memory of the X server's framebuffer and "
      "files\n",
      resident_mib(server.process().pid(), "VmRSS:"),
      resident_mib(server.process().pid(), "RssShmem:") +
          resident_mib(server.process().pid(), "RssFile:"));
  return 0;
}

}  // namespace
}  // namespace oriel::bench

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  if (mode == oriel::desktop::kSupervisorCommand)
    return oriel::desktop::run_supervisor({argv + 2, static_cast<std::size_t>(argc - 2)});
  if (mode == "latency") return oriel::bench::latency(argc > 2 ? std::atoi(argv[2]) : 500);
  if (mode == "fanout") return oriel::bench::fanout();
  if (mode == "idle") return oriel::bench::idle();
  fmt::print(stderr, "oriel_server_bench latency [SAMPLES] | fanout | idle\n");
  return 2;
}
