// Keeps a headless desktop, or measures one:
//   desktop_probe hold [--geometry=WxH --display=N --session=CMD ...]   prints what happens until
//   it is ended desktop_probe latency [...]                                        draws, and times
//   damage and capture
#include <fmt/core.h>
#include <signal.h>
#include <xcb/xcb.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "oriel/base/time.h"
#include "oriel/core/image/frame.h"
#include "oriel/io/desktop/supervisor.h"
#include "oriel/io/desktop/supervisor_process.h"

namespace oriel::desktop {
namespace {

using std::chrono::duration;

double microseconds(Duration time) { return duration<double, std::micro>(time).count(); }

// Captures all damage as soon as it is told.
class Watcher : public DesktopListener {
 public:
  explicit Watcher(Desktop& desktop) : desktop_(desktop) {}

  void desktop_damaged() override {
    damaged_at = Clock::now();
    const auto rects = desktop_.take_damage();
    desktop_.capture(rects, [this](std::span<const screen::Patch> patches) {
      for (const auto& patch : patches) {
        pixels += patch.rect.area();
        std::memcpy(&first_pixel, patch.pixels.row(0), sizeof first_pixel);
      }
    });
    captured_at = Clock::now();
  }
  void desktop_resized(image::Size) override {}
  void desktop_lost(const Error& error) override {
    fmt::print("lost {}\n", error.message);
    is_lost = true;
  }

  TimePoint damaged_at, captured_at;
  std::int64_t pixels = 0;
  std::uint32_t first_pixel = 0;
  bool is_lost = false;

 private:
  Desktop& desktop_;
};

void print_times(const char* what, std::vector<double> times) {
  std::ranges::sort(times);
  fmt::print("{}: p50 {:.1f} us, p95 {:.1f} us, p99 {:.1f} us\n", what, times[times.size() / 2],
             times[times.size() * 95 / 100], times[times.size() * 99 / 100]);
}

// Draws 200x20 rectangles by a connection of its own, one at a time; then types into the session.
void measure(boost::asio::io_context& io, HeadlessServer& server, HeadlessDesktop& desktop,
             const HeadlessAddress& address) {
  constexpr int kRounds = 2000;
  constexpr std::uint16_t kWidth = 200, kHeight = 20;
  Watcher watcher(desktop);
  desktop.start(watcher);
  std::string name(kCookieProtocol);
  Cookie cookie = address.cookie;
  xcb_auth_info_t auth{static_cast<int>(name.size()), name.data(), static_cast<int>(cookie.size()),
                       reinterpret_cast<char*>(cookie.data())};
  auto* painter = xcb_connect_to_display_with_auth_info(fmt::format(":{}", address.display).c_str(),
                                                        &auth, nullptr);
  const auto root = xcb_setup_roots_iterator(xcb_get_setup(painter)).data->root;
  const std::uint32_t gc = xcb_generate_id(painter);
  xcb_create_gc(painter, gc, root, 0, nullptr);
  io.run_for(std::chrono::milliseconds(300));

  std::vector<double> damage, capture, idle;
  for (std::uint32_t round = 1; round <= kRounds; ++round) {
    const std::uint32_t colour = round * 77;
    const xcb_rectangle_t rect{40, 40, kWidth, kHeight};
    xcb_change_gc(painter, gc, XCB_GC_FOREGROUND, &colour);
    const TimePoint start = Clock::now();
    xcb_poly_fill_rectangle(painter, root, gc, 1, &rect);
    xcb_flush(painter);
    watcher.first_pixel = 0;
    while ((watcher.first_pixel & image::kColourMask) != colour)
      io.run_one_for(std::chrono::seconds(1));
    damage.push_back(microseconds(watcher.damaged_at - start));
    capture.push_back(microseconds(watcher.captured_at - watcher.damaged_at));
  }
  print_times("draw of 200x20 to damage", damage);
  print_times("take_damage and capture", capture);

  image::Frame shadow({kWidth, kHeight});
  std::vector<double> copies;
  const image::Rect rect{40, 40, kWidth, kHeight};
  for (int round = 0; round < kRounds; ++round) {
    const TimePoint start = Clock::now();
    desktop.capture({&rect, 1}, [&](std::span<const screen::Patch> patches) {
      for (int y = 0; y < kHeight; ++y) {
        std::memcpy(&shadow.at(0, y), patches[0].pixels.row(y), std::size_t{4} * kWidth);
      }
    });
    copies.push_back(microseconds(Clock::now() - start));
  }
  print_times("capture of 200x20 with a copy", copies);
  xcb_disconnect(painter);

  // A letter typed into a terminal: until its press is written, until its echo is captured.
  desktop.input().pointer({60, 60}, 0);
  desktop.input().flush();
  server.start_session();
  io.run_for(std::chrono::seconds(2));
  std::vector<double> inject, echo;
  for (int round = 0; round < 300; ++round) {
    watcher.pixels = 0;
    const TimePoint start = Clock::now();
    desktop.input().key('a', true);
    desktop.input().key('a', false);
    desktop.input().flush();
    inject.push_back(microseconds(Clock::now() - start));
    while (watcher.pixels == 0) io.run_one_for(std::chrono::seconds(1));
    echo.push_back(microseconds(watcher.captured_at - start));
    io.run_for(std::chrono::milliseconds(5));
  }
  print_times("key to XTEST written", inject);
  print_times("key to echo captured", echo);
}

int run(std::string_view command, std::span<const char* const> arguments) {
  auto config = parse_supervisor_arguments(arguments);
  if (config && command == "latency" && config->session.empty()) {
    config->session = "exec xterm -geometry 80x24+0+0 -e cat";
  }
  if (!config) {
    fmt::print(stderr, "{}\n", config.error().message);
    return 2;
  }
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  boost::asio::io_context io;
  HeadlessServer server(io);
  std::unique_ptr<HeadlessDesktop> desktop;
  std::unique_ptr<Watcher> watcher;
  int code = 0;
  const Status started = server.start(
      *config,
      [&](Result<HeadlessAddress> address) {
        auto opened = address ? HeadlessDesktop::open(io, *address, config->geometry)
                              : std::unexpected(address.error());
        if (!opened) {
          fmt::print("failed {}\n", opened.error().message);
          code = 1;
          return io.stop();
        }
        desktop = std::move(*opened);
        fmt::print("ready {} {}\n", address->display, address->xauthority);
        if (command == "latency") {
          measure(io, server, *desktop, *address);
          return io.stop();
        }
        watcher = std::make_unique<Watcher>(*desktop);
        desktop->start(*watcher);
        server.start_session();
      },
      [&](const HeadlessServer::Event& event) { fmt::print("event {}\n", event.text); });
  if (!started) {
    fmt::print("failed {}\n", started.error().message);
    return 1;
  }
  boost::asio::signal_set signals(io, SIGTERM, SIGINT);
  signals.async_wait([&](const auto&, int) { server.stop([&] { io.stop(); }); });
  io.run();
  desktop.reset();
  return code;
}

}  // namespace
}  // namespace oriel::desktop

int main(int count, char** words) {
  const std::span<const char* const> arguments(words, static_cast<std::size_t>(count));
  if (count < 2) return 2;
  if (arguments[1] == oriel::desktop::kSupervisorCommand) {
    return oriel::desktop::run_supervisor(arguments.subspan(2));
  }
  return oriel::desktop::run(arguments[1], arguments.subspan(2));
}
