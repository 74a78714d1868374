// The engine under load, for ThreadSanitizer: viewers that come and go while a painter draws.
// ORIEL_STRESS_SECONDS changes for how long.

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdlib>
#include <functional>
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
  PaintedServer(Duration pause, int max_rate)
      : pause_(pause),
        settings_(settings(max_rate)),
        desktop_(io_, kSize),
        server_(io_, settings_, {}),
        timer_(io_) {
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
  static config::Settings settings(int max_rate) {
    config::Settings changed;
    changed.vnc_listen = config::ListenAddress{"127.0.0.1", 0};
    changed.http_listen.reset();
    changed.max_rate = max_rate;
    // Those that leave keep their places until the server has seen it.
    changed.max_connections = changed.max_connections_per_address = 500;
    return changed;
  }

  void paint() {
    if (!is_painting_) return;
    const int large = random_() % 64 == 0 ? 500 : 30;
    desktop_.paint(
        {static_cast<int>(random_() % kSize.width), static_cast<int>(random_() % kSize.height),
         1 + static_cast<int>(random_() % large), 1 + static_cast<int>(random_() % large)},
        random_() & image::kColourMask);
    next_ += pause_;
    timer_.expires_at(next_);
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error) paint();
    });
  }

  Duration pause_;
  config::Settings settings_;
  boost::asio::io_context io_{1};
  desktop::PatternDesktop desktop_;
  server::Server server_;
  boost::asio::steady_timer timer_;
  TimePoint next_;
  std::mt19937 random_{5};
  bool is_painting_ = true;
  std::thread thread_;
};

// Viewers on the loop of the test; some of them leave now and then, and others come.
class Crowd {
 public:
  Crowd(std::size_t size, std::uint16_t port) : size_(size), port_(port) {}

  void come_and_go_for(Duration duration) {
    for (const auto end = Clock::now() + duration; Clock::now() < end;) {
      fill();
      run_for(std::chrono::milliseconds(20 + random_() % 60));
      for (std::size_t leavers = 0; leavers <= size_ / 50 && !viewers_.empty(); ++leavers)
        dismiss(random_() % viewers_.size());
      std::erase_if(leaving_, [](const auto& viewer) { return viewer->is_ended(); });
      for (const auto& viewer : viewers_)
        ASSERT_FALSE(viewer->is_ended()) << viewer->end()->message;
    }
  }
  bool all_get(const image::Frame& picture) {
    return run_until([&] {
      return std::ranges::all_of(viewers_,
                                 [&](const auto& viewer) { return viewer->frame() == picture; });
    });
  }
  bool all_leave() {
    while (!viewers_.empty()) dismiss(0);
    return run_until([this] {
      return std::ranges::all_of(leaving_, [](const auto& viewer) { return viewer->is_ended(); });
    });
  }
  std::uint64_t connections() const { return connections_; }

 private:
  // A few at a time: the oldest that has not joined yields when too many knock at once.
  void fill() {
    constexpr std::ptrdiff_t kKnockingMax = 20;
    auto knocking =
        std::ranges::count_if(viewers_, [](const auto& viewer) { return !viewer->is_connected(); });
    for (; viewers_.size() < size_ && knocking < kKnockingMax; ++knocking) connect();
  }
  void connect() {
    boost::asio::ip::tcp::socket socket(io_);
    socket.connect({boost::asio::ip::address_v4::loopback(), port_});
    const std::vector<std::int32_t> encodings{random_() % 4 == 0 ? 0 : 16};
    viewers_.push_back(
        std::make_unique<TestViewer>(io_.get_executor(), net::make_socket_stream(std::move(socket)),
                                     testing::TestViewerOptions{"", encodings, {}, true}));
    ++connections_;
  }
  void dismiss(std::size_t index) {
    viewers_[index]->close();
    leaving_.push_back(std::move(viewers_[index]));
    viewers_.erase(viewers_.begin() + static_cast<std::ptrdiff_t>(index));
  }
  void run_for(Duration span) {
    io_.restart();
    io_.run_for(span);
  }
  bool run_until(const std::function<bool()>& is_true) {
    for (const auto end = Clock::now() + 20s; !is_true();) {
      if (Clock::now() > end) return false;
      run_for(50ms);
    }
    return true;
  }

  std::size_t size_;
  std::uint16_t port_;
  boost::asio::io_context io_{1};
  std::vector<std::unique_ptr<TestViewer>> viewers_, leaving_;
  std::mt19937 random_{8};
  std::uint64_t connections_ = 0;
};

std::chrono::seconds wished_duration(std::chrono::seconds otherwise) {
  const char* wish = std::getenv("ORIEL_STRESS_SECONDS");
  return wish != nullptr ? std::chrono::seconds(std::atoi(wish)) : otherwise;
}

void stress(std::size_t viewers, Duration paint_pause, int max_rate, Duration duration) {
  PaintedServer server(paint_pause, max_rate);
  Crowd crowd(viewers, server.port());
  ASSERT_NO_FATAL_FAILURE(crowd.come_and_go_for(duration));
  const auto painted = server.stop_painting();
  EXPECT_TRUE(crowd.all_get(painted)) << "a change was lost";
  EXPECT_GT(crowd.connections(), viewers + 20);
  EXPECT_TRUE(crowd.all_leave());
}

TEST(EngineStress, TwentyViewersComeAndGoUnderAPainterAtAThousandHertz) {
  stress(20, 1ms, 60, wished_duration(20s));
}

// Their rate is low so that two cores under ThreadSanitizer are not only encoding: what is shown
// is that nobody's coming and going harms the others.
TEST(EngineStress, TwoHundredViewersComeAndGoForAMinute) {
  stress(200, 20ms, 5, wished_duration(60s));
}

}  // namespace
}  // namespace oriel
