// Any body of an extended cut text: what is read is inside its limits, and read again from what it
// is written to.
//
//   input := U8 limit of each format in units of 16 bytes, body

#include <cstddef>
#include <cstdint>

#include "fuzz/fuzzer.h"
#include "oriel/base/check.h"
#include "oriel/core/rfb/extended_clipboard.h"

ORIEL_FUZZER(extended_clipboard, data, size) {
  using namespace oriel;
  if (size < 1) return 0;
  rfb::ClipboardLimits limits;
  limits.fill(std::size_t{data[0]} * 16);
  const Bytes body(data + 1, data + size);
  const auto message = rfb::parse_clipboard_message(body, limits);
  if (!message) {
    ORIEL_CHECK(!message.error().message.empty());
    return 0;
  }
  if (const auto* provide = std::get_if<rfb::ClipboardProvide>(&*message)) {
    for (const auto& [format, bytes] : provide->contents) {
      ORIEL_CHECK(static_cast<int>(format) < clipboard::kFormats);
      ORIEL_CHECK(bytes.size() <= limits[static_cast<std::size_t>(format)]);
    }
  }
  Bytes written;
  ByteWriter writer(written);
  rfb::write_clipboard_message(*message, writer);
  limits.fill(1 << 20);  // line ends grow
  ORIEL_CHECK(rfb::parse_clipboard_message(written, limits) == message);
  return 0;
}
