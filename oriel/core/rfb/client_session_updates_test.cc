#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oriel/core/rfb/client_session.h"
#include "oriel/core/rfb/constants.h"

namespace oriel::rfb {
namespace {

// A session whose handshake with a desktop of 4x2 is over.
struct Connected42 {
  Connected42() {
    receive({'R', 'F', 'B', ' ', '0', '0', '3', '.', '0', '0', '8', '\n', 1, 1, 0, 0, 0, 0});
    receive({0, 4, 0, 2, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0, 0, 0, 0, 0});
    session.take_events();
    output();
  }

  Result<Need> receive(Bytes bytes) { return session.receive(bytes, {}); }
  Bytes output() {
    Bytes said;
    auto& queue = session.output();
    while (!queue.empty()) {
      ByteSpan piece;
      queue.gather({&piece, 1});
      said.insert(said.end(), piece.begin(), piece.end());
      queue.consume(piece.size());
    }
    return said;
  }

  ClientSession session{{}, {}};
};

// The head of a rectangle of 1x1 at 0,0 or, for pseudo-encodings, of nothing.
Bytes rectangle(std::int32_t id, std::uint8_t side) {
  const auto word = static_cast<std::uint32_t>(id);
  return {0,
          0,
          0,
          0,
          0,
          side,
          0,
          side,
          static_cast<std::uint8_t>(word >> 24),
          static_cast<std::uint8_t>(word >> 16),
          static_cast<std::uint8_t>(word >> 8),
          static_cast<std::uint8_t>(word)};
}

Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

TEST(ClientSession, EndsAnUpdateAtItsLastRect) {
  Connected42 peer;
  const auto bytes = joined(
      {{0, 0, 255, 255}, rectangle(0, 1), {1, 2, 3, 4}, rectangle(kPseudoLastRect, 0), {kBell}});
  ASSERT_TRUE(peer.receive(bytes));
  EXPECT_EQ(peer.session.take_events(),
            (std::vector<ClientEvent>{Updated{{{0, 0, 1, 1}}}, Bell{}}));
  EXPECT_EQ(peer.session.rectangles_by_encoding().at(0), 1u);
}

TEST(ClientSession, HearsTheLightsOfTheKeyboardInBothForms) {
  Connected42 peer;
  ASSERT_TRUE(peer.receive(joined({{0, 0, 0, 2},
                                   rectangle(kPseudoQemuLedState, 0),
                                   {5},
                                   rectangle(kPseudoVmwareLedState, 0),
                                   {0, 0, 0, 2}})));
  EXPECT_EQ(peer.session.take_events(),
            (std::vector<ClientEvent>{LedStateCame{5, kPseudoQemuLedState},
                                      LedStateCame{2, kPseudoVmwareLedState}, Updated{}}));
}

TEST(ClientSession, SaysNineButtonsToAServerThatKnowsThem) {
  Connected42 peer;
  peer.session.say(PointerEvent{0x100, {1, 1}});
  EXPECT_EQ(peer.output().size(), 6u);
  ASSERT_TRUE(peer.receive(joined({{0, 0, 0, 1}, rectangle(kPseudoExtendedMouseButtons, 0)})));
  peer.session.say(PointerEvent{0x100, {1, 1}});
  EXPECT_EQ(peer.output().size(), 7u);
}

}  // namespace
}  // namespace oriel::rfb
