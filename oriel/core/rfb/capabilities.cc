#include "oriel/core/rfb/capabilities.h"

#include "oriel/core/rfb/constants.h"

namespace oriel::rfb {
namespace {

struct Row {
  std::int32_t id;
  bool Capabilities::* member;
};

constexpr Row kTable[] = {
    {kPseudoLastRect, &Capabilities::last_rect},
    {kPseudoDesktopSize, &Capabilities::desktop_size},
    {kPseudoExtendedDesktopSize, &Capabilities::extended_desktop_size},
    {kPseudoDesktopName, &Capabilities::desktop_name},
    {kPseudoCursor, &Capabilities::cursor},
    {kPseudoXCursor, &Capabilities::x_cursor},
    {kPseudoCursorWithAlpha, &Capabilities::cursor_with_alpha},
    {kPseudoVmwareCursor, &Capabilities::vmware_cursor},
    {kPseudoPointerPos, &Capabilities::pointer_position},
    {kPseudoVmwareCursorPosition, &Capabilities::vmware_cursor_position},
    {kPseudoQemuExtendedKey, &Capabilities::qemu_extended_key},
    {kPseudoQemuLedState, &Capabilities::qemu_led_state},
    {kPseudoVmwareLedState, &Capabilities::vmware_led_state},
    {kPseudoExtendedMouseButtons, &Capabilities::extended_mouse_buttons},
    {kPseudoExtendedClipboard, &Capabilities::extended_clipboard},
    {kPseudoFence, &Capabilities::fence},
    {kPseudoContinuousUpdates, &Capabilities::continuous_updates},
};

// -32 to -23 are JPEG quality 0 to 9, -256 to -247 compression level 0 to 9.
constexpr std::int32_t kJpegQuality0 = -32;
constexpr std::int32_t kCompression0 = -256;

std::optional<int> level(std::int32_t id, std::int32_t level0) {
  if (id < level0 || id > level0 + 9) return std::nullopt;
  return id - level0;
}

}  // namespace

Capabilities read_capabilities(std::span<const std::int32_t> encodings) {
  Capabilities known;
  for (const auto id : encodings) {
    if (const auto* encoding = codec::find_encoding(id);
        encoding != nullptr && encoding->can_encode() && known.encoding == nullptr)
      known.encoding = encoding;
    if (const auto quality = level(id, kJpegQuality0)) known.jpeg_quality = quality;
    if (const auto compression = level(id, kCompression0)) known.compression = compression;
    for (const auto& row : kTable)
      if (row.id == id) known.*row.member = true;
  }
  if (known.encoding == nullptr) known.encoding = codec::find_encoding(kEncodingRaw);
  return known;
}

}  // namespace oriel::rfb
