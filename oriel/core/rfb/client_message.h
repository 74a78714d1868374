#pragma once
// What a client may say after the handshake (RFC 6143, 7.5), as values; read from bytes and written
// to bytes.

#include <cstdint>
#include <variant>
#include <vector>

#include "oriel/base/byte_writer.h"
#include "oriel/base/bytes.h"
#include "oriel/base/result.h"
#include "oriel/base/session.h"
#include "oriel/core/image/pixel_format.h"
#include "oriel/core/image/rect.h"
#include "oriel/core/rfb/limits.h"

namespace oriel::rfb {

struct SetPixelFormat {
  image::PixelFormat format;
  friend bool operator==(const SetPixelFormat&, const SetPixelFormat&) = default;
};
struct SetEncodings {
  std::vector<std::int32_t> encodings;  // most wanted first
  friend bool operator==(const SetEncodings&, const SetEncodings&) = default;
};
struct UpdateRequest {
  bool is_incremental = false;
  image::Rect rect;  // as the client said it; may lie outside the screen
  friend bool operator==(const UpdateRequest&, const UpdateRequest&) = default;
};
struct KeyEvent {
  bool is_down = false;
  std::uint32_t keysym = 0;
  friend bool operator==(const KeyEvent&, const KeyEvent&) = default;
};
struct PointerEvent {
  std::uint8_t buttons = 0;
  image::Point position;
  friend bool operator==(const PointerEvent&, const PointerEvent&) = default;
};
// Only the head: the text itself follows, `bytes` long.
struct CutTextHead {
  std::uint32_t bytes = 0;
  friend bool operator==(const CutTextHead&, const CutTextHead&) = default;
};

using ClientMessage =
    std::variant<SetPixelFormat, SetEncodings, UpdateRequest, KeyEvent, PointerEvent, CutTextHead>;

// One message from the front of `bytes` (not empty) into `message`; consumed 0 while bytes are
// missing. Errors name the message and the limit: kInvalid for an unknown type, kTooLarge,
// kUnsupported for a colour map that is smaller than ours.
Result<Need> parse_client_message(ByteSpan bytes, const Limits& limits, ClientMessage& message);

void write_client_message(const ClientMessage& message, ByteWriter& writer);

}  // namespace oriel::rfb
