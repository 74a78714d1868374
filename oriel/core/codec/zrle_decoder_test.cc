#include "oriel/core/codec/zrle_decoder.h"

#include <gmock/gmock.h>
#include <zlib.h>

#include "oriel/base/byte_writer.h"
#include "oriel/core/codec/zrle_format.h"
#include "oriel/core/image/frame.h"

namespace oriel::codec {
namespace {

using image::Frame;
using ::testing::HasSubstr;

// Acts a server with a zlib of its own, such as TigerVNC: one stream, flushed after each rectangle.
class Server {
 public:
  explicit Server(int level = 6, int window_bits = 15) {
    deflateInit2(&stream_, level, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
  }
  ~Server() { deflateEnd(&stream_); }

  Bytes body(Bytes tiles, int flush = Z_SYNC_FLUSH) {
    Bytes data(tiles.size() * 2 + 1000);
    stream_.next_in = tiles.data();
    stream_.avail_in = static_cast<uInt>(tiles.size());
    stream_.next_out = data.data();
    stream_.avail_out = static_cast<uInt>(data.size());
    deflate(&stream_, flush);
    data.resize(data.size() - stream_.avail_out);
    return with_length(data);
  }

  static Bytes with_length(const Bytes& data) {
    Bytes out;
    ByteWriter(out).u32(static_cast<std::uint32_t>(data.size())).bytes(data);
    return out;
  }

 private:
  z_stream stream_{};
};

Result<Frame> decode(ByteSpan body, image::Size size) {
  Frame frame(size);
  const auto need = make_zrle_decoder()->decode(body, image::kBgrx, frame.mutable_view());
  if (!need) return std::unexpected(need.error());
  EXPECT_EQ(need->consumed, body.size());
  return frame;
}

Error error_of(const Bytes& tiles, image::Size size) {
  auto frame = decode(Server().body(tiles), size);
  EXPECT_FALSE(frame.has_value());
  return frame ? Error{ErrorCode::kClosed, "was accepted"} : frame.error();
}

void expect_invalid(const Bytes& tiles, image::Size size, const char* why) {
  const auto error = error_of(tiles, size);
  EXPECT_EQ(error.code, ErrorCode::kInvalid);
  EXPECT_THAT(error.message, HasSubstr(why));
}

TEST(ZrleDecoder, ReadsStreamsOfEveryLevelWindowAndFlush) {
  for (int level : {0, 1, 6, 9}) {
    for (int window_bits : {9, 12, 15}) {
      for (int flush : {Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_PARTIAL_FLUSH}) {
        Server server(level, window_bits);
        auto decoder = make_zrle_decoder();
        for (std::uint8_t value = 0; value < 20; ++value) {
          Frame frame({64, 1});
          const auto body = server.body({1, value, 2, 3}, flush);
          const auto need = decoder->decode(body, image::kBgrx, frame.mutable_view());
          ASSERT_TRUE(need.has_value()) << need.error().message;
          ASSERT_TRUE(frame == Frame({64, 1}, 0x030200u | value));
        }
      }
    }
  }
}

TEST(ZrleDecoder, ReadsEveryForm) {
  EXPECT_EQ(decode(Server().body({0, 1, 0, 0, 2, 0, 0}), {2, 1})->at(1, 0), 2u);
  EXPECT_EQ(decode(Server().body({2, 9, 0, 0, 8, 0, 0, 0x40}), {2, 1})->at(1, 0), 8u);
  EXPECT_EQ(decode(Server().body({128, 7, 0, 0, 0, 6, 0, 0, 0}), {2, 1})->at(1, 0), 6u);
  EXPECT_EQ(decode(Server().body({130, 7, 0, 0, 6, 0, 0, 0, 1}), {2, 1})->at(1, 0), 6u);
  EXPECT_TRUE(*decode(Server().body({130, 7, 0, 0, 6, 0, 0, 129, 255, 44}), {30, 10}) ==
              Frame({30, 10}, 6));
}

TEST(ZrleDecoder, RefusesFormsThatDoNotExist) {
  for (int form = 0; form < 256; ++form) {
    if (form > 16 && form != 128 && form < 130)
      expect_invalid({static_cast<std::uint8_t>(form), 0, 0, 0, 0}, {2, 1}, "no such tile form");
  }
}

TEST(ZrleDecoder, RefusesColoursThatThePaletteDoesNotHave) {
  expect_invalid({3, 1, 0, 0, 2, 0, 0, 3, 0, 0, 0b00110000}, {2, 1}, "colour 3 of a palette of 3");
  expect_invalid({130, 1, 0, 0, 2, 0, 0, 0, 2}, {2, 1}, "colour 2 of a palette of 2");
  expect_invalid({130, 1, 0, 0, 2, 0, 0, 130, 1}, {2, 1}, "colour 2 of a palette of 2");
}

TEST(ZrleDecoder, RefusesRunsPastTheTile) {
  expect_invalid({128, 1, 0, 0, 2}, {2, 1}, "a run of 3 pixels where the tile has 2 left");
  expect_invalid({130, 1, 0, 0, 2, 0, 0, 0, 128, 1}, {2, 1}, "has 1 left");
  expect_invalid({128, 1, 0, 0, 63, 1, 0, 0, 0}, {32, 1}, "a run of 64");
}

TEST(ZrleDecoder, RefusesEveryTruncationAndOneByteMore) {
  for (const Bytes& tile :
       {Bytes{0, 1, 0, 0, 2, 0, 0}, Bytes{1, 9, 9, 9}, Bytes{2, 9, 0, 0, 8, 0, 0, 0x40},
        Bytes{128, 7, 0, 0, 0, 6, 0, 0, 0}, Bytes{130, 7, 0, 0, 6, 0, 0, 129, 1}}) {
    for (std::size_t size = 0; size < tile.size(); ++size)
      expect_invalid(Bytes(tile.begin(), tile.begin() + size), {2, 1}, "a tile ends early");
    ASSERT_TRUE(decode(Server().body(tile), {2, 1}).has_value());
    auto more = tile;
    more.push_back(0);
    expect_invalid(more, {2, 1}, "more data than the rectangle has tiles");
  }
}

TEST(ZrleDecoder, RefusesSurplusThatInflatesWithoutEnd) {
  expect_invalid(Bytes(40000, 1), {1, 1}, "more data");
}

TEST(ZrleDecoder, RefusesWrongZlibData) {
  EXPECT_EQ(decode(Server::with_length({0xff, 0xff, 0xff}), {1, 1}).error().code,
            ErrorCode::kInvalid);
  EXPECT_EQ(decode(Server::with_length({}), {1, 1}).error().code, ErrorCode::kInvalid);
}

TEST(ZrleDecoder, StaysBrokenAfterAnError) {
  Server server;
  auto decoder = make_zrle_decoder();
  Frame frame({1, 1});
  const Bytes surplus(100000, 1);
  ASSERT_FALSE(decoder->decode(server.body(surplus), image::kBgrx, frame.mutable_view()));
  const auto again = decoder->decode(server.body({1, 0, 0, 0}), image::kBgrx, frame.mutable_view());
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().code, ErrorCode::kInvalid);
}

TEST(ZrleDecoder, RefusesALengthBeyondTheLimitBeforeTheBytesAreThere) {
  Frame frame({30, 20});
  const auto limit = zrle::max_body_bytes({30, 20}) - 4;
  auto decoder = make_zrle_decoder();
  const auto need_of = [&](std::size_t length) {
    Bytes head;
    ByteWriter(head).u32(static_cast<std::uint32_t>(length));
    return decoder->decode(head, image::kBgrx, frame.mutable_view());
  };
  EXPECT_EQ(need_of(limit - 1), (Need{0, limit + 3}));
  EXPECT_EQ(need_of(limit), (Need{0, limit + 4}));
  EXPECT_EQ(need_of(limit + 1).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(need_of(0xffffffff).error().code, ErrorCode::kTooLarge);
}

TEST(ZrleDecoder, WritesNothingOutsideItsRectangle) {
  Frame frame({10, 10}, 0x112233);
  auto decoder = make_zrle_decoder();
  const auto inside = frame.mutable_view().crop({3, 4, 2, 3});
  ASSERT_TRUE(decoder->decode(Server().body({1, 1, 1, 1}), image::kBgrx, inside).has_value());
  for (int y = 0; y < 10; ++y)
    for (int x = 0; x < 10; ++x)
      EXPECT_EQ(frame.at(x, y),
                (image::Rect{3, 4, 2, 3}.contains(image::Point{x, y}) ? 0x010101u : 0x112233u));
}

}  // namespace
}  // namespace oriel::codec
