#pragma once
// Appends big-endian numbers and byte runs to bytes that the caller owns.

#include <cstdint>

#include "oriel/base/bytes.h"

namespace oriel {

class ByteWriter {
 public:
  // `out` must outlive the writer; what is in it stays.
  explicit ByteWriter(Bytes& out) : out_(out) {}

  ByteWriter& u8(std::uint8_t value) {
    out_.push_back(value);
    return *this;
  }
  ByteWriter& u16(std::uint16_t value) {
    return u8(static_cast<std::uint8_t>(value >> 8)).u8(static_cast<std::uint8_t>(value));
  }
  ByteWriter& u32(std::uint32_t value) {
    return u16(static_cast<std::uint16_t>(value >> 16)).u16(static_cast<std::uint16_t>(value));
  }
  ByteWriter& s32(std::int32_t value) { return u32(static_cast<std::uint32_t>(value)); }
  ByteWriter& bytes(ByteSpan run) {
    out_.insert(out_.end(), run.begin(), run.end());
    return *this;
  }
  ByteWriter& zeros(std::size_t count) {
    out_.insert(out_.end(), count, 0);
    return *this;
  }

 private:
  Bytes& out_;
};

}  // namespace oriel
