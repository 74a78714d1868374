#pragma once
// The head of the file that Xvfb -fbdir keeps its live framebuffer in (X11/XWDFile.h, version 7).
// Pure: no files.

#include <cstddef>
#include <cstdint>

#include "oriel/base/bytes.h"
#include "oriel/base/result.h"
#include "oriel/core/image/rect.h"

namespace oriel::desktop {

// How many bytes of the file `parse_xwd_header` wants to see.
inline constexpr std::size_t kXwdHeaderBytes = 100;

struct XwdLayout {
  image::Size size;  // when the server started; RANDR never updates it
  std::ptrdiff_t stride_bytes = 0;
  std::size_t pixels_offset = 0;  // need not be aligned to more than 4

  friend bool operator==(const XwdLayout&, const XwdLayout&) = default;
};

// `bytes` is the beginning of a file of `file_bytes`. Accepts 32-bit little-endian BGRX only, and
// only when all rows lie inside the file.
Result<XwdLayout> parse_xwd_header(ByteSpan bytes, std::uint64_t file_bytes);

}  // namespace oriel::desktop
