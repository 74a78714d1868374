#pragma once
// SetColourMapEntries (RFC 6143, 7.6.2): what the numbers of a pixel format without true colour
// mean.

#include "oriel/base/byte_writer.h"
#include "oriel/base/bytes.h"
#include "oriel/base/session.h"
#include "oriel/core/image/colour_map.h"

namespace oriel::rfb {

// The message with all 256 entries of `map`.
void write_colour_map(const image::ColourMap& map, ByteWriter& writer);

// The message at the front of `bytes`, its type included, into `map`: the entries that it has and
// that a map of 256 has. Consumes nothing while bytes are missing.
Need parse_colour_map(ByteSpan bytes, image::ColourMap& map);

}  // namespace oriel::rfb
