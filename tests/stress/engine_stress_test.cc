// The engine under load, for ThreadSanitizer: 20 viewers that come and go while a painter draws a
// thousand times a second. ORIEL_STRESS_SECONDS changes the 20 s.

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdlib>
#include <future>
#include <random>
#include <thread>

#include "oriel/app/server/server.h"
#include "oriel/io/desktop/pattern.h"
#include "oriel/io/net/tcp_stream.h"
#include "oriel/testing/viewer/test_viewer.h"

namespace oriel {
namespace {

using namespace std::chrono_literals;
using oriel::testing::TestViewer;

constexpr image::Size kSize{800, 600};

// A server with a pattern desktop and its painter, on a loop and thread of their own.
class PaintedServer {
 public:
  PaintedServer() : desktop_(io_, kSize), server_(io_, settings(), {}), timer_(io_) {
    const auto listening = server_.listen();
    EXPECT_TRUE(listening) << listening.error().message;
    server_.serve(desktop_);
    next_ = Clock::now();
    paint();
    thread_ = std::thread([this] { io_.run(); });
  }
  ~PaintedServer() {
    boost::asio::post(io_, [this] { server_.stop([this] { io_.stop(); }); });
    thread_.join();
  }

  std::uint16_t port() const {
    const auto address = server_.vnc_address();
    return static_cast<std::uint16_t>(std::atoi(address.c_str() + address.rfind(':') + 1));
  }
  // The painter rests from now on; what it has painted.
  image::Frame stop_painting() {
    std::promise<image::Frame> frame;
    boost::asio::post(io_, [&] {
      is_painting_ = false;
      frame.set_value(desktop_.frame());
    });
    return frame.get_future().get();
  }

 private:
  static const config::Settings& settings() {
    static const config::Settings kSettings = [] {
      config::Settings changed;
      changed.vnc_listen = config::ListenAddress{"127.0.0.1", 0};
      changed.http_listen.reset();
      return changed;
    }();
    return kSettings;
  }

  void paint() {
    if (!is_painting_) return;
    const int large = random_() % 64 == 0 ? 500 : 30;
    desktop_.paint(
        {static_cast<int>(random_() % kSize.width), static_cast<int>(random_() % kSize.height),
         1 + static_cast<int>(random_() % large), 1 + static_cast<int>(random_() % large)},
        random_() & image::kColourMask);
    next_ += 1ms;
    timer_.expires_at(next_);
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error) paint();
    });
  }

  boost::asio::io_context io_{1};
  desktop::PatternDesktop desktop_;
  server::Server server_;
  boost::asio::steady_timer timer_;
  TimePoint next_;
  std::mt19937 random_{5};
  bool is_painting_ = true;
  std::thread thread_;
};

TEST(EngineStress, TwentyViewersComeAndGoUnderAPainterAtAThousandHertz) {
  const char* wish = std::getenv("ORIEL_STRESS_SECONDS");
  const auto duration = std::chrono::seconds(wish != nullptr ? std::atoi(wish) : 20);
  PaintedServer server;
  boost::asio::io_context io{1};
  std::vector<std::unique_ptr<TestViewer>> viewers, leaving;
  std::mt19937 random(8);
  std::uint64_t connections = 0;
  const auto connect = [&] {
    boost::asio::ip::tcp::socket socket(io);
    socket.connect({boost::asio::ip::address_v4::loopback(), server.port()});
    const std::vector<std::int32_t> encodings{random() % 4 == 0 ? 0 : 16};
    viewers.push_back(
        std::make_unique<TestViewer>(io.get_executor(), net::make_socket_stream(std::move(socket)),
                                     testing::TestViewerOptions{"", encodings, {}, true}));
    ++connections;
  };
  const auto run_for = [&](Duration span) {
    io.restart();
    io.run_for(span);
  };

  for (const auto end = Clock::now() + duration; Clock::now() < end;) {
    while (viewers.size() < 20) connect();
    run_for(std::chrono::milliseconds(20 + random() % 60));
    const auto index = static_cast<std::ptrdiff_t>(random() % viewers.size());
    viewers[static_cast<std::size_t>(index)]->close();
    leaving.push_back(std::move(viewers[static_cast<std::size_t>(index)]));
    viewers.erase(viewers.begin() + index);
    std::erase_if(leaving, [](const auto& viewer) { return viewer->is_ended(); });
    for (const auto& viewer : viewers) ASSERT_FALSE(viewer->is_ended()) << viewer->end()->message;
  }

  const auto painted = server.stop_painting();
  const auto all_have_it = [&] {
    return std::ranges::all_of(viewers,
                               [&](const auto& viewer) { return viewer->frame() == painted; });
  };
  for (int wait = 0; wait < 200 && !all_have_it(); ++wait) run_for(50ms);
  EXPECT_TRUE(all_have_it()) << "a change was lost";
  EXPECT_GT(connections, 20u);
  for (auto& viewer : viewers) viewer->close();
  for (auto& viewer : viewers) leaving.push_back(std::move(viewer));
  for (int wait = 0; wait < 100 && !std::ranges::all_of(
                                       leaving, [](const auto& v) { return v->is_ended(); });
       ++wait)
    run_for(20ms);
}

}  // namespace
}  // namespace oriel
