#pragma once
// Reads big-endian numbers and byte runs from lent bytes. Reading past the end is a bug of the
// caller, who asks `remaining()` first: parsers decide from it how many bytes to wait for.

#include <cstddef>
#include <cstdint>

#include "oriel/base/bytes.h"
#include "oriel/base/check.h"

namespace oriel {

class ByteReader {
 public:
  // `bytes` must outlive the reader and what `take` returns.
  explicit ByteReader(ByteSpan bytes) : bytes_(bytes) {}

  std::size_t remaining() const { return bytes_.size() - position_; }
  std::size_t position() const { return position_; }

  std::uint8_t u8() { return take(1)[0]; }
  std::uint16_t u16() {
    auto b = take(2);
    return static_cast<std::uint16_t>(b[0] << 8 | b[1]);
  }
  std::uint32_t u32() {
    auto b = take(4);
    return std::uint32_t{b[0]} << 24 | std::uint32_t{b[1]} << 16 | std::uint32_t{b[2]} << 8 | b[3];
  }
  std::int32_t s32() { return static_cast<std::int32_t>(u32()); }
  void skip(std::size_t count) { take(count); }

  // The next `count` bytes, lent.
  ByteSpan take(std::size_t count) {
    ORIEL_CHECK(count <= remaining());
    auto run = bytes_.subspan(position_, count);
    position_ += count;
    return run;
  }

 private:
  ByteSpan bytes_;
  std::size_t position_ = 0;
};

}  // namespace oriel
