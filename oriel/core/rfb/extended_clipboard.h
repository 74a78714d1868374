#pragma once
// The messages of the extended clipboard (rfbproto.rst, "Extended Clipboard Pseudo-Encoding") as
// values; read from and written to the bodies of ClientCutText and ServerCutText, which are the
// same both ways. Pure.

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <variant>

#include "oriel/base/byte_writer.h"
#include "oriel/base/bytes.h"
#include "oriel/base/result.h"
#include "oriel/core/clipboard/clipboard.h"

namespace oriel::rfb {

// A set of formats: clipboard::format_bit() each.
using FormatBits = std::uint32_t;

inline constexpr std::uint32_t kClipboardCaps = 1u << 24;
inline constexpr std::uint32_t kClipboardRequest = 1u << 25;
inline constexpr std::uint32_t kClipboardPeek = 1u << 26;
inline constexpr std::uint32_t kClipboardNotify = 1u << 27;
inline constexpr std::uint32_t kClipboardProvide = 1u << 28;
inline constexpr std::uint32_t kAllClipboardActions =
    kClipboardRequest | kClipboardPeek | kClipboardNotify | kClipboardProvide;

// What the sender takes.
struct ClipboardCaps {
  FormatBits formats = 0;
  std::uint32_t actions = 0;  // kClipboardRequest to kClipboardProvide
  // How many bytes of each format may come unasked, as they are before they are compressed.
  std::array<std::uint32_t, clipboard::kFormats> unasked_bytes{};
  friend bool operator==(const ClipboardCaps&, const ClipboardCaps&) = default;
};
// The sender wants these formats of what the receiver has announced.
struct ClipboardRequest {
  FormatBits formats = 0;
  friend bool operator==(const ClipboardRequest&, const ClipboardRequest&) = default;
};
// The sender wants to be told what there is.
struct ClipboardPeek {
  friend bool operator==(const ClipboardPeek&, const ClipboardPeek&) = default;
};
// The sender's clipboard has these formats now; none: it is empty.
struct ClipboardNotify {
  FormatBits formats = 0;
  friend bool operator==(const ClipboardNotify&, const ClipboardNotify&) = default;
};
// What is on the sender's clipboard. Text is UTF-8 with lines ended by LF and no NUL at its end; on
// the wire by CRLF, and with one. All else is as the wire has it.
struct ClipboardProvide {
  std::map<clipboard::Format, Bytes> contents;
  friend bool operator==(const ClipboardProvide&, const ClipboardProvide&) = default;
};

using ClipboardMessage =
    std::variant<ClipboardCaps, ClipboardRequest, ClipboardPeek, ClipboardNotify, ClipboardProvide>;

// What a client that has the extension, and has not said its caps, takes.
ClipboardCaps default_clipboard_caps();
// What our servers take: every format that is defined, nothing unasked.
ClipboardCaps server_clipboard_caps();

// The most that a provide may hold of each format, as it is before it is compressed.
using ClipboardLimits = std::array<std::size_t, clipboard::kFormats>;

// Reads the body of a message: what follows its negative length. Formats that we do not know are
// left out; what is larger than its limit is not inflated.
// Errors: kInvalid for what is broken or asks for several actions at once, kTooLarge.
Result<ClipboardMessage> parse_clipboard_message(ByteSpan body, const ClipboardLimits& limits);

void write_clipboard_message(const ClipboardMessage& message, ByteWriter& body);
// The whole message: `type` is kClientCutText or kServerCutText.
void write_extended_cut_text(std::uint8_t type, ByteSpan body, ByteWriter& writer);

}  // namespace oriel::rfb
