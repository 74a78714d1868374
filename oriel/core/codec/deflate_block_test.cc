#include "oriel/core/codec/deflate_block.h"

#include <random>

#include <gtest/gtest.h>
#include <isa-l/igzip_lib.h>
#include <zlib.h>

#include "oriel/core/codec/inflate_stream.h"

namespace oriel::codec {
namespace {

// `kind` 0: text-like, 1: incompressible, 2: one value.
Bytes make_input(int kind, std::size_t size, std::uint32_t seed) {
  std::mt19937 random(seed);
  Bytes input(size);
  for (auto& byte : input)
    byte = static_cast<std::uint8_t>(kind == 0 ? random() % 7 * (random() % 3) : random());
  if (kind == 2) input.assign(size, 0x55);
  return input;
}

Bytes compressed(ByteSpan input) {
  Bytes out;
  DeflateBlock().compress(input, out);
  return out;
}

// The stream of one viewer, as three inflaters see it: zlib itself, ISA-L's, and ours.
class Viewer {
 public:
  Viewer() {
    inflateInit(&zlib_);
    isal_inflate_init(&isal_);
    isal_.crc_flag = ISAL_ZLIB;
    Bytes header{0x78, 0x01};
    expect_rectangle(header, {});
  }
  ~Viewer() { inflateEnd(&zlib_); }

  void expect_rectangle(const Bytes& piece, const Bytes& plain) {
    EXPECT_EQ(by_zlib(piece), plain);
    EXPECT_EQ(by_isal(piece), plain);
    EXPECT_EQ(by_us(piece), plain);
  }

 private:
  Bytes by_zlib(Bytes piece) {
    Bytes out(1 << 20);
    zlib_.next_in = piece.data();
    zlib_.avail_in = static_cast<uInt>(piece.size());
    zlib_.next_out = out.data();
    zlib_.avail_out = static_cast<uInt>(out.size());
    const int answer = inflate(&zlib_, Z_SYNC_FLUSH);
    EXPECT_TRUE(answer == Z_OK || answer == Z_BUF_ERROR) << answer;
    EXPECT_EQ(zlib_.avail_in, 0u);
    out.resize(out.size() - zlib_.avail_out);
    return out;
  }

  Bytes by_isal(Bytes piece) {
    Bytes out(1 << 20);
    isal_.next_in = piece.data();
    isal_.avail_in = static_cast<std::uint32_t>(piece.size());
    isal_.next_out = out.data();
    isal_.avail_out = static_cast<std::uint32_t>(out.size());
    EXPECT_EQ(isal_inflate(&isal_), ISAL_DECOMP_OK);
    EXPECT_EQ(isal_.avail_in, 0u);
    out.resize(out.size() - isal_.avail_out);
    return out;
  }

  Bytes by_us(const Bytes& piece) {
    Bytes out(1 << 20);
    ours_.feed(piece);
    const auto count = ours_.read(out);
    EXPECT_TRUE(count.has_value());
    EXPECT_TRUE(ours_.is_used_up());
    out.resize(count.value_or(0));
    return out;
  }

  z_stream zlib_{};
  inflate_state isal_{};
  InflateStream ours_;
};

TEST(DeflateBlock, BlocksInAnyOrderAreAValidStreamOfEveryViewer) {
  std::vector<Bytes> plains, blocks;
  DeflateBlock deflate;
  std::uint32_t seed = 0;
  for (int kind : {0, 1, 2}) {
    for (std::size_t size : {1, 2, 300, 4096, 65535, 70000, 200000}) {
      plains.push_back(make_input(kind, size, ++seed));
      deflate.compress(plains.back(), blocks.emplace_back());
    }
  }
  std::vector<Viewer> viewers(4);
  std::mt19937 random(1);
  for (int rectangle = 0; rectangle < 200; ++rectangle) {
    Bytes piece, plain;
    for (auto blocks_left = 1 + random() % 3; blocks_left > 0; --blocks_left) {
      const auto pick = random() % blocks.size();
      piece.insert(piece.end(), blocks[pick].begin(), blocks[pick].end());
      plain.insert(plain.end(), plains[pick].begin(), plains[pick].end());
    }
    viewers[random() % viewers.size()].expect_rectangle(piece, plain);
  }
}

TEST(DeflateBlock, EachGroupCanBeReadWithoutThoseBeforeIt) {
  const auto input = make_input(0, 3 * kDeflateGroupBytes, 1);
  const ByteSpan all(input);
  Bytes groups;
  for (int i = 0; i < 3; ++i) {
    const auto group = compressed(all.subspan(i * kDeflateGroupBytes, kDeflateGroupBytes));
    groups.insert(groups.end(), group.begin(), group.end());
  }
  EXPECT_EQ(compressed(all), groups);
}

TEST(DeflateBlock, NeverMakesMoreThanTheBound) {
  for (std::size_t size :
       {std::size_t{1}, std::size_t{65535}, std::size_t{65536}, kDeflateGroupBytes - 1,
        kDeflateGroupBytes, kDeflateGroupBytes + 1, 5 * kDeflateGroupBytes})
    EXPECT_LE(compressed(make_input(1, size, 3)).size(), deflate_bound_bytes(size)) << size;
}

TEST(DeflateBlock, MakesNothingOfNothing) { EXPECT_TRUE(compressed({}).empty()); }

TEST(DeflateBlock, CompressesWhatCanBeCompressed) {
  EXPECT_LT(compressed(make_input(2, 100000, 1)).size(), 1000u);
}

}  // namespace
}  // namespace oriel::codec
