#pragma once
// THE list of encodings. To add one: a pair of files and a row in encoding_table.cc; round-trip and
// split tests, fuzzer, benchmark, metrics label and --help loop over this table.

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "oriel/core/codec/decoder.h"
#include "oriel/core/codec/encoder.h"

namespace oriel::codec {

struct Encoding {
  std::int32_t id;        // RFB encoding number
  std::string_view name;  // in logs, metrics labels and settings: "zrle"
  Framing framing;
  // The most body bytes that a rectangle of `pixels` pixels of 4 bytes can need; a decoder refuses
  // more.
  std::size_t (*max_body_bytes)(std::int64_t pixels);
  std::unique_ptr<Encoder> (*make_encoder)();
  std::unique_ptr<Decoder> (*make_decoder)();
};

// In the order in which the server prefers them.
std::span<const Encoding> encoding_table();

// Null when the number is not in the table.
const Encoding* find_encoding(std::int32_t id);

}  // namespace oriel::codec
