// The extended clipboard between a server's and a client's session.

#include <gtest/gtest.h>

#include <algorithm>

#include "oriel/core/codec/zlib_compress.h"
#include "oriel/core/rfb/client_session.h"
#include "oriel/core/rfb/constants.h"
#include "oriel/core/rfb/server_session.h"

namespace oriel::rfb {
namespace {

using clipboard::Format;
using clipboard::format_bit;

constexpr TimePoint kStart{};
constexpr FormatBits kText = format_bit(Format::kText);
constexpr FormatBits kDib = format_bit(Format::kDib);

Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

// Both sides in memory, everything cut into pieces of `step` bytes.
struct Talk {
  explicit Talk(std::size_t step_bytes = 1000, std::string client_password = "full")
      : server({"desktop", {4, 4}, {"full", "view", {1, 2, 3}}, {}}, kStart),
        client({{std::move(client_password)}, true, {}}, kStart),
        step(step_bytes) {
    run();
    EXPECT_TRUE(client.is_connected() && server.is_joined());
    clear();
  }

  bool pass(Session& from, Session& to, Bytes& pending) {
    Bytes said;
    ByteSpan piece[1];
    while (from.output().gather(piece) > 0) {
      said.insert(said.end(), piece[0].begin(), piece[0].end());
      from.output().consume(piece[0].size());
    }
    for (std::size_t at = 0; at < said.size() && !error; at += step) {
      const auto next = ByteSpan(said).subspan(at, std::min(step, said.size() - at));
      pending.insert(pending.end(), next.begin(), next.end());
      const auto need = to.receive(pending, kStart);
      if (!need) {
        error = need.error();
        break;
      }
      pending.erase(pending.begin(), pending.begin() + static_cast<std::ptrdiff_t>(need->consumed));
    }
    return !said.empty() && !error;
  }
  void run() {
    for (bool is_moving = true; is_moving;) {
      is_moving = pass(server, client, to_client);
      is_moving = pass(client, server, to_server) || is_moving;
    }
  }
  void clear() {
    server.take_events();
    client.take_events();
  }
  void list_extension() {
    client.say(SetEncodings{{0, kPseudoExtendedClipboard}});
    run();
    clear();
  }
  // A body as the client has written it itself.
  void say_raw(const Bytes& body) {
    client.say(CutTextHead{static_cast<std::uint32_t>(body.size()), true});
    client.output().append(body);
    run();
  }

  ServerSession server;
  ClientSession client;
  std::size_t step;
  Bytes to_client, to_server;
  std::optional<Error> error;
};

TEST(ClipboardSession, SaysItsCapsAtEveryListThatNamesTheExtension) {
  Talk talk;
  for (int round = 0; round < 2; ++round) {
    talk.client.say(SetEncodings{{0, kPseudoExtendedClipboard}});
    talk.run();
    EXPECT_EQ(talk.client.take_events(), (std::vector<ClientEvent>{ClipboardCame{ClipboardCaps{
                                             0b1111, kAllClipboardActions, {0, 0, 0, 0, 0}}}}));
  }
  talk.client.say(SetEncodings{{0}});
  talk.run();
  EXPECT_TRUE(talk.client.take_events().empty());
}

TEST(ClipboardSession, TellsAClientThatMayOnlyLookThatNothingIsTaken) {
  Talk talk(1000, "view");
  talk.client.say(SetEncodings{{0, kPseudoExtendedClipboard}});
  talk.run();
  EXPECT_EQ(talk.client.take_events(), (std::vector<ClientEvent>{ClipboardCame{ClipboardCaps{}}}));
}

TEST(ClipboardSession, CarriesEveryMessageBothWaysAtEverySplit) {
  for (const std::size_t step : {1u, 7u, 1000u}) {
    Talk talk(step);
    talk.list_extension();
    const ClipboardMessage messages[] = {
        ClipboardCaps{0b1001, kClipboardNotify, {5, 0, 0, 6}},
        ClipboardNotify{0b1111},
        ClipboardRequest{kText},
        ClipboardPeek{},
        ClipboardProvide{{{Format::kText, bytes_of("é Ж 中 \xf0\x9f\x98\x80\nsecond")}}},
        ClipboardProvide{{{Format::kRtf, bytes_of("{\\rtf1}")}, {Format::kDib, Bytes(500, 3)}}}};
    std::vector<ServerEvent> server_hears;
    std::vector<ClientEvent> client_hears;
    for (const auto& message : messages) {
      talk.client.say_clipboard(message);
      talk.server.say_clipboard(message);
      server_hears.emplace_back(ClipboardCame{message});
      client_hears.emplace_back(ClipboardCame{message});
    }
    talk.run();
    EXPECT_EQ(talk.server.take_events(), server_hears);
    EXPECT_EQ(talk.client.take_events(), client_hears);
    EXPECT_FALSE(talk.error) << talk.error->message;
  }
}

TEST(ClipboardSession, KeepsTheCapsOfTheClient) {
  Talk talk;
  talk.list_extension();
  EXPECT_EQ(talk.server.clipboard_caps(), default_clipboard_caps());
  const ClipboardCaps caps{kText, kClipboardNotify, {9}};
  talk.client.say_clipboard(caps);
  talk.run();
  EXPECT_EQ(talk.server.clipboard_caps(), caps);
}

TEST(ClipboardSession, TakesNothingLargeThatWasNotAskedForAndGoesOn) {
  Talk talk;
  talk.list_extension();
  const ClipboardProvide large{{{Format::kDib, Bytes((1u << 20) + 1, 0)}}};
  talk.client.say_clipboard(large);
  talk.run();
  EXPECT_EQ(talk.server.take_events(),
            (std::vector<ServerEvent>{
                ClipboardRefused{"clipboard: 1048577 bytes of format 3, at most 1048576"}}));
  talk.server.say_clipboard(ClipboardRequest{kDib});
  talk.client.say_clipboard(large);
  talk.client.say_clipboard(large);
  talk.run();
  EXPECT_EQ(talk.server.take_events(),
            (std::vector<ServerEvent>{
                ClipboardCame{large},
                ClipboardRefused{"clipboard: 1048577 bytes of format 3, at most 1048576"}}))
      << "asked for once";
  EXPECT_FALSE(talk.error);
}

TEST(ClipboardSession, RefusesABombWithoutInflatingIt) {
  Talk talk;
  talk.list_extension();
  talk.server.say_clipboard(ClipboardRequest{kDib});
  Bytes data;
  ByteWriter(data).u32(60u << 20).zeros(60u << 20);
  Bytes body;
  ByteWriter(body).u32(kClipboardProvide | kDib).bytes(codec::zlib_compress(data));
  EXPECT_LT(body.size(), 400'000u);
  talk.say_raw(body);
  EXPECT_EQ(talk.server.take_events(),
            (std::vector<ServerEvent>{
                ClipboardRefused{"clipboard: 62914560 bytes of format 3, at most 46137344"}}));
}

TEST(ClipboardSession, EndsWithAPeerThatIsBroken) {
  Talk unlisted;
  unlisted.say_raw({4, 0, 0, 0});
  ASSERT_TRUE(unlisted.error);
  EXPECT_EQ(unlisted.error->message,
            "ClientCutText: an extended message of a client that does not have the extension");
  Talk broken;
  broken.list_extension();
  broken.say_raw({0x10, 0, 0, 1, 'n', 'o', ' ', 'z', 'l', 'i', 'b'});
  ASSERT_TRUE(broken.error);
  EXPECT_EQ(broken.error->code, ErrorCode::kInvalid);
  Talk late;  // what was on its way when the client gave the extension up is still understood
  late.list_extension();
  late.client.say(SetEncodings{{0}});
  late.client.say_clipboard(ClipboardPeek{});
  late.run();
  EXPECT_FALSE(late.error);
}

}  // namespace
}  // namespace oriel::rfb
