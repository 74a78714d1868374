#include "oriel/core/rfb/client_message.h"

#include <gtest/gtest.h>

#include "oriel/core/rfb/constants.h"

namespace oriel::rfb {
namespace {

Bytes written(const ClientMessage& message) {
  Bytes bytes;
  ByteWriter writer(bytes);
  write_client_message(message, writer, PointerForm::kExtended);
  return bytes;
}

std::string parse_error(const Bytes& bytes, const Limits& limits = {}) {
  ClientMessage message;
  auto need = parse_client_message(bytes, limits, PointerForm::kPlain, message);
  return need ? "no error" : need.error().message;
}

const ClientMessage kEveryMessage[] = {
    SetPixelFormat{image::kBgrx},
    SetEncodings{{16, 7, -239, 0}},
    SetEncodings{},
    UpdateRequest{true, {1, 2, 65535, 4}},
    UpdateRequest{false, {0, 0, 1920, 1080}},
    KeyEvent{true, 0x01000416},
    KeyEvent{false, 'a'},
    PointerEvent{0x05, {1919, 1079}},
    PointerEvent{0x185, {0, 7}},
    PointerEvent{0x80, {1, 1}},
    EnableContinuousUpdates{true, {1, 2, 3, 4}},
    EnableContinuousUpdates{false, {}},
    Fence{0x80000001, {1, 2, 3}},
    Fence{0, Bytes(64, 9)},
    SetDesktopSize{{1920, 1080}, {{7, {0, 0, 960, 1080}, 0}, {8, {960, 0, 960, 1080}, 1}}},
    SetDesktopSize{{1, 1}, {}},
    QemuKeyEvent{true, 0x61, 0x1e},
    QemuKeyEvent{false, 0, 0xcd},
    CutTextHead{77},
    CutTextHead{77, true},
};

TEST(ClientMessage, ReadsWhatItWritesAtEverySplit) {
  for (const auto& message : kEveryMessage) {
    const auto bytes = written(message);
    for (std::size_t size = 1; size < bytes.size(); ++size) {
      ClientMessage read;
      auto need =
          parse_client_message(ByteSpan(bytes).first(size), {}, PointerForm::kExtended, read);
      ASSERT_TRUE(need) << need.error().message;
      EXPECT_EQ(need->consumed, 0u);
      EXPECT_GT(need->wanted, size);
      EXPECT_LE(need->wanted, bytes.size());
    }
    ClientMessage read;
    auto need = parse_client_message(bytes, {}, PointerForm::kExtended, read);
    ASSERT_TRUE(need);
    EXPECT_EQ(need->consumed, bytes.size());
    EXPECT_EQ(read, message);
  }
}

TEST(ClientMessage, RefusesMoreEncodingsThanTheLimitBeforeReadingThem) {
  Limits limits;
  Bytes head{kSetEncodings, 0, 0x04, 0x01};  // 1025
  EXPECT_EQ(parse_error(head, limits), "SetEncodings: 1025 encodings, at most 1024");
  head[3] = 0x00;  // 1024
  EXPECT_EQ(parse_error(head, limits), "no error");
}

TEST(ClientMessage, RefusesALongCutTextAndNamesTheLimit) {
  auto limit = Limits{}.cut_text_bytes_max;
  EXPECT_EQ(parse_error(written(CutTextHead{limit})), "no error");
  EXPECT_EQ(parse_error(written(CutTextHead{limit + 1})),
            "ClientCutText: 16777217 bytes, at most 16777216");
  EXPECT_EQ(parse_error(written(CutTextHead{limit, true})), "no error");
  EXPECT_EQ(parse_error(written(CutTextHead{limit + 1, true})),
            "ClientCutText: 16777217 bytes, at most 16777216");
  EXPECT_EQ(parse_error(Bytes{kClientCutText, 0, 0, 0, 0x80, 0, 0, 0}),
            "ClientCutText: 2147483648 bytes, at most 16777216");
  EXPECT_EQ(parse_error(written(CutTextHead{3, true})),
            "ClientCutText: an extended message of 3 bytes");
}

TEST(ClientMessage, RefusesAFenceAndALayoutBeyondTheirLimits) {
  EXPECT_EQ(parse_error(written(Fence{0, Bytes(64, 0)})), "no error");
  Bytes fence{kFence, 0, 0, 0, 0, 0, 0, 0, 65};
  EXPECT_EQ(parse_error(fence), "ClientFence: 65 bytes, at most 64");
  EXPECT_EQ(parse_error({kSetDesktopSize, 0, 1, 0, 1, 0, 17, 0}),
            "SetDesktopSize: 17 screens, at most 16");
  EXPECT_EQ(parse_error({kQemu, 1}), "QEMU client message 1: not known, expected 0");
}

TEST(ClientMessage, Bit7IsTheEighthButtonUnlessExtendedButtonsWereAgreed) {
  const Bytes plain{kPointerEvent, 0x81, 0, 3, 0, 4};
  ClientMessage message;
  auto need = parse_client_message(plain, {}, PointerForm::kPlain, message);
  ASSERT_TRUE(need);
  EXPECT_EQ(need->consumed, 6u);
  EXPECT_EQ(message, (ClientMessage{PointerEvent{0x81, {3, 4}}}));
  need = parse_client_message(plain, {}, PointerForm::kExtended, message);
  ASSERT_TRUE(need);
  EXPECT_EQ(*need, (Need{0, 7}));
}

TEST(ClientMessage, RefusesAPixelFormatThatIsNotSpoken) {
  image::PixelFormat format;
  format.bits_per_pixel = 8;
  format.depth = 8;
  EXPECT_NE(parse_error(written(SetPixelFormat{format})).find("SetPixelFormat: "),
            std::string::npos);
}

TEST(ClientMessage, RefusesEveryUnknownType) {
  for (int type : {1, 7, 149, 249, 250, 252, 254})
    EXPECT_EQ(parse_error({static_cast<std::uint8_t>(type), 0, 0, 0}),
              "client message type " + std::to_string(type) +
                  ": not known, expected 0, 2 to 6, 150, 248, 251 or 255");
}

}  // namespace
}  // namespace oriel::rfb
