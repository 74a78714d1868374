// Any bytes as a zlib stream, in pieces and with reads of any size: what InflateStream gives is
// what zlib gives, up to the first error of either.
//
//   input := U8 piece, U8 read, rest    piece: bytes of a piece - 1, read: so many times 16, - 1

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "fuzz/fuzzer.h"
#include "oriel/base/byte_reader.h"
#include "oriel/core/codec/inflate_stream.h"

namespace {

using namespace oriel;

constexpr std::size_t kPlainMax = 300'000;
constexpr std::size_t kCanaryBytes = 64;
constexpr std::uint8_t kCanary = 0xa5;

struct Read {
  Bytes plain;
  bool is_whole = true;  // by zlib: up to the stream's end; by us: no error
};

// All that zlib makes of `stream`, until it ends or is broken.
Read by_zlib(ByteSpan stream) {
  z_stream zlib{};
  ORIEL_CHECK(inflateInit(&zlib) == Z_OK);
  Bytes plain(kPlainMax);
  zlib.next_in = const_cast<Bytef*>(stream.data());
  zlib.avail_in = static_cast<uInt>(stream.size());
  zlib.next_out = plain.data();
  zlib.avail_out = static_cast<uInt>(plain.size());
  int answer = Z_OK;
  while (zlib.avail_out > 0 && answer == Z_OK) answer = inflate(&zlib, Z_SYNC_FLUSH);
  plain.resize(plain.size() - zlib.avail_out);
  const bool is_whole = answer == Z_STREAM_END && zlib.avail_in == 0;
  inflateEnd(&zlib);
  return {plain, is_whole};
}

Read by_us(ByteSpan stream, std::size_t piece_bytes, std::size_t read_bytes) {
  Read read;
  codec::InflateStream inflate;
  Bytes room(read_bytes + kCanaryBytes, kCanary);
  for (std::size_t at = 0; at < stream.size() && read.plain.size() < kPlainMax; at += piece_bytes) {
    inflate.feed(stream.subspan(at, std::min(piece_bytes, stream.size() - at)));
    while (true) {
      const auto count = inflate.read(std::span(room).first(read_bytes));
      for (std::size_t i = 0; i < kCanaryBytes; ++i) ORIEL_CHECK(room[read_bytes + i] == kCanary);
      if (!count) {
        read.is_whole = false;
        return read;
      }
      ORIEL_CHECK(*count <= read_bytes);
      read.plain.insert(read.plain.end(), room.begin(),
                        room.begin() + static_cast<std::ptrdiff_t>(*count));
      if (read.plain.size() >= kPlainMax) return read;
      if (*count < read_bytes) break;
    }
    ORIEL_CHECK(inflate.is_used_up());
  }
  return read;
}

}  // namespace

ORIEL_FUZZER(inflate_stream, bytes, size) {
  if (size < 2) return 0;
  ByteReader reader({bytes, size});
  const std::size_t piece_bytes = std::size_t{reader.u8()} + 1;
  const std::size_t read_bytes = (std::size_t{reader.u8()} + 1) * 16;
  const auto stream = reader.take(reader.remaining());
  const auto theirs = by_zlib(stream);
  const auto ours = by_us(stream, piece_bytes, read_bytes);
  const auto common = std::min(ours.plain.size(), theirs.plain.size());
  ORIEL_CHECK(std::equal(ours.plain.begin(),
                         ours.plain.begin() + static_cast<std::ptrdiff_t>(common),
                         theirs.plain.begin()));
  if (theirs.is_whole) ORIEL_CHECK(ours.is_whole && ours.plain.size() == theirs.plain.size());
  return 0;
}
