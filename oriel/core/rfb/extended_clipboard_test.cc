#include "oriel/core/rfb/extended_clipboard.h"

#include <gtest/gtest.h>

#include "oriel/core/codec/inflate_stream.h"
#include "oriel/core/codec/zlib_compress.h"
#include "oriel/core/rfb/constants.h"

namespace oriel::rfb {
namespace {

using clipboard::Format;

constexpr ClipboardLimits kLimits{1000, 1000, 1000, 1000, 0};

Bytes written(const ClipboardMessage& message) {
  Bytes body;
  ByteWriter writer(body);
  write_clipboard_message(message, writer);
  return body;
}

Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

// Flags, and behind them a zlib stream of `data`.
Bytes provide(std::uint32_t flags, const Bytes& data) {
  Bytes body;
  ByteWriter(body).u32(flags).bytes(codec::zlib_compress(data));
  return body;
}

std::string text_of(std::string_view wire) {
  Bytes data;
  ByteWriter(data).u32(static_cast<std::uint32_t>(wire.size())).bytes(as_bytes(wire));
  const auto message = parse_clipboard_message(provide(0x10000001, data), kLimits);
  EXPECT_TRUE(message);
  return std::string(as_text(std::get<ClipboardProvide>(*message).contents.at(Format::kText)));
}

TEST(ExtendedClipboard, WritesEveryMessageToTheByte) {
  EXPECT_EQ(written(ClipboardCaps{0b1011, kAllClipboardActions, {1, 2, 77, 0x01020304}}),
            (Bytes{0x1f, 0, 0, 0b1011, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4}));
  EXPECT_EQ(written(ClipboardRequest{5}), (Bytes{2, 0, 0, 5}));
  EXPECT_EQ(written(ClipboardPeek{}), (Bytes{4, 0, 0, 0}));
  EXPECT_EQ(written(ClipboardNotify{9}), (Bytes{8, 0, 0, 9}));
  const auto body = written(
      ClipboardProvide{{{Format::kHtml, bytes_of("<b>")}, {Format::kText, bytes_of("a\nb\r\nc")}}});
  EXPECT_EQ(Bytes(body.begin(), body.begin() + 4), (Bytes{0x10, 0, 0, 5}));
  codec::InflateStream stream;
  stream.feed(ByteSpan(body).subspan(4));
  Bytes data(100);
  const auto size = stream.read(data);
  ASSERT_TRUE(size);
  data.resize(*size);
  EXPECT_EQ(data, (Bytes{0, 0, 0, 8, 'a', '\r', '\n', 'b', '\r', '\n', 'c', 0, 0, 0, 0, 3, '<', 'b',
                         '>'}));
}

TEST(ExtendedClipboard, ReadsBackWhatItWrites) {
  const ClipboardMessage messages[] = {
      ClipboardCaps{0xf, kAllClipboardActions, {1, 2, 3, 4, 0}},
      ClipboardCaps{},
      ClipboardRequest{15},
      ClipboardPeek{},
      ClipboardNotify{},
      ClipboardNotify{3},
      ClipboardProvide{},
      ClipboardProvide{{{Format::kText, bytes_of("é Ж 中 \xf0\x9f\x98\x80\n")},
                        {Format::kRtf, bytes_of("{\\rtf1}")},
                        {Format::kDib, Bytes(900, 7)}}}};
  for (const auto& message : messages)
    EXPECT_EQ(parse_clipboard_message(written(message), kLimits), message) << message.index();
}

TEST(ExtendedClipboard, ReadsTheLineEndsOfText) {
  EXPECT_EQ(text_of(std::string_view("a\r\nb\nc\rd\0", 9)), "a\nb\nc\rd");
  EXPECT_EQ(text_of("a\r\r\nb"), "a\nb");
  EXPECT_EQ(text_of("no NUL"), "no NUL");
  EXPECT_EQ(text_of(std::string_view("\0\0", 2)), "");
  EXPECT_EQ(text_of("\r"), "\r");
  EXPECT_EQ(text_of(""), "");
}

TEST(ExtendedClipboard, LeavesOutFormatsItDoesNotKnow) {
  const Bytes caps{0x01, 0, 0x80, 0x01, 0, 0, 0, 9, 0, 0, 0, 8};
  EXPECT_EQ(parse_clipboard_message(caps, kLimits), ClipboardMessage(ClipboardCaps{1, 0, {9}}));
  EXPECT_EQ(parse_clipboard_message(Bytes{8, 0, 0x80, 1}, kLimits),
            ClipboardMessage(ClipboardNotify{1}));
}

TEST(ExtendedClipboard, RefusesASizeBeyondItsLimitBeforeItInflatesIt) {
  for (const std::uint32_t size : {999u, 1000u, 1001u, 0xffffffffu}) {
    Bytes data;
    ByteWriter(data).u32(size).zeros(std::min(size, 2000u));
    const auto message = parse_clipboard_message(provide(0x10000002, data), kLimits);
    EXPECT_EQ(message.has_value(), size <= 1000) << size;
    if (!message) {
      EXPECT_EQ(message.error().code, ErrorCode::kTooLarge);
    }
  }
  Bytes data;
  ByteWriter(data).u32(1001);
  EXPECT_EQ(parse_clipboard_message(provide(0x10000002, data), kLimits).error().message,
            "clipboard: 1001 bytes of format 1, at most 1000");
}

TEST(ExtendedClipboard, TakesMemoryAsBytesComeAndNotAsTheyArePromised) {
  Bytes data;
  ByteWriter(data).u32(0xf0000000).zeros(3);
  ClipboardLimits endless;
  endless.fill(0xffffffff);
  EXPECT_EQ(parse_clipboard_message(provide(0x10000008, data), endless).error().message,
            "clipboard: the data ends after 3 bytes of 4026531840");
}

TEST(ExtendedClipboard, RefusesEveryTruncationAndSeveralActions) {
  const auto whole = written(ClipboardProvide{{{Format::kText, bytes_of("text")}}});
  // The last 4 bytes are zlib's checksum, which nobody waits for; before it is the end mark.
  for (std::size_t size = 0; size + 6 < whole.size(); ++size)
    EXPECT_FALSE(parse_clipboard_message(ByteSpan(whole).first(size), kLimits)) << size;
  const auto caps = written(ClipboardCaps{7, 0, {}});
  for (std::size_t size = 0; size < caps.size(); ++size)
    EXPECT_FALSE(parse_clipboard_message(ByteSpan(caps).first(size), kLimits)) << size;
  for (const std::uint8_t actions : {0x00, 0x06, 0x18, 0x20, 0x80}) {
    EXPECT_EQ(parse_clipboard_message(Bytes{actions, 0, 0, 1}, kLimits).error().code,
              ErrorCode::kInvalid)
        << int{actions};
  }
}

TEST(ExtendedClipboard, FramesABodyByItsNegativeLength) {
  Bytes message;
  ByteWriter writer(message);
  write_extended_cut_text(kClientCutText, Bytes{4, 0, 0, 0}, writer);
  EXPECT_EQ(message, (Bytes{6, 0, 0, 0, 0xff, 0xff, 0xff, 0xfc, 4, 0, 0, 0}));
}

}  // namespace
}  // namespace oriel::rfb
