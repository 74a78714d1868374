#include "oriel/core/codec/encoding_table.h"

#include "oriel/core/codec/copy_rect_decoder.h"
#include "oriel/core/codec/hextile_decoder.h"
#include "oriel/core/codec/hextile_encoder.h"
#include "oriel/core/codec/hextile_format.h"
#include "oriel/core/codec/jpeg_rect_decoder.h"
#include "oriel/core/codec/raw_decoder.h"
#include "oriel/core/codec/raw_encoder.h"
#include "oriel/core/codec/rre_decoder.h"
#include "oriel/core/codec/rre_encoder.h"
#include "oriel/core/codec/rre_format.h"
#include "oriel/core/codec/tight_decoder.h"
#include "oriel/core/codec/tight_format.h"
#include "oriel/core/codec/tight_png_decoder.h"
#include "oriel/core/codec/trle_decoder.h"
#include "oriel/core/codec/trle_encoder.h"
#include "oriel/core/codec/trle_format.h"
#include "oriel/core/codec/zlib_decoder.h"
#include "oriel/core/codec/zlib_encoder.h"
#include "oriel/core/codec/zrle_decoder.h"
#include "oriel/core/codec/zrle_encoder.h"
#include "oriel/core/codec/zrle_format.h"

namespace oriel::codec {
namespace {

constexpr image::Size kAnySize{65535, 65535};

std::size_t raw_max_body_bytes(image::Size size) {
  return static_cast<std::size_t>(size.area()) * 4;
}

std::size_t copy_rect_max_body_bytes(image::Size) { return 4; }

constexpr image::Size kTightSize{tight::kMaxWidth, 65535};

constexpr Encoding kEncodings[] = {
    {16, "zrle", Framing::kSharedDeflate, kAnySize, zrle::max_body_bytes, make_zrle_encoder,
     make_zrle_decoder},
    {6, "zlib", Framing::kSharedDeflate, kAnySize, zlib_max_body_bytes, make_zlib_encoder,
     make_zlib_decoder},
    {15, "trle", Framing::kPlain, kAnySize, trle::max_body_bytes, make_trle_encoder,
     make_trle_decoder},
    {5, "hextile", Framing::kPlain, kAnySize, hextile::max_body_bytes, make_hextile_encoder,
     make_hextile_decoder},
    {4, "corre", Framing::kPlain, rre::kCompactMax, rre::max_body_bytes<rre::Coordinates::kOneByte>,
     make_corre_encoder, make_corre_decoder},
    {2, "rre", Framing::kPlain, kAnySize, rre::max_body_bytes<rre::Coordinates::kTwoBytes>,
     make_rre_encoder, make_rre_decoder},
    {0, "raw", Framing::kPlain, kAnySize, raw_max_body_bytes, make_raw_encoder, make_raw_decoder},
    // Sent once there is something that finds what moved.
    {1, "copyrect", Framing::kPlain, kAnySize, copy_rect_max_body_bytes, nullptr,
     make_copy_rect_decoder},
    {7, "tight", Framing::kPlain, kTightSize, tight::max_body_bytes, nullptr, make_tight_decoder},
    {-260, "tightpng", Framing::kPlain, kTightSize, tight::max_body_bytes, nullptr,
     make_tight_png_decoder},
    {21, "jpeg", Framing::kPlain, kAnySize, jpeg_rect_max_body_bytes, nullptr,
     make_jpeg_rect_decoder},
};

}  // namespace

std::span<const Encoding> encoding_table() { return kEncodings; }

const Encoding* find_encoding(std::int32_t id) {
  for (const auto& encoding : kEncodings)
    if (encoding.id == id) return &encoding;
  return nullptr;
}

}  // namespace oriel::codec
