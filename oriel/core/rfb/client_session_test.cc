// What a ClientSession makes of the messages of servers, odd and hostile ones too. Its handshakes
// are in client_security_test.cc, and what our own server says to it in server_session_test.cc.

#include "oriel/core/rfb/client_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "oriel/base/byte_writer.h"
#include "oriel/core/rfb/constants.h"

namespace oriel::rfb {
namespace {

using ::testing::HasSubstr;

const TimePoint kStart{};

Bytes take_output(Session& session) {
  Bytes all;
  ByteSpan piece[1];
  while (session.output().gather(piece) > 0) {
    all.insert(all.end(), piece[0].begin(), piece[0].end());
    session.output().consume(piece[0].size());
  }
  return all;
}

Bytes bytes_of(const std::function<void(ByteWriter&)>& write) {
  Bytes bytes;
  ByteWriter writer(bytes);
  write(writer);
  return bytes;
}

Bytes server_init(int width, int height, const image::PixelFormat& format,
                  std::string_view name = "desk") {
  return bytes_of([&](ByteWriter& writer) {
    writer.u16(static_cast<std::uint16_t>(width)).u16(static_cast<std::uint16_t>(height));
    image::write_pixel_format(format, writer);
    writer.u32(static_cast<std::uint32_t>(name.size())).bytes(as_bytes(name));
  });
}

// A client that has been let in without a password.
struct Client {
  explicit Client(Bytes init = server_init(16, 8, image::kBgrx), std::size_t step_bytes = 1000)
      : step(step_bytes) {
    feed(as_bytes("RFB 003.008\n"));
    feed(Bytes{1, 1});
    feed(Bytes{0, 0, 0, 0});
    feed(init);
    greeting = session.take_events();
    said = take_output(session);
  }
  void feed(ByteSpan bytes) {
    for (std::size_t at = 0; at < bytes.size() && !error; at += step) {
      const auto piece = bytes.subspan(at, std::min(step, bytes.size() - at));
      pending.insert(pending.end(), piece.begin(), piece.end());
      for (bool is_turn = true; is_turn; ++turns) {
        const auto need = session.receive(pending, kStart);
        if (!need) {
          error = need.error();
          return;
        }
        pending.erase(pending.begin(),
                      pending.begin() + static_cast<std::ptrdiff_t>(need->consumed));
        is_turn = need->ends_turn;
      }
    }
  }

  ClientSession session{{}, kStart};
  std::size_t step;
  Bytes pending;
  std::optional<Error> error;
  std::vector<ClientEvent> greeting;
  Bytes said;
  std::size_t turns = 0;
};

Bytes update(int rectangles) {
  return bytes_of([&](ByteWriter& writer) {
    writer.u8(kFramebufferUpdate).u8(0).u16(static_cast<std::uint16_t>(rectangles));
  });
}
Bytes rectangle(const image::Rect& rect, std::int32_t encoding, const Bytes& body = {}) {
  return bytes_of([&](ByteWriter& writer) {
    for (const int value : {rect.x, rect.y, rect.width, rect.height})
      writer.u16(static_cast<std::uint16_t>(value));
    writer.s32(encoding).bytes(body);
  });
}
Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

const Bytes kBell1{kBell};
const Bytes kPixel{0x11, 0x22, 0x33, 0x44};  // blue, green, red, pad

struct Case {
  std::string_view test_name;
  Bytes said;
  std::vector<ClientEvent> events;
};

std::vector<Case> cases() {
  const auto raw = rectangle({3, 2, 1, 1}, 0, kPixel);
  const auto raw_event = Updated{{{3, 2, 1, 1}}};
  const Bytes screen =
      bytes_of([](ByteWriter& w) { w.u8(1).zeros(3).u32(7).u16(0).u16(0).u16(4).u16(4).u32(0); });
  return {
      {"LastRect", update(65535) + raw + rectangle({}, kPseudoLastRect), {raw_event}},
      {"LastRectAtOnce", update(65535) + rectangle({}, kPseudoLastRect), {Updated{}}},
      {"LastRectBeforeItsTime", update(9) + raw + rectangle({}, kPseudoLastRect), {raw_event}},
      {"LastRectAsTheLastOfTheCount",
       update(2) + raw + rectangle({}, kPseudoLastRect),
       {raw_event}},
      {"LedsOfQemu",
       update(1) + rectangle({}, kPseudoQemuLedState, {5}),
       {LedStateCame{5, kPseudoQemuLedState}, Updated{}}},
      {"LedsOfVmware",
       update(1) + rectangle({}, kPseudoVmwareLedState, {0, 0, 0, 2}),
       {LedStateCame{2, kPseudoVmwareLedState}, Updated{}}},
      {"QemuKeys",
       update(1) + rectangle({}, kPseudoQemuExtendedKey),
       {Confirmed{kPseudoQemuExtendedKey}, Updated{}}},
      {"QemuSoundKnown",
       update(1) + rectangle({}, kPseudoQemuAudio),
       {Confirmed{kPseudoQemuAudio}, Updated{}}},
      {"Xvp", {kXvp, 0, 1, 1}, {}},
      {"GiiOfBigEnd", {kGii, 0x81, 0, 3, 1, 2, 3}, {}},
      {"GiiOfLittleEnd", {kGii, 0x01, 3, 0, 1, 2, 3}, {}},
      {"GiiOfNothing", {kGii, 0x81, 0, 0}, {}},
      {"QemuSoundBegins", {kQemu, 1, 0, 1}, {}},
      {"QemuSound", {kQemu, 1, 0, 2, 0, 0, 0, 3, 9, 9, 9}, {}},
      {"ColourMap", {kSetColourMapEntries, 0, 0, 5, 0, 1, 1, 2, 3, 4, 5, 6}, {}},
      {"DesktopSize",
       update(1) + rectangle({0, 0, 4, 4}, kPseudoDesktopSize),
       {Resized{{4, 4}, kResizedByServer, kResizeDone}, Updated{}}},
      {"ResizeBetweenPixels",
       update(3) + raw + rectangle({1, 0, 4, 4}, kPseudoExtendedDesktopSize, screen) +
           rectangle({0, 0, 1, 1}, 0, kPixel),
       {Resized{{4, 4}, kResizedByThisClient, kResizeDone}, Updated{{{0, 0, 1, 1}}}}},
      {"ResizeRefused",
       update(1) + rectangle({1, kResizeProhibited, 4, 4}, kPseudoExtendedDesktopSize, screen),
       {Resized{{16, 8}, kResizedByThisClient, kResizeProhibited}, Updated{}}},
      {"Name",
       update(1) + rectangle({}, kPseudoDesktopName, {0, 0, 0, 2, 'a', 'b'}),
       {Renamed{"ab"}, Updated{}}},
      {"EndOfContinuousUpdates", {kEndOfContinuousUpdates}, {ContinuousUpdatesEnded{}}},
      // Bodies of nothing are lengths where the encoding has one.
      {"EmptyRaw", update(1) + rectangle({16, 8, 0, 0}, 0), {Updated{{{16, 8, 0, 0}}}}},
      {"EmptyCopyRect", update(1) + rectangle({}, 1, {0, 0, 0, 0}), {Updated{{{}}}}},
      {"EmptyHextile", update(1) + rectangle({}, 5), {Updated{{{}}}}},
      {"EmptyRre", update(1) + rectangle({}, 2, {0, 0, 0, 0, 0, 0, 0, 0}), {Updated{{{}}}}},
      {"EmptyZlib", update(1) + rectangle({}, 6, {0, 0, 0, 0}), {Updated{{{}}}}},
      {"EmptyZrle", update(1) + rectangle({}, 16, {0, 0, 0, 0}), {Updated{{{}}}}},
      {"NarrowZrle",
       update(1) + rectangle({0, 0, 0, 8}, 16, {0, 0, 0, 2, 0x78, 1}),
       {Updated{{{0, 0, 0, 8}}}}},
  };
}

class EveryMessage : public ::testing::TestWithParam<Case> {};

// A bell behind it shows that nothing was left over and nothing taken too much.
TEST_P(EveryMessage, IsUnderstoodAtEverySplit) {
  auto events = GetParam().events;
  events.push_back(Bell{});
  for (std::size_t step = 1; step < 50; ++step) {
    Client client(server_init(16, 8, image::kBgrx), step);
    client.feed(GetParam().said + kBell1);
    ASSERT_FALSE(client.error) << client.error->message;
    EXPECT_EQ(client.session.take_events(), events) << "step " << step;
    EXPECT_TRUE(client.pending.empty());
  }
}

INSTANTIATE_TEST_SUITE_P(Messages, EveryMessage, ::testing::ValuesIn(cases()),
                         [](const auto& row) { return std::string(row.param.test_name); });

struct BadCase {
  std::string_view test_name;
  Bytes said;
  ErrorCode code;
  std::string_view message;
};

std::vector<BadCase> bad_cases() {
  return {
      {"UnknownMessage",
       {77},
       ErrorCode::kInvalid,
       "a server message of type 77, which is not known, behind ServerInit"},
      {"UnknownMessageBehindAnother",
       {kBell, 77},
       ErrorCode::kInvalid,
       "a server message of type 77, which is not known, behind a message of type 2"},
      {"UnknownOfQemu", {kQemu, 9}, ErrorCode::kInvalid, "a server message of type 255"},
      {"UnknownEncoding", update(1) + rectangle({}, 1234), ErrorCode::kUnsupported,
       "encoding 1234 was never asked for"},
      {"Outside", update(1) + rectangle({15, 0, 2, 1}, 0), ErrorCode::kInvalid,
       "rectangle 2x1 at 15,0: outside the desktop of 16x8"},
      {"OutsideAfterAResize",
       update(2) + rectangle({0, 0, 4, 4}, kPseudoDesktopSize) + rectangle({0, 0, 16, 8}, 0),
       ErrorCode::kInvalid, "outside the desktop of 4x4"},
      {"ResizedToNothing", update(1) + rectangle({0, 0, 0, 4}, kPseudoDesktopSize),
       ErrorCode::kTooLarge, "a desktop of 0x4"},
      {"ResizedToTooMuch", update(1) + rectangle({0, 0, 65535, 65535}, kPseudoDesktopSize),
       ErrorCode::kTooLarge, "a desktop of 65535x65535"},
      {"ResizedToTooManyPixels", update(1) + rectangle({0, 0, 16384, 16384}, kPseudoDesktopSize),
       ErrorCode::kTooLarge, "a desktop of 16384x16384, at most 67108864 pixels"},
      {"FenceTooLong",
       {kFence, 0, 0, 0, 0, 0, 0, 0, 65},
       ErrorCode::kTooLarge,
       "ServerFence: 65 bytes, at most 64"},
      {"NameTooLong", update(1) + rectangle({}, kPseudoDesktopName, {0xff, 0xff, 0xff, 0xff}),
       ErrorCode::kTooLarge, "DesktopName: 4294967295 bytes"},
  };
}

class EveryBadMessage : public ::testing::TestWithParam<BadCase> {};

TEST_P(EveryBadMessage, EndsTheSessionWithItsName) {
  for (const std::size_t step : {1u, 1000u}) {
    Client client(server_init(16, 8, image::kBgrx), step);
    client.feed(GetParam().said);
    ASSERT_TRUE(client.error);
    EXPECT_EQ(client.error->code, GetParam().code);
    EXPECT_THAT(client.error->message, HasSubstr(GetParam().message));
  }
}

INSTANTIATE_TEST_SUITE_P(Messages, EveryBadMessage, ::testing::ValuesIn(bad_cases()),
                         [](const auto& row) { return std::string(row.param.test_name); });

TEST(ClientSession, RefusesADesktopOfNothingAndANameWithoutEnd) {
  Client nothing(server_init(0, 0, image::kBgrx));
  ASSERT_TRUE(nothing.error);
  EXPECT_THAT(nothing.error->message, HasSubstr("ServerInit: a desktop of 0x0"));
  Client endless(server_init(16, 8, image::kBgrx, std::string(4097, 'x')));
  ASSERT_TRUE(endless.error);
  EXPECT_THAT(endless.error->message, HasSubstr("a name of 4097 bytes, at most 4096"));
  Client long_enough(server_init(16, 8, image::kBgrx, std::string(4096, 'x')));
  EXPECT_TRUE(long_enough.session.is_connected());
}

// Of a server that never heard of UTF-8.
TEST(ClientSession, TakesANameThatIsNoUtf8ForLatin1) {
  Client client(server_init(16, 8, image::kBgrx, "caf\xe9"));
  EXPECT_EQ(client.greeting,
            (std::vector<ClientEvent>{Connected{{16, 8}, image::kBgrx, "caf\u00e9"}}));
}

// Old servers speak in 4 or 24 bits, or in a map of 16 colours; ours they all can send.
TEST(ClientSession, AsksForItsOwnPixelsWhereItDoesNotUnderstandTheServers) {
  const image::PixelFormat odd{24, 24, false, true, 255, 255, 255, 16, 8, 0};
  Client client(server_init(16, 8, odd));
  ASSERT_TRUE(client.session.is_connected());
  EXPECT_EQ(client.greeting, (std::vector<ClientEvent>{Connected{{16, 8}, odd, "desk"}}));
  const auto asked = bytes_of(
      [](ByteWriter& writer) { write_client_message(SetPixelFormat{image::kBgrx}, writer); });
  EXPECT_TRUE(std::ranges::equal(ByteSpan(client.said).last(20), asked));
  client.feed(update(1) + rectangle({3, 2, 1, 1}, 0, kPixel));
  EXPECT_EQ(client.session.frame().at(3, 2), 0x332211u);
  Client plain;
  EXPECT_EQ(plain.said.size(), 12u + 1 + 1) << "version, choice and ClientInit";
}

// Servers send all of a screen as one; it need not be in memory twice.
TEST(ClientSession, TakesALargeRawRectangleInParts) {
  constexpr image::Size kSize{700, 500};
  Bytes pixels(static_cast<std::size_t>(kSize.area()) * 4);
  for (std::size_t i = 0; i < pixels.size(); ++i)
    pixels[i] = i % 4 == 3 ? 0 : static_cast<std::uint8_t>(i / 7);
  Client client(server_init(700, 500, image::kBgrx), 10'000);
  std::size_t most_pending = 0;
  const auto said = update(1) + rectangle(image::Rect::of(kSize), 0, pixels);
  for (std::size_t at = 0; at < said.size(); at += 10'000) {
    client.feed(ByteSpan(said).subspan(at, std::min<std::size_t>(10'000, said.size() - at)));
    most_pending = std::max(most_pending, client.pending.size());
  }
  EXPECT_LT(most_pending, 300'000u);
  const auto events = client.session.take_events();
  ASSERT_EQ(events.size(), 1u);
  int below = 0;
  for (const auto& rect : std::get<Updated>(events[0]).rects) {
    EXPECT_EQ(rect, (image::Rect{0, below, 700, rect.height}));
    below = rect.bottom();
  }
  EXPECT_EQ(below, 500);
  EXPECT_EQ(std::memcmp(client.session.frame().view().data, pixels.data(), pixels.size()), 0);
  EXPECT_EQ(client.session.rectangles_by_encoding().at(0), 1u);
  client.feed(Bytes{kBell});
  EXPECT_EQ(client.session.take_events(), std::vector<ClientEvent>{Bell{}});
}

// Each of them makes a new picture: timers and others have to get their turn between.
TEST(ClientSession, EndsItsTurnAtEveryNewSizeAndAfterManyEvents) {
  Client client(server_init(16, 8, image::kBgrx), 100'000);
  Bytes said;
  for (int i = 0; i < 10; ++i)
    said = std::move(said) + update(1) + rectangle({0, 0, 20 + i % 2, 20}, kPseudoDesktopSize);
  client.turns = 0;
  client.feed(said);
  EXPECT_EQ(client.turns, 11u);
  client.session.take_events();
  client.turns = 0;
  client.feed(Bytes(1000, kBell));
  EXPECT_GT(client.turns, 2u);
  EXPECT_EQ(client.session.take_events().size(), 1000u);
}

// Bit 7 of the mask is the eighth button before, and the sign of a second byte behind it.
TEST(ClientSession, SaysNineButtonsOnceTheServerKnowsThem) {
  Client client;
  client.session.say(PointerEvent{0x80, {1, 2}});
  EXPECT_EQ(take_output(client.session), (Bytes{kPointerEvent, 0x80, 0, 1, 0, 2}));
  client.feed(update(1) + rectangle({}, kPseudoExtendedMouseButtons));
  client.session.say(PointerEvent{0x100, {1, 2}});
  EXPECT_EQ(take_output(client.session).size(), 7u);
}

}  // namespace
}  // namespace oriel::rfb
