// Any header of an X server's framebuffer file: a layout that is accepted lies inside the file.
//
//   input := U64 size of the file, header

#include <cstddef>
#include <cstdint>

#include "fuzz/fuzzer.h"
#include "oriel/base/byte_reader.h"
#include "oriel/io/desktop/limits.h"
#include "oriel/io/desktop/xwd_header.h"

ORIEL_FUZZER(xwd_header, bytes, size) {
  using namespace oriel;
  if (size < 8) return 0;
  ByteReader reader({bytes, size});
  const auto high = reader.u32();
  const std::uint64_t file_bytes = std::uint64_t{high} << 32 | reader.u32();
  const auto header = reader.take(reader.remaining());
  const auto layout = desktop::parse_xwd_header(header, file_bytes);
  if (!layout) return 0;
  ORIEL_CHECK(layout->size.width >= 1 && layout->size.width <= desktop::kMaxSidePx);
  ORIEL_CHECK(layout->size.height >= 1 && layout->size.height <= desktop::kMaxSidePx);
  const auto stride = static_cast<std::uint64_t>(layout->stride_bytes);
  ORIEL_CHECK(stride >= std::uint64_t{4} * static_cast<std::uint64_t>(layout->size.width));
  ORIEL_CHECK(layout->pixels_offset >= desktop::kXwdHeaderBytes && layout->pixels_offset % 4 == 0);
  const auto pixels = stride * static_cast<std::uint64_t>(layout->size.height);
  ORIEL_CHECK(layout->pixels_offset <= file_bytes && pixels <= file_bytes - layout->pixels_offset);
  return 0;
}
