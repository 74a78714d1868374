#include "oriel/core/rfb/colour_map_message.h"

#include "oriel/base/byte_reader.h"
#include "oriel/core/rfb/constants.h"

namespace oriel::rfb {

// U8 type, U8 padding, U16 first entry, U16 count; for each U16 red, green, blue of 65535.
void write_colour_map(const image::ColourMap& map, ByteWriter& writer) {
  writer.u8(kSetColourMapEntries).u8(0).u16(0).u16(static_cast<std::uint16_t>(map.size()));
  for (const auto colour : map)
    for (int shift : {16, 8, 0})
      writer.u16(static_cast<std::uint16_t>((colour >> shift & 255) * 257));
}

Need parse_colour_map(ByteSpan bytes, image::ColourMap& map) {
  constexpr std::size_t kHead = 6, kEntry = 6;
  if (bytes.size() < kHead) return {0, kHead};
  ByteReader reader(bytes);
  reader.skip(2);
  const std::size_t first = reader.u16(), count = reader.u16();
  const auto size = kHead + count * kEntry;  // at most 394 KB
  if (bytes.size() < size) return {0, size};
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t colour = 0;
    for (int channel = 0; channel < 3; ++channel) colour = colour << 8 | reader.u16() >> 8;
    if (first + i < map.size()) map[first + i] = colour;
  }
  return {size, 1};
}

}  // namespace oriel::rfb
