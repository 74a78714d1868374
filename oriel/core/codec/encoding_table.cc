#include "oriel/core/codec/encoding_table.h"

#include "oriel/core/codec/raw_decoder.h"
#include "oriel/core/codec/raw_encoder.h"
#include "oriel/core/codec/zrle_decoder.h"
#include "oriel/core/codec/zrle_encoder.h"
#include "oriel/core/codec/zrle_format.h"

namespace oriel::codec {
namespace {

std::size_t raw_max_body_bytes(std::int64_t pixels) { return static_cast<std::size_t>(pixels) * 4; }

constexpr Encoding kEncodings[] = {
    {16, "zrle", Framing::kSharedDeflate, zrle::max_body_bytes, make_zrle_encoder,
     make_zrle_decoder},
    {0, "raw", Framing::kPlain, raw_max_body_bytes, make_raw_encoder, make_raw_decoder},
};

}  // namespace

std::span<const Encoding> encoding_table() { return kEncodings; }

const Encoding* find_encoding(std::int32_t id) {
  for (const auto& encoding : kEncodings)
    if (encoding.id == id) return &encoding;
  return nullptr;
}

}  // namespace oriel::codec
