#include "oriel/core/codec/zlib_compress.h"

#include <zlib.h>

#include "oriel/base/check.h"

namespace oriel::codec {

Bytes zlib_compress(ByteSpan bytes) {
  uLongf size = compressBound(bytes.size());
  Bytes packed(size);
  ORIEL_CHECK(compress2(packed.data(), &size, bytes.data(), bytes.size(), Z_BEST_SPEED) == Z_OK);
  packed.resize(size);
  return packed;
}

}  // namespace oriel::codec
