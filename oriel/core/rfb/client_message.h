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
#include "oriel/core/rfb/cut_text_receiver.h"
#include "oriel/core/rfb/limits.h"
#include "oriel/core/rfb/server_message.h"

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
  // Bit 0 left, 1 middle, 2 right, 3 wheel up, 4 down, 5 left, 6 right, 7 back, 8 forward.
  std::uint16_t buttons = 0;
  image::Point position;
  friend bool operator==(const PointerEvent&, const PointerEvent&) = default;
};
// ContinuousUpdates (rfbproto.rst): updates of `rect` without requests, or not any more.
struct EnableContinuousUpdates {
  bool is_enabled = false;
  image::Rect rect;
  friend bool operator==(const EnableContinuousUpdates&, const EnableContinuousUpdates&) = default;
};
struct Fence {
  std::uint32_t flags = 0;
  Bytes payload;  // at most 64 bytes
  friend bool operator==(const Fence&, const Fence&) = default;
};
// A client wants another geometry.
struct SetDesktopSize {
  image::Size size;
  std::vector<ScreenLayout> screens;
  friend bool operator==(const SetDesktopSize&, const SetDesktopSize&) = default;
};
// A key with its place on the keyboard: XT set 1, 0xe0 as the high bit (QEMU extended key event).
struct QemuKeyEvent {
  bool is_down = false;
  std::uint32_t keysym = 0;  // 0: unknown
  std::uint32_t scancode = 0;
  friend bool operator==(const QemuKeyEvent&, const QemuKeyEvent&) = default;
};

// Of a cut text only the head: the body follows.
using ClientMessage =
    std::variant<SetPixelFormat, SetEncodings, UpdateRequest, KeyEvent, PointerEvent, CutTextHead,
                 EnableContinuousUpdates, Fence, SetDesktopSize, QemuKeyEvent>;

// Whether bit 7 of a button mask announces a second byte: only after both sides have said that they
// know it (ExtendedMouseButtons); before, it is the eighth button.
enum class PointerForm { kPlain, kExtended };

// One message from the front of `bytes` (not empty) into `message`; consumed 0 while bytes are
// missing. Errors name the message and the limit: kInvalid for an unknown type, kTooLarge,
// kUnsupported for a colour map that is smaller than ours.
Result<Need> parse_client_message(ByteSpan bytes, const Limits& limits, PointerForm pointer_form,
                                  ClientMessage& message);

// A PointerEvent is written extended when it has a button beyond the seventh and `pointer_form`
// allows it.
void write_client_message(const ClientMessage& message, ByteWriter& writer,
                          PointerForm pointer_form = PointerForm::kPlain);

}  // namespace oriel::rfb
