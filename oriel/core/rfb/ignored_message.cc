#include "oriel/core/rfb/ignored_message.h"

#include "oriel/base/byte_reader.h"
#include "oriel/core/rfb/constants.h"

namespace oriel::rfb {
namespace {

constexpr std::uint8_t kQemuAudio = 1;
constexpr std::uint16_t kQemuAudioSamples = 2;

// U8 type, U8 sub-type with the highest bit for big endian, U16 length in that order, so many bytes
// (rfbproto.rst, "gii Server Message").
IgnoredMessage gii_message(ByteSpan bytes) {
  constexpr std::size_t kHead = 4;
  if (bytes.size() < kHead) return {kHead};
  const bool is_big_endian = (bytes[1] & 0x80) != 0;
  const unsigned high = bytes[is_big_endian ? 2 : 3], low = bytes[is_big_endian ? 3 : 2];
  return {kHead, high << 8 | low};
}

// U8 type, U8 1, U16 operation; with samples U32 length, so many bytes (rfbproto.rst, "QEMU Audio
// Server Message").
std::optional<IgnoredMessage> qemu_message(ByteSpan bytes) {
  constexpr std::size_t kHead = 4, kSamplesHead = 8;
  if (bytes.size() >= 2 && bytes[1] != kQemuAudio) return std::nullopt;
  if (bytes.size() < kHead) return IgnoredMessage{kHead};
  ByteReader reader(bytes.subspan(2));
  if (reader.u16() != kQemuAudioSamples) return IgnoredMessage{kHead};
  if (bytes.size() < kSamplesHead) return IgnoredMessage{kSamplesHead};
  return IgnoredMessage{kSamplesHead, reader.u32()};
}

}  // namespace

std::optional<IgnoredMessage> find_ignored_message(ByteSpan bytes) {
  switch (bytes[0]) {
    case kXvp:
      return IgnoredMessage{4};  // U8 type, padding, U8 version, U8 code
    case kGii:
      return gii_message(bytes);
    case kQemu:
      return qemu_message(bytes);
    default:
      return std::nullopt;
  }
}

}  // namespace oriel::rfb
