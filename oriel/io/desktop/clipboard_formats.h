#pragma once
// Between what a desktop's clipboard holds and what RFB's extended clipboard carries: pictures are
// PNG here and bitmaps there, HTML is plain here and a fragment with a head there. Pure.

#include <cstdint>
#include <vector>

#include "oriel/base/bytes.h"
#include "oriel/base/result.h"
#include "oriel/core/clipboard/clipboard.h"
#include "oriel/io/desktop/desktop.h"

namespace oriel::desktop {

clipboard::Format wire_format(ClipboardFormat format);
std::uint32_t wire_bits(ClipboardFormats formats);
// Without those that no desktop has.
ClipboardFormats desktop_formats(std::uint32_t bits);
// The formats of a set, in order.
std::vector<ClipboardFormat> each(ClipboardFormats formats);

// Pictures take their time, up to some 200 ms. Text comes out fit for programs, as
// UTF-8 with LF and without control characters. Errors: those of the codecs.
Result<Bytes> from_wire(ClipboardFormat format, ByteSpan bytes);
Result<Bytes> to_wire(ClipboardFormat format, ByteSpan bytes);

}  // namespace oriel::desktop
