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

  boost::asio::ip::tcp::socket connect() {
    const auto address = server.vnc_address();
    boost::asio::ip::tcp::socket socket(io);
    socket.connect(
        {boost::asio::ip::address_v4::loopback(),
         static_cast<std::uint16_t>(std::atoi(address.c_str() + address.rfind(':') + 1))});
    return socket;
  }
  testing::TestViewer& begin(testing::TestViewerOptions options) {
    viewers.push_back(std::make_unique<testing::TestViewer>(
        io.get_executor(), net::make_socket_stream(connect()), std::move(options)));
    auto& viewer = *viewers.back();
    heard.emplace_back();
    viewer.on_event = [this, index = heard.size() - 1](const rfb::ClientEvent& event) {
      heard[index].push_back(event);
    };
    return viewer;
  }
  // Connects a viewer that keeps what it hears, and waits for its first picture.
  testing::TestViewer& join(std::vector<std::int32_t> encodings, bool is_shared = true,
                            const std::string& password = "") {
    auto& viewer = begin({password, std::move(encodings), {}, true, is_shared});
    EXPECT_TRUE(run_until([&] { return viewer.updates() > 0; }));
    return viewer;
  }
  // Connects a viewer with this password: "" when it was let in, else why not.
  std::string try_password(const char* password) {
    auto& viewer = begin({password});
    EXPECT_TRUE(run_until([&] { return viewer.updates() > 0 || viewer.is_ended(); }));
    return viewer.is_ended() ? viewer.end()->message : "";
  }
  bool run_until(const std::function<bool()>& is_true, Duration patience = 10s) {
    for (const auto end = Clock::now() + patience; !is_true();) {
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

config::Settings guarded_settings() {
  auto settings = loopback_settings();
  settings.password = config::Secret("geheim");
  settings.view_password = config::Secret("schauen");
  return settings;
}

TEST(Server, DoesNotForgetWrongPasswordsForTheViewOnlyOne) {
  Running running(guarded_settings());
  for (int i = 0; i <= net::Lockout::kFreeFailures; ++i) {
    EXPECT_EQ(running.try_password("schauen"), "");
    EXPECT_EQ(running.try_password("falsch"),
              "the server refused the password: Authentication failed");
  }
  const auto locked = [&] {
    return running.server.lockout().locked_until("127.0.0.1:1") > Clock::now();
  };
  EXPECT_TRUE(locked());
  EXPECT_EQ(running.try_password("schauen"),
            "the server refused: too many wrong passwords from this address: wait 1 s");
  ASSERT_TRUE(running.run_until([&] { return !locked(); }));
  EXPECT_EQ(running.try_password("geheim"), "");
  EXPECT_EQ(running.server.lockout().locked_until("127.0.0.1:1"), TimePoint{});
}

TEST(Server, JudgesNoMoreAnswersThanItAllowsHoweverManyCameToTheDoorBefore) {
  Running running(guarded_settings());
  std::vector<boost::asio::ip::tcp::socket> sockets;
  for (int i = 0; i < 20; ++i) {
    sockets.push_back(running.connect());
    boost::asio::write(sockets.back(), boost::asio::buffer("RFB 003.008\n\2", 13));
  }
  const auto all_have = [&](std::size_t bytes) {
    return running.run_until([&] {
      return std::ranges::all_of(sockets,
                                 [&](auto& socket) { return socket.available() >= bytes; });
    });
  };
  constexpr std::size_t kGreeting = 12 + 3 + 16, kFailed = 4 + 4 + 21;
  ASSERT_TRUE(all_have(kGreeting));
  for (auto& socket : sockets) boost::asio::write(socket, boost::asio::buffer(Bytes(16, 7)));
  ASSERT_TRUE(all_have(kGreeting + kFailed));
  int judged = 0, kept_out = 0;
  for (auto& socket : sockets) {
    Bytes heard(socket.available());
    boost::asio::read(socket, boost::asio::buffer(heard));
    judged += as_text(heard).ends_with("Authentication failed");
    kept_out += as_text(heard).ends_with("too many wrong passwords from this address: wait 1 s");
  }
  EXPECT_EQ(judged, net::Lockout::kFreeFailures + 1);
  EXPECT_EQ(kept_out, 20 - judged);
}

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

TEST(Server, LetsAViewerThatAsksToBeAloneDisconnectOthersWhereThatIsAllowed) {
  auto settings = loopback_settings();
  settings.disconnect_others = true;
  Running running(settings);
  auto& first = running.join({16});
  auto& second = running.join({0});
  auto& alone = running.join({16}, false);
  EXPECT_TRUE(running.run_until([&] { return first.is_ended() && second.is_ended(); }));
  EXPECT_FALSE(alone.is_ended());
  running.desktop.fill({0, 0, 10, 10}, 0x112233);
  EXPECT_TRUE(running.run_until([&] { return alone.frame() == running.desktop.frame(); }));
  const auto told = [](const HappenedEvent& event) {
    const auto* left = std::get_if<ViewerLeft>(&event);
    return left != nullptr && left->reason == "another viewer asked to be alone (the shared flag)";
  };
  EXPECT_TRUE(running.run_until([&] { return std::ranges::count_if(running.events, told) == 2; }));
}

TEST(Server, LetsNoViewerThatMayOnlyLookDisconnectOthers) {
  auto settings = loopback_settings();
  settings.disconnect_others = true;
  settings.password = config::Secret("act");
  settings.view_password = config::Secret("look");
  Running running(settings);
  auto& actor = running.join({16}, true, "act");
  running.join({16}, false, "look");
  EXPECT_FALSE(actor.is_ended());
  auto& alone = running.join({16}, false, "act");
  EXPECT_TRUE(running.run_until([&] { return actor.is_ended(); }));
  EXPECT_FALSE(alone.is_ended());
}

TEST(Server, LeavesOthersAloneOtherwiseWhateverTheSharedFlagSays) {
  Running running;
  auto& first = running.join({16});
  auto& second = running.join({16}, false);
  running.desktop.fill({0, 0, 10, 10}, 0x112233);
  EXPECT_TRUE(running.run_until([&] {
    return first.frame() == running.desktop.frame() && second.frame() == running.desktop.frame();
  }));
  EXPECT_FALSE(first.is_ended());
}

TEST(Server, RingsForViewersThatCannotBeToldByTheTitle) {
  Running running;
  running.join({16});
  running.join({16, rfb::kPseudoDesktopName});
  running.desktop.lose({ErrorCode::kClosed, "the X server has gone"});
  EXPECT_TRUE(running.hears(0, rfb::Bell{}));
  ASSERT_TRUE(running.run_until([&] {
    return std::ranges::any_of(running.heard[1], [](const auto& event) {
      return std::holds_alternative<rfb::Renamed>(event);
    });
  }));
  EXPECT_EQ(std::ranges::count(running.heard[1], rfb::ClientEvent{rfb::Bell{}}), 0);
}

// A viewer that hears the lights of the keyboard in the form of `encoding`: what it hears when they
// change to `leds`.
Bytes hear_leds(std::int32_t encoding, std::uint8_t leds) {
  Running running;
  const auto address = running.server.vnc_address();
  boost::asio::ip::tcp::socket viewer(running.io);
  viewer.connect({boost::asio::ip::address_v4::loopback(),
                  static_cast<std::uint16_t>(std::atoi(address.c_str() + address.rfind(':') + 1))});
  Bytes said;
  ByteWriter writer(said);
  writer.bytes(as_bytes("RFB 003.008\n")).u8(1).u8(1);
  rfb::write_client_message(rfb::SetEncodings{{0, encoding}}, writer);
  rfb::write_client_message(rfb::UpdateRequest{true, {0, 0, 100, 80}}, writer);
  boost::asio::write(viewer, boost::asio::buffer(said));
  const auto hear = [&] {
    run(running.io);
    Bytes heard(viewer.available());
    boost::asio::read(viewer, boost::asio::buffer(heard));
    return heard;
  };
  hear();
  said.clear();
  rfb::write_client_message(rfb::UpdateRequest{true, {0, 0, 100, 80}}, writer);
  for (int i = 0; i < 2; ++i) {  // the lights of the start, the picture; one request stays open
    boost::asio::write(viewer, boost::asio::buffer(said));
    hear();
  }
  running.desktop.set_leds(leds);
  auto heard = hear();
  viewer.close();
  run(running.io);
  return heard;
}

TEST(Server, TellsTheLightsOfTheKeyboardInTheFormOfQemu) {
  const Bytes update{0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xfe, 0xfb, 5};
  EXPECT_EQ(hear_leds(rfb::kPseudoQemuLedState, desktop::kLedScrollLock | desktop::kLedCapsLock),
            update);
}

TEST(Server, TellsTheLightsOfTheKeyboardInTheFormOfVmware) {
  const Bytes update{0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0x57, 0x4d, 0x56, 0x68, 0, 0, 0, 2};
  EXPECT_EQ(hear_leds(rfb::kPseudoVmwareLedState, desktop::kLedNumLock), update);
}

TEST(Server, ClicksWhereTheClickerIsAfterAnotherViewerMoved) {
  Running running;
  auto& mover = running.join({16});
  auto& clicker = running.join({16});
  const auto inputs = [&](std::size_t count) {
    EXPECT_TRUE(running.run_until([&] { return running.desktop.input_log.size() >= count; }));
  };
  clicker.say(rfb::PointerEvent{0, {40, 40}});
  inputs(2);
  mover.say(rfb::PointerEvent{0, {10, 10}});
  inputs(4);
  clicker.say(rfb::PointerEvent{1, {40, 40}});
  inputs(6);
  clicker.say(rfb::PointerEvent{0, {40, 40}});
  inputs(8);
  EXPECT_EQ(running.desktop.input_log,
            (std::vector<std::string>{"pointer 40,40 0", "flush", "pointer 10,10 0", "flush",
                                      "pointer 40,40 1", "flush", "pointer 40,40 0", "flush"}));
}

TEST(Server, AnswersManyRequestsThatCameTogetherWithOneUpdate) {
  Running running;
  auto& viewer = running.join({0});
  running.run_until([] { return false; }, 50ms);
  const auto before = running.server.metrics().framebuffer_updates_total().value();
  for (int i = 0; i < 200; ++i) viewer.request(true, {0, 0, 100, 80});
  running.run_until([] { return false; }, 50ms);
  running.desktop.fill({0, 0, 10, 10}, 0x445566);
  EXPECT_TRUE(running.run_until([&] { return viewer.frame() == running.desktop.frame(); }));
  running.run_until([] { return false; }, 50ms);
  EXPECT_EQ(running.server.metrics().framebuffer_updates_total().value() - before, 1);
}

TEST(Server, RefusesMoreConnectionsOfOneAddressThanItMayHave) {
  auto settings = loopback_settings();
  settings.max_connections_per_address = 2;
  Running running(settings);
  running.join({16});
  running.join({16});
  const auto address = running.server.vnc_address();
  boost::asio::ip::tcp::socket third(running.io);
  third.connect({boost::asio::ip::address_v4::loopback(),
                 static_cast<std::uint16_t>(std::atoi(address.c_str() + address.rfind(':') + 1))});
  run(running.io);
  Bytes byte(1);
  boost::system::error_code end;
  boost::asio::read(third, boost::asio::buffer(byte), end);
  EXPECT_EQ(end, boost::asio::error::eof);
  EXPECT_EQ(running.server.metrics().connections_failed_total().value(), 1);
}

// One viewer that has control and holds a key and a button of the pointer.
struct Controlled : Running {
  static config::Settings single() {
    auto settings = loopback_settings();
    settings.is_control_single = true;
    return settings;
  }
  Controlled() : Running(single()) {
    owner().say(rfb::KeyEvent{true, 0xffe3});
    owner().say(rfb::PointerEvent{1, {5, 6}});
    EXPECT_TRUE(gets("pointer 5,6 1"));
  }
  testing::TestViewer& owner() { return viewers.empty() ? join({16}) : *viewers.front(); }
  bool gets(const std::string& input) {
    return run_until([&] { return std::ranges::count(desktop.input_log, input) > 0; });
  }
};

TEST(Server, LetsGoOfWhatAViewerHoldsBeforeAnotherThatIsGivenControlActs) {
  Controlled running;
  auto& other = running.join({16});
  running.server.give_control(2);
  EXPECT_TRUE(running.gets("up 65507"));
  EXPECT_TRUE(running.gets("pointer 5,6 0"));
  running.owner().say(rfb::KeyEvent{false, 0xffe3});
  other.say(rfb::KeyEvent{true, 'c'});
  ASSERT_TRUE(running.gets("down 99"));
  EXPECT_EQ(std::ranges::count(running.desktop.input_log, "up 65507"), 1);
}

TEST(Server, LetsGoOfWhatAViewerHoldsWhenItGivesControlBack) {
  Controlled running;
  running.server.release_control(1);
  EXPECT_TRUE(running.gets("up 65507"));
  EXPECT_TRUE(running.gets("pointer 5,6 0"));
}

TEST(Server, LetsGoOfWhatAnIdleViewerHoldsWhenAProgramTakesControl) {
  auto settings = Controlled::single();
  settings.control_idle_s = 0;  // idle at once
  Running running(settings);
  running.join({16}).say(rfb::KeyEvent{true, 0xffe3});
  ASSERT_TRUE(running.run_until(
      [&] { return std::ranges::count(running.desktop.input_log, "down 65507") == 1; }));
  EXPECT_TRUE(running.server.may_act(running.server.new_id()));
  EXPECT_EQ(std::ranges::count(running.desktop.input_log, "up 65507"), 1);
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
