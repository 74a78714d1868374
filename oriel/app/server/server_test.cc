#include "oriel/app/server/server.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "oriel/base/byte_writer.h"
#include "oriel/testing/fake_desktop.h"

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

}  // namespace
}  // namespace oriel::server
