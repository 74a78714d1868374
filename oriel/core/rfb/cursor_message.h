#pragma once
// The shape of the mouse cursor as a pseudo-rectangle, in each of the four forms that clients know:
// written by the server, read by the client (rfbproto.rst, "Cursor", "X Cursor", "Cursor With
// Alpha" and "VMware Cursor Pseudo-encoding").

#include <cstddef>
#include <cstdint>

#include "oriel/base/byte_writer.h"
#include "oriel/base/bytes.h"
#include "oriel/base/result.h"
#include "oriel/core/image/cursor.h"
#include "oriel/core/image/pixel_format.h"
#include "oriel/core/rfb/capabilities.h"
#include "oriel/core/rfb/limits.h"

namespace oriel::rfb {

// From none to the best: the later ones lose less of a cursor.
enum class CursorForm {
  kNone,
  kTwoColours,  // XCursor: two colours, pixels are there or not
  kMasked,      // Cursor: the client's pixel format, pixels are there or not
  kVmware,      // alpha, straight
  kAlpha,       // CursorWithAlpha: alpha, premultiplied
};

// The best form that a client has announced. Only such a client may be sent a cursor.
CursorForm best_cursor_form(const Capabilities& capabilities);

// Header and body of one rectangle, by the number of `form`, which is not kNone. `format`: the
// client's; it matters to kMasked only. An empty cursor is sent as one of 0x0.
void write_cursor(const image::Cursor& cursor, CursorForm form, const image::PixelFormat& format,
                  ByteWriter& writer);

bool is_cursor_encoding(std::int32_t encoding);

// How many bytes the body of a rectangle with the cursor `encoding` has, as far as `bytes`, its
// beginning, tells: more than there are as long as some are missing. `rect` is that of its header.
// Errors: kTooLarge for a cursor beyond limits.cursor_side_max, kInvalid for a kind that is none.
Result<std::size_t> cursor_body_bytes(std::int32_t encoding, const image::Rect& rect,
                                      ByteSpan bytes, const image::PixelFormat& format,
                                      const Limits& limits);

// `body` is whole and of the size that cursor_body_bytes says. The cursor is normalized
// (image/cursor.h). Errors: kUnsupported for pixels of a CursorWithAlpha that are not Raw.
Result<image::Cursor> parse_cursor(std::int32_t encoding, const image::Rect& rect, ByteSpan body,
                                   const image::PixelFormat& format, const Limits& limits);

}  // namespace oriel::rfb
