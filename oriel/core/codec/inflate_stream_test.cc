#include "oriel/core/codec/inflate_stream.h"

#include <numeric>
#include <random>

#include <gtest/gtest.h>
#include <zlib.h>

namespace oriel::codec {
namespace {

Bytes counting(std::size_t size) {
  Bytes bytes(size);
  std::iota(bytes.begin(), bytes.end(), 0);
  return bytes;
}

// A whole zlib stream, with its end.
Bytes zlib_stream(const Bytes& plain, int level = 6) {
  auto size = compressBound(plain.size());
  Bytes out(size);
  compress2(out.data(), &size, plain.data(), plain.size(), level);
  out.resize(size);
  return out;
}

TEST(InflateStream, GivesTheSameWhereverTheStreamIsCut) {
  const auto plain = counting(1000);
  const auto stream = zlib_stream(plain);
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    InflateStream inflate;
    Bytes out(1000);
    inflate.feed(ByteSpan(stream).first(cut));
    const auto first = inflate.read(out).value();
    ASSERT_TRUE(inflate.is_used_up());
    inflate.feed(ByteSpan(stream).subspan(cut));
    ASSERT_EQ(first + inflate.read(std::span(out).subspan(first)).value(), 1000u);
    ASSERT_EQ(out, plain);
  }
}

TEST(InflateStream, NeverWritesMoreThanItIsAskedFor) {
  const auto stream = zlib_stream(Bytes(100000, 7), 9);
  InflateStream inflate;
  inflate.feed(stream);
  Bytes out(12, 1);
  ASSERT_EQ(inflate.read(std::span(out).first(10)).value(), 10u);
  EXPECT_EQ(out, (Bytes{7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 1, 1}));
}

TEST(InflateStream, RefusesWhatIsNotZlib) {
  const Bytes stream{0x12, 0x34, 0x56};
  InflateStream inflate;
  inflate.feed(stream);
  Bytes out(10);
  EXPECT_EQ(inflate.read(out).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(inflate.read(out).error().code, ErrorCode::kInvalid) << "it stays broken";
}

TEST(InflateStream, GivesAllOfAPieceHoweverItWasFlushed) {
  std::mt19937 random(1);
  for (const int flush : {Z_PARTIAL_FLUSH, Z_SYNC_FLUSH, Z_FULL_FLUSH}) {
    for (const int strategy : {Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE, Z_FILTERED}) {
      z_stream server{};
      ASSERT_EQ(deflateInit2(&server, 6, Z_DEFLATED, 15, 8, strategy), Z_OK);
      InflateStream inflate;
      for (int round = 0; round < 200; ++round) {
        Bytes plain(1 + random() % 300), data(2000), out(plain.size() + 1);
        const auto colours = 1 + random() % 64;
        for (auto& byte : plain) byte = static_cast<std::uint8_t>(random() % colours);
        server.next_in = plain.data();
        server.avail_in = static_cast<uInt>(plain.size());
        server.next_out = data.data();
        server.avail_out = static_cast<uInt>(data.size());
        deflate(&server, flush);
        inflate.feed(ByteSpan(data).first(data.size() - server.avail_out));
        ASSERT_EQ(inflate.read(out).value(), plain.size());
        ASSERT_TRUE(std::equal(plain.begin(), plain.end(), out.begin()));
        ASSERT_TRUE(inflate.is_used_up());
      }
      deflateEnd(&server);
    }
  }
}

TEST(InflateStream, BeginsAnew) {
  const auto stream = zlib_stream(counting(1000));
  InflateStream inflate;
  for (const std::size_t read : {1000, 10, 0, 1000}) {
    inflate.feed(stream);
    Bytes out(read);
    EXPECT_EQ(read == 0 ? 0 : inflate.read(out).value(), read);
    EXPECT_EQ(out, counting(read));
    inflate.reset();
  }
}

TEST(InflateStream, RefusesADictionary) {
  const Bytes stream{0x78, 0x20 | 0x1b, 1, 2, 3, 4, 0};
  InflateStream inflate;
  inflate.feed(stream);
  Bytes out(10);
  EXPECT_EQ(inflate.read(out).error().code, ErrorCode::kInvalid);
}

TEST(InflateStream, RefusesAWrongChecksum) {
  auto stream = zlib_stream(counting(10));
  stream.back() ^= 1;
  InflateStream inflate;
  inflate.feed(stream);
  Bytes out(100);
  EXPECT_EQ(inflate.read(out).error().code, ErrorCode::kInvalid);
}

TEST(InflateStream, RefusesDataAfterTheEnd) {
  const auto stream = zlib_stream(counting(10));
  InflateStream inflate;
  inflate.feed(stream);
  Bytes out(100);
  ASSERT_EQ(inflate.read(out).value(), 10u);
  inflate.feed(stream);
  EXPECT_EQ(inflate.read(out).error().code, ErrorCode::kInvalid);
}

}  // namespace
}  // namespace oriel::codec
