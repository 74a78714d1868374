// The real headless desktop, resized at random by one viewer while another one follows.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <memory>
#include <random>

#include "oriel/base/time.h"
#include "oriel/core/rfb/constants.h"
#include "oriel/io/net/tcp_stream.h"
#include "oriel/testing/test_card.h"
#include "oriel/testing/viewer/test_viewer.h"
#include "tests/support/environment.h"
#include "tests/support/oriel_server.h"

namespace oriel {
namespace {

using ::oriel::testing::make_test_card;
using ::oriel::testing::TestViewer;

constexpr std::int32_t kZrle = 16, kHextile = 5;

std::unique_ptr<TestViewer> connect(boost::asio::io_context& io, int port,
                                    std::vector<std::int32_t> encodings) {
  boost::asio::ip::tcp::socket socket(io);
  socket.connect({boost::asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port)});
  return std::make_unique<TestViewer>(io.get_executor(), net::make_socket_stream(std::move(socket)),
                                      ::oriel::testing::TestViewerOptions{.encodings = encodings});
}

std::string describe(const TestViewer& viewer) {
  if (viewer.is_ended()) return viewer.end()->message;
  const image::Size size = viewer.frame().size();
  return fmt::format("{}x{}", size.width, size.height);
}

// As often as ORIEL_RESIZES says. The program on the desktop draws the card anew in each size.
TEST(Resize, ShowsTwoViewersEveryPictureExactly) {
  support::OrielServer server(
      {.session = "exec " ORIEL_PAINTER " card", .width = 640, .height = 480});
  boost::asio::io_context io;
  const auto asking = connect(io, server.vnc_port(), {kZrle, rfb::kPseudoExtendedDesktopSize});
  const auto following = connect(io, server.vnc_port(), {kHextile, rfb::kPseudoDesktopSize});
  const auto both_see = [&](const image::Frame& card) {
    const TimePoint deadline = Clock::now() + std::chrono::seconds(15);
    while (asking->frame() != card || following->frame() != card) {
      if (Clock::now() > deadline || asking->is_ended() || following->is_ended()) return false;
      io.restart();
      io.run_one_for(std::chrono::milliseconds(5));
    }
    return true;
  };
  ASSERT_TRUE(both_see(make_test_card({640, 480}))) << server.output();
  std::mt19937 random(3);
  const long resizes = support::environment_number("ORIEL_RESIZES", 20);
  for (long step = 0; step < resizes; ++step) {
    const image::Size size{32 + static_cast<int>(random() % 1250),
                           32 + static_cast<int>(random() % 900)};
    asking->say(rfb::SetDesktopSize{size, {{0, image::Rect::of(size), 0}}});
    ASSERT_TRUE(both_see(make_test_card(size)))
        << "step " << step << " to " << size.width << "x" << size.height << ": "
        << describe(*asking) << " and " << describe(*following) << "\n"
        << server.output();
  }
  for (const auto& viewer : {asking.get(), following.get()}) viewer->close();
  while (!asking->is_ended() || !following->is_ended()) io.run_one();
  EXPECT_EQ(server.stop(), 0) << server.output();
}

}  // namespace
}  // namespace oriel
