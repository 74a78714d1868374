#pragma once
// Between what a desktop's clipboard holds and what RFB's extended clipboard carries: pictures are
// PNG here and bitmaps there, HTML is plain here and a fragment with a head there. Pure.

#include "oriel/base/bytes.h"
#include "oriel/base/result.h"
#include "oriel/core/clipboard/clipboard.h"
#include "oriel/core/rfb/extended_clipboard.h"
#include "oriel/io/desktop/desktop.h"

namespace oriel::server {

clipboard::Format wire_format(desktop::ClipboardFormat format);
rfb::FormatBits wire_bits(desktop::ClipboardFormats formats);
// Without those that no desktop has.
desktop::ClipboardFormats desktop_formats(rfb::FormatBits bits);
// The formats of a set, in order.
std::vector<desktop::ClipboardFormat> each(desktop::ClipboardFormats formats);

// Pictures take their time, up to some 200 ms: see is_slow. Text comes out fit for programs, as
// UTF-8 with LF and without control characters. Errors: those of the codecs.
Result<Bytes> from_wire(desktop::ClipboardFormat format, ByteSpan bytes);
Result<Bytes> to_wire(desktop::ClipboardFormat format, ByteSpan bytes);

// Whether a conversion of so many bytes would hold up others that share the thread.
bool is_slow(desktop::ClipboardFormat format, std::size_t bytes);

}  // namespace oriel::server
