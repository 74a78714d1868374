#include "oriel/core/rfb/client_message.h"

#include <gtest/gtest.h>

#include "oriel/core/rfb/constants.h"

namespace oriel::rfb {
namespace {

Bytes written(const ClientMessage& message) {
  Bytes bytes;
  ByteWriter writer(bytes);
  write_client_message(message, writer);
  return bytes;
}

std::string parse_error(const Bytes& bytes, const Limits& limits = {}) {
  ClientMessage message;
  auto need = parse_client_message(bytes, limits, message);
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
    PointerEvent{0x85, {1919, 1079}},
    CutTextHead{77},
};

TEST(ClientMessage, ReadsWhatItWritesAtEverySplit) {
  for (const auto& message : kEveryMessage) {
    const auto bytes = written(message);
    for (std::size_t size = 1; size < bytes.size(); ++size) {
      ClientMessage read;
      auto need = parse_client_message(ByteSpan(bytes).first(size), {}, read);
      ASSERT_TRUE(need) << need.error().message;
      EXPECT_EQ(need->consumed, 0u);
      EXPECT_GT(need->wanted, size);
      EXPECT_LE(need->wanted, bytes.size());
    }
    ClientMessage read;
    auto need = parse_client_message(bytes, {}, read);
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
  EXPECT_EQ(parse_error(written(CutTextHead{0xffffffff})),
            "ClientCutText: 4294967295 bytes, at most 16777216");
}

TEST(ClientMessage, RefusesAPixelFormatThatIsNotSpoken) {
  image::PixelFormat format;
  format.bits_per_pixel = 8;
  format.depth = 8;
  EXPECT_NE(parse_error(written(SetPixelFormat{format})).find("SetPixelFormat: "),
            std::string::npos);
}

TEST(ClientMessage, RefusesEveryUnknownType) {
  for (int type : {1, 7, 150, 248, 250, 251, 255})
    EXPECT_EQ(parse_error({static_cast<std::uint8_t>(type), 0, 0, 0}),
              "client message type " + std::to_string(type) + ": not known, expected 0 or 2 to 6");
}

}  // namespace
}  // namespace oriel::rfb
