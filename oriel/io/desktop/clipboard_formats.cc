#include "oriel/io/desktop/clipboard_formats.h"

#include "oriel/core/clipboard/dib.h"
#include "oriel/core/clipboard/html_fragment.h"
#include "oriel/core/clipboard/text.h"

namespace oriel::desktop {
namespace {

constexpr ClipboardFormat kAll[] = {ClipboardFormat::kText, ClipboardFormat::kRtf,
                                    ClipboardFormat::kHtml, ClipboardFormat::kPng};
static_assert(std::size(kAll) == kClipboardFormats);

Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

}  // namespace

clipboard::Format wire_format(ClipboardFormat format) {
  switch (format) {
    case ClipboardFormat::kText:
      return clipboard::Format::kText;
    case ClipboardFormat::kRtf:
      return clipboard::Format::kRtf;
    case ClipboardFormat::kHtml:
      return clipboard::Format::kHtml;
    case ClipboardFormat::kPng:
      break;
  }
  return clipboard::Format::kDib;
}

std::uint32_t wire_bits(ClipboardFormats formats) {
  std::uint32_t bits = 0;
  for (const auto format : each(formats)) bits |= clipboard::format_bit(wire_format(format));
  return bits;
}

ClipboardFormats desktop_formats(std::uint32_t bits) {
  ClipboardFormats formats;
  for (const auto format : kAll)
    if (bits & clipboard::format_bit(wire_format(format))) formats.insert(format);
  return formats;
}

std::vector<ClipboardFormat> each(ClipboardFormats formats) {
  std::vector<ClipboardFormat> list;
  for (const auto format : kAll)
    if (formats.contains(format)) list.push_back(format);
  return list;
}

Result<Bytes> from_wire(ClipboardFormat format, ByteSpan bytes) {
  switch (format) {
    case ClipboardFormat::kText: {
      const auto text = clipboard::to_utf8(as_text(bytes));
      return bytes_of(clipboard::sanitize_clipboard_text(text, text.size()));
    }
    case ClipboardFormat::kHtml:
      return bytes_of(clipboard::from_html_fragment(as_text(bytes)));
    case ClipboardFormat::kPng:
      return clipboard::dib_to_png(bytes);
    case ClipboardFormat::kRtf:
      break;
  }
  return Bytes(bytes.begin(), bytes.end());
}

Result<Bytes> to_wire(ClipboardFormat format, ByteSpan bytes) {
  switch (format) {
    case ClipboardFormat::kHtml:
      return bytes_of(clipboard::to_html_fragment(as_text(bytes)));
    case ClipboardFormat::kPng:
      return clipboard::png_to_dib(bytes);
    case ClipboardFormat::kText:
    case ClipboardFormat::kRtf:
      break;
  }
  return Bytes(bytes.begin(), bytes.end());
}

}  // namespace oriel::desktop
