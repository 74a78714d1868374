#pragma once
// The first bytes of MessagePack values.

#include <cstdint>

namespace oriel::conduit {

// The first byte of each value (spec.md, "Formats"). Numbers behind it are big-endian.
enum Format : std::uint8_t {
  kFixMap = 0x80,    // 1000 nnnn: n members
  kFixArray = 0x90,  // 1001 nnnn: n elements
  kFixText = 0xa0,   // 101n nnnn: n bytes
  kNil = 0xc0,
  kNeverUsed = 0xc1,
  kFalse = 0xc2,
  kTrue = 0xc3,
  kBytes8 = 0xc4,
  kBytes16 = 0xc5,
  kBytes32 = 0xc6,
  kExtension8 = 0xc7,
  kExtension16 = 0xc8,
  kExtension32 = 0xc9,
  kFloat32 = 0xca,
  kFloat64 = 0xcb,
  kUnsigned8 = 0xcc,
  kUnsigned16 = 0xcd,
  kUnsigned32 = 0xce,
  kUnsigned64 = 0xcf,
  kSigned8 = 0xd0,
  kSigned16 = 0xd1,
  kSigned32 = 0xd2,
  kSigned64 = 0xd3,
  kFixExtension1 = 0xd4,  // of 1, 2, 4, 8 and 16 bytes
  kFixExtension16 = 0xd8,
  kText8 = 0xd9,
  kText16 = 0xda,
  kText32 = 0xdb,
  kArray16 = 0xdc,
  kArray32 = 0xdd,
  kMap16 = 0xde,
  kMap32 = 0xdf,
  kFixNegative = 0xe0,  // 111n nnnn: n - 32
};

}  // namespace oriel::conduit
