#include "oriel/app/server/server.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "oriel/base/byte_writer.h"
#include "oriel/core/rfb/constants.h"
#include "oriel/io/net/tcp_stream.h"
#include "oriel/testing/fake_desktop.h"
#include "oriel/testing/viewer/test_viewer.h"

namespace oriel::server {
namespace {

using namespace std::chrono_literals;

config::Settings loopback_settings() {
  config::Settings settings;
  settings.vnc_listen = config::ListenAddress{"127.0.0.1", 0};
  settings.http_listen.reset();
  return settings;
}

void run(boost::asio::io_context& io) {
  io.restart();
  io.run_for(30ms);
}

TEST(Server, TellsTheGeometryOfNowToAViewerWhoseHandshakeAResizeOvertakes) {
  boost::asio::io_context io{1};
  const auto settings = loopback_settings();
  testing::FakeDesktop desktop({100, 80});
  Server server(io, settings, {});
  ASSERT_TRUE(server.listen());
  server.serve(desktop);
  const auto address = server.vnc_address();
  const auto port = static_cast<std::uint16_t>(std::atoi(address.c_str() + address.rfind(':') + 1));
  boost::asio::ip::tcp::socket viewer(io);
  viewer.connect({boost::asio::ip::address_v4::loopback(), port});
  boost::asio::write(viewer, boost::asio::buffer("RFB 003.008\n\1", 13));
  run(io);

  desktop.resize(image::Size{640, 480});
  Bytes rest{1};  // ClientInit, then a part that was not there when it connected
  ByteWriter writer(rest);
  rfb::write_client_message(rfb::UpdateRequest{false, {600, 400, 40, 80}}, writer);
  boost::asio::write(viewer, boost::asio::buffer(rest));
  run(io);

  Bytes said(12 + 3 + 4 + 4);  // version, types, result, and the size of ServerInit
  boost::asio::read(viewer, boost::asio::buffer(said));
  EXPECT_EQ(said[19] << 8 | said[20], 640);
  EXPECT_EQ(said[21] << 8 | said[22], 480);
  EXPECT_GT(server.metrics().framebuffer_updates_total().value(), 0);
  viewer.close();
  run(io);
}

// A server on loopback with a fake desktop, and its viewers, all on one loop.
struct Running {
  explicit Running(config::Settings wish = loopback_settings())
      : settings(std::move(wish)), server(io, settings, {}) {
    EXPECT_TRUE(server.listen());
    server.serve(desktop);
    server.events().subscribe([this](const HappenedEvent& event) { events.push_back(event); });
  }
  ~Running() {
    for (auto& viewer : viewers) viewer->close();
    run_until([this] {
      return std::ranges::all_of(viewers, [](auto& viewer) { return viewer->is_ended(); });
    });
    run(io);
  }

  // Connects a viewer that keeps what it hears, and waits for its first picture.
  testing::TestViewer& join(std::vector<std::int32_t> encodings) {
    const auto address = server.vnc_address();
    boost::asio::ip::tcp::socket socket(io);
    socket.connect(
        {boost::asio::ip::address_v4::loopback(),
         static_cast<std::uint16_t>(std::atoi(address.c_str() + address.rfind(':') + 1))});
    viewers.push_back(std::make_unique<testing::TestViewer>(
        io.get_executor(), net::make_socket_stream(std::move(socket)),
        testing::TestViewerOptions{"", std::move(encodings), {}, true}));
    auto& viewer = *viewers.back();
    heard.emplace_back();
    viewer.on_event = [this, index = heard.size() - 1](const rfb::ClientEvent& event) {
      heard[index].push_back(event);
    };
    EXPECT_TRUE(run_until([&] { return viewer.updates() > 0; }));
    return viewer;
  }
  bool run_until(const std::function<bool()>& is_true) {
    for (const auto end = Clock::now() + 10s; !is_true();) {
      if (Clock::now() > end) return false;
      io.restart();
      io.run_one_for(5ms);
    }
    return true;
  }
  template <typename T>
  bool hears(std::size_t index, const T& event) {
    return run_until([&] {
      return std::ranges::find(heard[index], rfb::ClientEvent{event}) != heard[index].end();
    });
  }

  boost::asio::io_context io{1};
  config::Settings settings;
  testing::FakeDesktop desktop{{100, 80}};
  Server server;
  std::vector<HappenedEvent> events;
  std::vector<std::unique_ptr<testing::TestViewer>> viewers;
  std::vector<std::vector<rfb::ClientEvent>> heard;
};

TEST(Server, RingsTheBellOfEveryViewer) {
  Running running;
  running.join({16});
  running.join({0});
  running.desktop.ring();
  EXPECT_TRUE(running.hears(0, rfb::Bell{}));
  EXPECT_TRUE(running.hears(1, rfb::Bell{}));
}

TEST(Server, KicksOneViewerAndTellsSubscribers) {
  Running running;
  auto& first = running.join({16});
  auto& second = running.join({16});
  EXPECT_FALSE(running.server.kick(99, "no such viewer"));
  EXPECT_TRUE(running.server.kick(1, "lunch"));
  ASSERT_TRUE(running.run_until([&] { return first.is_ended() && running.events.size() == 3; }));
  EXPECT_FALSE(second.is_ended());
  EXPECT_EQ(std::get<ViewerJoined>(running.events[0]).viewer, 1u);
  EXPECT_EQ(std::get<ViewerLeft>(running.events[2]).reason, "disconnected by an admin: lunch");
}

TEST(Server, NamesTheOwnerOfControlInTheTitleOfTheOthers) {
  auto settings = loopback_settings();
  settings.is_control_single = true;
  settings.name = "desk";
  Running running(settings);
  auto& first = running.join({16, rfb::kPseudoDesktopName});
  running.join({16, rfb::kPseudoDesktopName});
  first.say(rfb::KeyEvent{true, 'a'});
  ASSERT_TRUE(running.run_until([&] {
    return std::ranges::any_of(running.heard[1], [](const auto& event) {
      const auto* renamed = std::get_if<rfb::Renamed>(&event);
      return renamed != nullptr && renamed->name.starts_with("desk (controlled by 127.0.0.1:");
    });
  }));
  // The owner's own title stays.
  EXPECT_TRUE(std::ranges::none_of(running.heard[0], [](const auto& event) {
    return std::holds_alternative<rfb::Renamed>(event);
  }));
}

}  // namespace
}  // namespace oriel::server
