#include "oriel/core/rfb/server_session.h"

#include <gtest/gtest.h>

#include <cstring>

#include "oriel/core/rfb/client_session.h"
#include "oriel/core/rfb/constants.h"
#include "oriel/core/rfb/server_message.h"
#include "oriel/testing/random_picture.h"

namespace oriel::rfb {
namespace {

using image::Rect;

const TimePoint kStart{};

ServerSessionConfig server_config(std::string password = "") {
  return {"a desktop", {320, 200}, {std::move(password), "", {1, 2, 3, 4}}, {}};
}

Bytes take_output(Session& session) {
  Bytes all;
  ByteSpan spans[8];
  while (auto count = session.output().gather(spans)) {
    std::size_t size = 0;
    for (std::size_t i = 0; i < count; ++i) {
      all.insert(all.end(), spans[i].begin(), spans[i].end());
      size += spans[i].size();
    }
    session.output().consume(size);
  }
  return all;
}

Bytes bytes_of(const ClientMessage& message) {
  Bytes bytes;
  ByteWriter writer(bytes);
  write_client_message(message, writer);
  return bytes;
}

// A session with the bytes it has not consumed yet, fed as a driver would.
struct Fed {
  Session& session;
  Bytes pending;
  std::size_t wanted = 1;

  Status feed(ByteSpan bytes) {
    pending.insert(pending.end(), bytes.begin(), bytes.end());
    if (pending.size() < wanted) return {};
    ORIEL_TRY(auto need, session.receive(pending, kStart));
    pending.erase(pending.begin(), pending.begin() + static_cast<std::ptrdiff_t>(need.consumed));
    EXPECT_GT(need.wanted, pending.size());
    wanted = need.wanted;
    return {};
  }
};

// Both sides in memory, everything cut into pieces of `step` bytes.
struct Conversation {
  explicit Conversation(std::string server_password = "", std::string client_password = "",
                        std::size_t step_bytes = 1000)
      : server(server_config(std::move(server_password)), kStart),
        client({{std::move(client_password)}, true, {}}, kStart),
        step(step_bytes) {}

  // Until both are silent; the first error of each side is kept.
  void run() {
    for (bool is_moving = true; is_moving;) {
      is_moving = pass(server, to_client, client_error);
      is_moving = pass(client, to_server, server_error) || is_moving;
    }
  }

  bool pass(Session& from, Fed& to, std::optional<Error>& error) {
    const auto bytes = take_output(from);
    for (std::size_t at = 0; at < bytes.size() && !error; at += step)
      if (auto status = to.feed(ByteSpan(bytes).subspan(at, std::min(step, bytes.size() - at)));
          !status)
        error = status.error();
    return !bytes.empty();
  }

  // Sends `frame`'s `rect` in `encoding` as one update.
  void send(const image::Frame& frame, const Rect& rect, const codec::Encoding& encoding,
            const image::PixelFormat& format = image::kBgrx) {
    Bytes payload;
    encoding.make_encoder()->encode(frame.view().crop(rect), format, payload);
    if (!server.is_update_open()) server.begin_update(1);
    server.add_rectangle(rect, encoding, std::make_shared<const Bytes>(std::move(payload)));
  }

  ServerSession server;
  ClientSession client;
  std::size_t step;
  Fed to_server{server, {}};
  Fed to_client{client, {}};
  std::optional<Error> server_error, client_error;
};

TEST(ServerSession, MeetsAClientAtEverySplit) {
  for (std::size_t step = 1; step < 40; ++step) {
    for (const char* password : {"", "geheim"}) {
      Conversation talk(password, password, step);
      talk.run();
      ASSERT_TRUE(talk.server.is_joined()) << "step " << step;
      EXPECT_EQ(talk.server.take_events(), (std::vector<ServerEvent>{Joined{true}}));
      EXPECT_EQ(talk.client.take_events(),
                (std::vector<ClientEvent>{Connected{{320, 200}, image::kBgrx, "a desktop"}}));
    }
  }
}

TEST(ServerSession, TellsARefusedClientWhy) {
  Conversation talk("geheim", "falsch");
  talk.run();
  ASSERT_TRUE(talk.server_error && talk.client_error);
  EXPECT_EQ(talk.server_error->code, ErrorCode::kRefused);
  EXPECT_TRUE(talk.server.is_refused());
  EXPECT_EQ(talk.client_error->message, "the server refused the password: Authentication failed");
}

// What the bytes are in each version (RFC 6143, 7.1.2, 7.1.3 and appendix A), without and with a
// password.
TEST(ServerSession, SpeaksEachVersionToTheByte) {
  struct Row {
    const char* version;
    const char* password;
    std::string expected;  // behind the server's version line
  };
  const std::string challenge =
      "010203040000000000000000000000"
      "00";
  for (const auto& [version, password, expected] : std::vector<Row>{
           {"RFB 003.003\n", "", "00000001"},
           {"RFB 003.003\n", "x", "00000002" + challenge},
           {"RFB 003.007\n", "", "020110"},
           {"RFB 003.008\n", "",
            "020110"
            "00000000"},
           {"RFB 003.008\n", "x", "020210" + challenge},
       }) {
    ServerSession session(server_config(password), kStart);
    take_output(session);
    Bytes hello(as_bytes(version).begin(), as_bytes(version).end());
    if (version[10] != '3') hello.push_back(*password == 0 ? 1 : 2);
    ASSERT_TRUE(session.receive(hello, kStart));
    std::string hex;
    for (auto byte : take_output(session))
      hex += "0123456789abcdef"[byte >> 4], hex += "0123456789abcdef"[byte & 15];
    EXPECT_EQ(hex, expected) << version << password;
  }
}

TEST(ServerSession, AcceptsOnlyATypeThatItOffered) {
  for (const char* password : {"", "geheim"}) {
    ServerSession session(server_config(password), kStart);
    ASSERT_TRUE(session.receive(as_bytes("RFB 003.008\n"), kStart));
    const std::uint8_t choice = *password == 0 ? 2 : 1;
    auto need = session.receive(ByteSpan(&choice, 1), kStart);
    ASSERT_FALSE(need);
    EXPECT_EQ(need.error().message,
              "security type " + std::to_string(choice) + " was chosen but not offered");
    EXPECT_FALSE(session.is_joined());
  }
}

// What a session says to `said` behind its offer of types, until it ends or has read all.
std::string answer_to(ServerSessionConfig config, std::string_view said) {
  ServerSession session(std::move(config), kStart);
  Fed fed{session, {}};
  EXPECT_TRUE(fed.feed(as_bytes(said.substr(0, 12))));
  take_output(session);
  (void)fed.feed(as_bytes(said.substr(12)));
  EXPECT_FALSE(session.is_joined());
  const auto bytes = take_output(session);
  return std::string(as_text(bytes));
}

TEST(ServerSession, SaysWhyWhenATypeIsChosenThatItDidNotOffer) {
  const std::string reason = "security type 1 was chosen but not offered";
  EXPECT_EQ(answer_to(server_config("geheim"), "RFB 003.008\n\x01"),
            std::string("\0\0\0\x01\0\0\0\x2a", 8) + reason);
  EXPECT_EQ(answer_to(server_config("geheim"), "RFB 003.007\n\x01"), "") << "3.7 has no reasons";
}

TEST(ServerSession, SaysWhyWhenTightIsToldAnAuthenticationThatItDidNotOffer) {
  using namespace std::string_view_literals;
  const auto heard = answer_to(server_config("geheim"), "RFB 003.008\n\x10\0\0\0\x81"sv);
  const std::string reason = "Tight security: authentication 129 was chosen but not offered";
  EXPECT_TRUE(heard.ends_with(std::string("\0\0\0\x01\0\0\0", 7) +
                              static_cast<char>(reason.size()) + reason))
      << heard;
}

TEST(ServerSession, AsksWhetherAnAnswerCountsWhenItHasCome) {
  auto config = server_config("geheim");
  int wrong = 0;
  config.was_wrong = [&] { ++wrong; };
  config.refusal_now = [] { return std::string("not now"); };
  for (const char* password : {"geheim", "falsch"}) {
    const auto answer = crypto::des_challenge_response(config.security.challenge, password);
    const auto said = [&](const char* version) {
      return version + std::string("\x02") + std::string(as_text(answer));
    };
    EXPECT_TRUE(answer_to(config, said("RFB 003.008\n"))
                    .ends_with(std::string("\0\0\0\x01\0\0\0\x07not now", 15)))
        << password;
    EXPECT_TRUE(answer_to(config, said("RFB 003.007\n")).ends_with(std::string("\0\0\0\x01", 4)));
  }
  EXPECT_EQ(wrong, 0) << "what does not count is not counted";
}

TEST(ServerSession, GivesTheHandshakeTenSeconds) {
  ServerSession session(server_config(), kStart);
  ASSERT_EQ(session.deadline(), kStart + std::chrono::seconds(10));
  EXPECT_TRUE(session.deadline_passed(kStart + std::chrono::milliseconds(9999)));
  auto passed = session.deadline_passed(kStart + std::chrono::seconds(10));
  ASSERT_FALSE(passed);
  EXPECT_EQ(passed.error().message, "handshake: the protocol version did not come within 10 s");
  Conversation talk;
  talk.run();
  EXPECT_EQ(talk.server.deadline(), std::nullopt);
}

// A session that has joined, of a server that takes `messages_per_s`.
ServerSession joined(int messages_per_s) {
  auto config = server_config();
  config.limits.messages_per_s = messages_per_s;
  ServerSession session(std::move(config), kStart);
  EXPECT_TRUE(session.receive(as_bytes("RFB 003.008\n\1\1"), kStart));
  EXPECT_TRUE(session.is_joined());
  session.take_events();
  return session;
}

TEST(ServerSession, LeavesTheRestUnreadWhileAClientSaysTooMuch) {
  auto session = joined(100);
  Bytes keys;
  ByteWriter writer(keys);
  for (int i = 0; i < 300; ++i) write_client_message(KeyEvent{true, 'a'}, writer);
  const auto first = session.receive(keys, kStart);
  ASSERT_TRUE(first);
  EXPECT_EQ(*first, (Need{100 * 8, 1}));
  EXPECT_EQ(session.take_events().size(), 100u);
  ASSERT_EQ(session.rests_until(), kStart + std::chrono::milliseconds(20));
  EXPECT_EQ(session.receive(ByteSpan(keys).subspan(800), kStart), (Need{0, 1})) << "too early";

  // Whatever the calls: nothing is lost, and all of it comes at the rate.
  auto now = kStart;
  for (ByteSpan rest = ByteSpan(keys).subspan(800); !rest.empty();) {
    now = std::max(now, session.rests_until().value_or(now));
    const auto need = session.receive(rest, now);
    ASSERT_TRUE(need);
    rest = rest.subspan(need->consumed);
  }
  EXPECT_EQ(session.take_events().size(), 200u);
  EXPECT_NEAR(std::chrono::duration<double>(now - kStart).count(), 2, 0.1);
}

TEST(ServerSession, EndsAClientThatFloodsWithoutABreak) {
  auto session = joined(100);
  Bytes keys;
  ByteWriter writer(keys);
  for (int i = 0; i < 20; ++i) write_client_message(KeyEvent{true, 'a'}, writer);
  auto now = kStart;
  Result<Need> need = Need{};
  while (need && now < kStart + std::chrono::seconds(100)) {
    now = std::max(now, session.rests_until().value_or(now));
    need = session.receive(keys, now);
    session.take_events();
  }
  ASSERT_FALSE(need);
  EXPECT_EQ(need.error().message, "more than 100 messages a second for 60 s without a break");
  EXPECT_NEAR(std::chrono::duration<double>(now - kStart).count(), 60, 0.5);
}

TEST(ServerSession, KeepsNoMoreThanAHandfulOfBytesBeforeItHasAuthenticated) {
  // At every step of the handshake what is wanted is a message of a fixed size.
  ServerSession session(server_config("secret"), kStart);
  std::size_t most = 0;
  const std::string said = "RFB 003.008\n\x02sixteen bytes...";
  std::size_t consumed = 0;
  for (std::size_t size = 1; size <= said.size(); ++size) {
    const auto need = session.receive(as_bytes(said).subspan(consumed, size - consumed), kStart);
    if (!need) break;  // the wrong password
    consumed += need->consumed;
    most = std::max(most, need->wanted);
  }
  EXPECT_EQ(most, 16u);
  EXPECT_TRUE(session.is_refused());
}

TEST(ServerSession, SendsEveryEncodingToADecodedFrame) {
  Conversation talk;
  talk.run();
  talk.client.take_events();
  std::uint64_t round = 0;
  const std::vector<Rect> parts{{0, 0, 128, 100},   {128, 0, 128, 100},   {256, 0, 64, 100},
                                {0, 100, 128, 100}, {128, 100, 128, 100}, {256, 100, 64, 100}};
  for (const auto& encoding : codec::encoding_table()) {
    if (!encoding.can_encode()) continue;
    for (std::size_t step : {1u, 7u, 4096u}) {
      talk.step = step;
      image::Frame next =
          testing::make_picture(testing::kAllPictureKinds[round++ % 8], {320, 200}, 9);
      talk.server.begin_update(static_cast<int>(parts.size()));
      for (const auto& part : parts) talk.send(next, part, encoding);
      talk.run();
      ASSERT_FALSE(talk.client_error) << talk.client_error->message;
      EXPECT_EQ(talk.client.take_events(), (std::vector<ClientEvent>{Updated{parts}}));
      EXPECT_EQ(talk.client.frame(), next) << encoding.name << " in steps of " << step;
    }
  }
  EXPECT_EQ(talk.server.stats().updates, round);
  EXPECT_EQ(talk.server.stats().encodings.at("zrle").rectangles, 3 * parts.size());
  EXPECT_EQ(talk.server.stats().encodings.at("raw").pixels, 3u * 320 * 200);
}

TEST(ServerSession, SendsTheColourMapBeforeTheUpdateThatNeedsIt) {
  const image::PixelFormat mapped{8, 8, false, false, 0, 0, 0, 0, 0, 0};
  const auto& raw = *codec::find_encoding(0);
  Conversation talk;
  talk.run();
  const image::Frame frame({320, 200}, 0x336699);
  talk.server.begin_update(2);
  talk.send(frame, {0, 0, 10, 10}, raw);
  ASSERT_TRUE(talk.to_server.feed(bytes_of(SetPixelFormat{mapped})));
  talk.send(frame, {10, 0, 10, 10}, raw);  // as the update was begun
  talk.run();
  ASSERT_FALSE(talk.client_error) << talk.client_error->message;
  EXPECT_EQ(talk.client.frame().at(19, 9), 0x336699u);

  for (int round = 0; round < 2; ++round) {
    talk.client.say(SetPixelFormat{mapped});
    talk.client.say(SetPixelFormat{mapped});
    talk.run();
    talk.send(frame, {0, round, 320, 1}, raw, mapped);
    talk.send(frame, {0, 5, 320, 1}, raw, mapped);
    auto bytes = take_output(talk.server);
    EXPECT_EQ(bytes.size(), 6u + 256 * 6 + 2 * (4 + 12 + 320)) << "the map once, then two updates";
    ASSERT_TRUE(talk.to_client.feed(bytes));
    EXPECT_EQ(talk.client.frame().at(319, round), 0x336699u);
  }

  talk.client.say(SetPixelFormat{image::kBgrx});
  talk.run();
  talk.send(frame, {0, 0, 1, 1}, raw);
  EXPECT_EQ(take_output(talk.server).size(), 4u + 12 + 4) << "no map for true colour";
}

TEST(ClientSession, RefusesPixelsOfAColourMapThatItDoesNotKnow) {
  const image::PixelFormat mapped{8, 8, false, false, 0, 0, 0, 0, 0, 0};
  Conversation talk;
  talk.run();
  talk.client.say(SetPixelFormat{mapped});
  auto status = talk.to_client.feed(
      Bytes{kSetColourMapEntries, 0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6,  // one entry only
            kFramebufferUpdate,   0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 7});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kUnsupported);
}

TEST(ClientSession, CopiesInsideItsFrame) {
  Conversation talk;
  talk.run();
  const auto picture = testing::make_picture(testing::PictureKind::kNoise, {320, 200}, 5);
  talk.send(picture, {0, 0, 320, 200}, *codec::find_encoding(0));
  talk.run();
  ASSERT_TRUE(talk.to_client.feed(
      Bytes{kFramebufferUpdate, 0, 0, 1, 0, 10, 0, 20, 0, 30, 0, 40, 0, 0, 0, 1, 0, 100, 0, 150}));
  EXPECT_EQ(talk.client.frame().at(10, 20), picture.at(100, 150));
  EXPECT_EQ(talk.client.frame().at(39, 59), picture.at(129, 189));
  EXPECT_EQ(talk.client.frame().at(40, 59), picture.at(40, 59));
}

TEST(ServerSession, OneZlibHeaderServesAllSharedBlocksOfAnEncoding) {
  Conversation talk;
  talk.run();
  image::Frame frame({320, 200}, 0x123456);
  for (int i = 0; i < 3; ++i) {
    for (int id : {16, 6}) {
      talk.send(frame, {0, 0, 64, 64}, *codec::find_encoding(id));
      auto bytes = take_output(talk.server);
      const bool has_header = bytes[20] == 0x78 && bytes[21] == 0x01;
      EXPECT_EQ(has_header, i == 0) << id;
    }
  }
}

TEST(ServerSession, HandsOutMessagesInOrderAndCutTextsWhole) {
  Conversation talk("", "", 3);
  talk.run();
  talk.server.take_events();
  talk.client.say(SetEncodings{{16, 0}});
  talk.client.say(CutTextHead{5});
  talk.client.output().append(as_bytes("\x04hell"));
  talk.client.say(KeyEvent{true, 'x'});
  talk.client.say(PointerEvent{1, {3, 4}});
  talk.client.say(UpdateRequest{true, {0, 0, 320, 200}});
  talk.run();
  EXPECT_EQ(talk.server.take_events(),
            (std::vector<ServerEvent>{SetEncodings{{16, 0}}, CutText{{4, 'h', 'e', 'l', 'l'}},
                                      KeyEvent{true, 'x'}, PointerEvent{1, {3, 4}},
                                      UpdateRequest{true, {0, 0, 320, 200}}}));
}

TEST(ServerSession, EndsAClientThatAsksForFencesAndDoesNotRead) {
  Conversation talk;
  talk.run();
  talk.server.begin_update(1);  // and its rectangle does not come
  Bytes fence;
  ByteWriter writer(fence);
  write_client_message(Fence{kFenceRequest, Bytes(64, 1)}, writer);
  std::size_t sent = 0;
  Status status;
  while (sent < 1'000'000 && (status = talk.to_server.feed(fence))) sent += fence.size();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kTooLarge);
  EXPECT_LT(sent, 70'000u);
}

TEST(ServerSession, KeepsABoundedNumberOfPseudoRectangles) {
  Conversation talk;
  talk.run();
  Bytes rectangle;
  ByteWriter writer(rectangle);
  write_qemu_led_state(1, writer);
  int taken = 0;
  while (taken < 1000 && talk.server.queue_pseudo_rectangle(rectangle)) ++taken;
  EXPECT_EQ(taken, Limits{}.pseudo_rectangles_max);
}

TEST(ServerSession, SendsWhatIsQueuedInFrontOfThePixelsOfTheNextUpdate) {
  Conversation talk;
  talk.run();
  talk.client.take_events();
  Bytes rectangle;
  ByteWriter writer(rectangle);
  write_pointer_position({3, 4}, kPseudoPointerPos, writer);
  ASSERT_TRUE(talk.server.queue_pseudo_rectangle(rectangle));
  talk.server.begin_update(1);
  EXPECT_FALSE(talk.server.has_pseudo_rectangles());
  talk.server.add_rectangle({0, 0, 1, 1}, *codec::find_encoding(kEncodingRaw),
                            std::make_shared<const Bytes>(4));
  EXPECT_FALSE(talk.server.is_update_open());
  talk.run();
  EXPECT_EQ(
      talk.client.take_events(),
      (std::vector<ClientEvent>{PointerMoved{{3, 4}, kPseudoPointerPos}, Updated{{{0, 0, 1, 1}}}}));
}

TEST(ServerSession, SaysACutTextThatTheClientGetsWhole) {
  for (std::size_t step : {1u, 7u, 1000u}) {
    Conversation talk("", "", step);
    talk.run();
    talk.client.take_events();
    Bytes message;
    ByteWriter writer(message);
    write_server_cut_text(Bytes(5000, 'x'), writer);
    talk.server.say(message);
    talk.run();
    EXPECT_EQ(talk.client.take_events(), (std::vector<ClientEvent>{CutText{Bytes(5000, 'x')}}));
  }
}

TEST(ClientSession, RefusesARectangleOutsideTheDesktop) {
  Conversation talk;
  talk.run();
  Bytes update{kFramebufferUpdate, 0, 0, 1, 1, 0, 0, 0, 0, 65, 0, 1, 0, 0, 0, 0};
  auto status = talk.to_client.feed(update);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "rectangle 65x1 at 256,0: outside the desktop of 320x200");
}

TEST(ClientSession, RefusesASillyGeometryAndALongName) {
  const auto refusal = [](Bytes init) {
    ClientSession client({}, kStart);
    Fed fed{client, {}};
    EXPECT_TRUE(fed.feed(as_bytes("RFB 003.008\n")));
    EXPECT_TRUE(fed.feed(Bytes{1, 1, 0, 0, 0, 0}));
    auto status = fed.feed(init);
    return status ? "no error" : status.error().message;
  };
  Bytes init{0x40, 0x01, 0, 1, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0, 0, 0, 0, 0};
  EXPECT_EQ(refusal(init), "ServerInit: a desktop of 16385x1, expected 1x1 to 16384x16384");
  init[1] = 0;
  EXPECT_EQ(refusal(init), "no error");
  init[22] = 0x10, init[23] = 1;
  EXPECT_EQ(refusal(init), "ServerInit: a name of 4097 bytes, at most 4096");
}

}  // namespace
}  // namespace oriel::rfb
