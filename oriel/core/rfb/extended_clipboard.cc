#include "oriel/core/rfb/extended_clipboard.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>

#include "oriel/base/byte_reader.h"
#include "oriel/base/check.h"
#include "oriel/core/codec/inflate_stream.h"
#include "oriel/core/codec/zlib_compress.h"

namespace oriel::rfb {
namespace {

using clipboard::Format;
using clipboard::format_bit;

// U32 flags: bits 0 to 15 formats, 24 to 31 actions; then, by action:
//   caps      U32 unasked bytes, for each format bit that is set, the lowest first
//   provide   a zlib stream of its own: U32 size, data, for each format bit that is set
constexpr std::uint32_t kFormatMask = 0xffff;
constexpr std::uint32_t kKnownFormats = (1u << clipboard::kFormats) - 1;
constexpr std::uint32_t kActionMask = 0xff000000u;

// Memory for what is inflated is taken in pieces of this size, as the bytes come, not as they are
// promised.
constexpr std::size_t kPieceBytes = 64 * 1024;

ClipboardCaps parse_caps(std::uint32_t flags, ByteReader reader) {
  ClipboardCaps caps{flags & kKnownFormats, flags & kAllClipboardActions, {}};
  for (std::size_t i = 0; i < caps.unasked_bytes.size(); ++i)
    if (flags >> i & 1) caps.unasked_bytes[i] = reader.u32();
  return caps;
}

void end_lines_with_lf(Bytes& text) {
  while (!text.empty() && text.back() == 0) text.pop_back();
  std::size_t to = 0;
  for (const std::uint8_t byte : text) {
    // All that stand before an LF, so that what is read has no CRLF left.
    while (byte == '\n' && to > 0 && text[to - 1] == '\r') --to;
    text[to++] = byte;
  }
  text.resize(to);
}

Bytes end_lines_with_crlf(ByteSpan text) {
  Bytes out;
  out.reserve(text.size() + static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) out.push_back('\r');
    out.push_back(text[i]);
  }
  out.push_back(0);
  return out;
}

Status read_exactly(codec::InflateStream& stream, std::size_t size, Bytes& into) {
  into.clear();
  while (into.size() < size) {
    const std::size_t before = into.size(), piece = std::min(kPieceBytes, size - before);
    into.resize(before + piece);
    ORIEL_TRY(const auto got, stream.read(std::span(into).subspan(before)));
    if (got < piece) {
      return fail(ErrorCode::kInvalid,
                  fmt::format("clipboard: the data ends after {} bytes of {}", before + got, size));
    }
  }
  return {};
}

Result<ClipboardMessage> parse_provide(std::uint32_t flags, ByteSpan packed,
                                       const ClipboardLimits& limits) {
  ClipboardProvide provide;
  codec::InflateStream stream;
  stream.feed(packed);
  for (std::size_t i = 0; i < limits.size(); ++i) {
    if ((flags >> i & 1) == 0) continue;
    Bytes head, data;
    ORIEL_TRY_VOID(read_exactly(stream, 4, head));
    const std::size_t size = ByteReader(head).u32();
    if (size > limits[i]) {
      return fail(ErrorCode::kTooLarge,
                  fmt::format("clipboard: {} bytes of format {}, at most {}", size, i, limits[i]));
    }
    ORIEL_TRY_VOID(read_exactly(stream, size, data));
    const auto format = static_cast<Format>(i);
    if (format == Format::kText) end_lines_with_lf(data);
    provide.contents.emplace(format, std::move(data));
  }
  return provide;
}

struct BodyWriter {
  ByteWriter& out;

  void operator()(const ClipboardCaps& caps) const {
    const auto formats = caps.formats & kKnownFormats;
    out.u32(formats | kClipboardCaps | (caps.actions & kAllClipboardActions));
    for (std::size_t i = 0; i < caps.unasked_bytes.size(); ++i)
      if (formats >> i & 1) out.u32(caps.unasked_bytes[i]);
  }
  void operator()(const ClipboardRequest& request) const {
    out.u32((request.formats & kKnownFormats) | kClipboardRequest);
  }
  void operator()(const ClipboardPeek&) const { out.u32(kClipboardPeek); }
  void operator()(const ClipboardNotify& notify) const {
    out.u32((notify.formats & kKnownFormats) | kClipboardNotify);
  }
  void operator()(const ClipboardProvide& provide) const {
    std::uint32_t flags = kClipboardProvide;
    Bytes data;
    ByteWriter writer(data);
    for (const auto& [format, bytes] : provide.contents) {
      flags |= format_bit(format);
      const Bytes text = format == Format::kText ? end_lines_with_crlf(bytes) : Bytes();
      const ByteSpan wire = format == Format::kText ? ByteSpan(text) : ByteSpan(bytes);
      ORIEL_CHECK(wire.size() <= std::numeric_limits<std::uint32_t>::max());
      writer.u32(static_cast<std::uint32_t>(wire.size())).bytes(wire);
    }
    out.u32(flags).bytes(codec::zlib_compress(data));
  }
};

}  // namespace

ClipboardCaps default_clipboard_caps() {
  return {format_bit(Format::kText) | format_bit(Format::kRtf) | format_bit(Format::kHtml),
          kClipboardRequest | kClipboardNotify | kClipboardProvide,
          {20u << 20}};
}

ClipboardCaps server_clipboard_caps() {
  return {format_bit(Format::kText) | format_bit(Format::kRtf) | format_bit(Format::kHtml) |
              format_bit(Format::kDib),
          kAllClipboardActions,
          {}};
}

Result<ClipboardMessage> parse_clipboard_message(ByteSpan body, const ClipboardLimits& limits) {
  if (body.size() < 4)
    return fail(ErrorCode::kInvalid,
                fmt::format("clipboard: a message of {} bytes, at least 4", body.size()));
  ByteReader reader(body);
  const auto flags = reader.u32();
  if (flags & kClipboardCaps) {
    const auto sizes = static_cast<std::size_t>(std::popcount(flags & kFormatMask));
    if (reader.remaining() < sizes * 4)
      return fail(ErrorCode::kInvalid,
                  fmt::format("clipboard: caps with {} bytes of sizes for {} formats",
                              reader.remaining(), sizes));
    return parse_caps(flags, reader);
  }
  const auto formats = flags & kKnownFormats;
  switch (flags & kActionMask) {
    case kClipboardRequest:
      return ClipboardRequest{formats};
    case kClipboardPeek:
      return ClipboardPeek{};
    case kClipboardNotify:
      return ClipboardNotify{formats};
    case kClipboardProvide:
      return parse_provide(flags, reader.take(reader.remaining()), limits);
    default:
      return fail(ErrorCode::kInvalid,
                  fmt::format("clipboard: flags {:#010x}, expected one of caps, request, peek, "
                              "notify and provide",
                              flags));
  }
}

void write_clipboard_message(const ClipboardMessage& message, ByteWriter& body) {
  std::visit(BodyWriter{body}, message);
}

void write_extended_cut_text(std::uint8_t type, ByteSpan body, ByteWriter& writer) {
  ORIEL_CHECK(body.size() <= static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()));
  writer.u8(type).zeros(3).s32(-static_cast<std::int32_t>(body.size())).bytes(body);
}

}  // namespace oriel::rfb
