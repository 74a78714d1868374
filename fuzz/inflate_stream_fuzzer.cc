// Any bytes as a zlib stream, in pieces and with reads of any size: what InflateStream gives is
// what zlib gives, up to the first error of either.
//
//   input := U8 piece, U8 read, rest    piece: bytes of a piece - 1, read: so many times 16, - 1

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "oriel/base/byte_reader.h"
#include "oriel/core/codec/inflate_stream.h"

namespace {

using namespace oriel;

constexpr std::size_t kPlainMax = 300'000;
constexpr std::size_t kCanaryBytes = 64;
constexpr std::uint8_t kCanary = 0xa5;

// All that zlib makes of `stream`, until it ends or is broken.
Bytes by_zlib(ByteSpan stream) {
  z_stream zlib{};
  ORIEL_CHECK(inflateInit(&zlib) == Z_OK);
  Bytes plain(kPlainMax);
  zlib.next_in = const_cast<Bytef*>(stream.data());
  zlib.avail_in = static_cast<uInt>(stream.size());
  zlib.next_out = plain.data();
  zlib.avail_out = static_cast<uInt>(plain.size());
  while (zlib.avail_out > 0 && inflate(&zlib, Z_SYNC_FLUSH) == Z_OK) {
  }
  plain.resize(plain.size() - zlib.avail_out);
  inflateEnd(&zlib);
  return plain;
}

struct Read {
  Bytes plain;
  bool is_whole = true;  // no error
};

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

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size < 2) return 0;
  ByteReader reader({bytes, size});
  const std::size_t piece_bytes = std::size_t{reader.u8()} + 1;
  const std::size_t read_bytes = (std::size_t{reader.u8()} + 1) * 16;
  const auto stream = reader.take(reader.remaining());
  const auto expected = by_zlib(stream);
  const auto [plain, is_whole] = by_us(stream, piece_bytes, read_bytes);
  // Who finds an error may have found it before, or given what stands before it.
  const auto common = std::min(plain.size(), expected.size());
  ORIEL_CHECK(std::equal(plain.begin(), plain.begin() + static_cast<std::ptrdiff_t>(common),
                         expected.begin()));
  if (is_whole && expected.size() < kPlainMax) ORIEL_CHECK(plain.size() == expected.size());
  return 0;
}
