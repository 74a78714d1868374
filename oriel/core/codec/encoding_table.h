#pragma once
// THE list of encodings. To add one: a pair of files and a row in encoding_table.cc; round-trip and
// split tests, fuzzer, benchmark, metrics label and --help loop over this table.

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "oriel/core/codec/decoder.h"
#include "oriel/core/codec/encoder.h"
#include "oriel/core/image/rect.h"

namespace oriel::codec {

struct Encoding {
  std::int32_t id;        // RFB encoding number
  std::string_view name;  // in logs, metrics labels and settings: "zrle"
  Framing framing;
  // The largest rectangle that one payload may be for; larger ones are sent as several.
  image::Size max_size;
  // The most body bytes that a rectangle can need in any format; a decoder wants no more.
  std::size_t (*max_body_bytes)(image::Size size);
  std::unique_ptr<Encoder> (*make_encoder)();  // null: we read it, but never send it
  std::unique_ptr<Decoder> (*make_decoder)();

  bool can_encode() const { return make_encoder != nullptr; }
};

// In the order in which the server prefers them.
std::span<const Encoding> encoding_table();

// Null when the number is not in the table.
const Encoding* find_encoding(std::int32_t id);

}  // namespace oriel::codec
