#include "oriel/app/client/message_text.h"

#include <fmt/format.h>

#include "oriel/app/client/limits.h"
#include "oriel/base/printable.h"
#include "oriel/core/keys/keysym_unicode.h"

namespace oriel::client {
namespace {

std::string text_of(const image::Rect& rect) {
  return fmt::format("{}x{} at {},{}", rect.width, rect.height, rect.x, rect.y);
}

std::string text_of(image::Size size) { return fmt::format("{}x{}", size.width, size.height); }

// What is typed may be a password.
std::string text_of_key(std::uint32_t keysym, bool is_down) {
  const auto* way = is_down ? "down" : "up";
  if (keys::code_point_of_keysym(keysym)) return fmt::format("{} (a character)", way);
  return fmt::format("{} keysym {:#x}", way, keysym);
}

struct Sent {
  std::string operator()(const rfb::SetPixelFormat& message) const {
    return "SetPixelFormat " + image::describe(message.format);
  }
  std::string operator()(const rfb::SetEncodings& message) const {
    return fmt::format("SetEncodings {}", fmt::join(message.encodings, " "));
  }
  std::string operator()(const rfb::UpdateRequest& message) const {
    return fmt::format("FramebufferUpdateRequest {}{}",
                       message.is_incremental ? "incremental " : "", text_of(message.rect));
  }
  std::string operator()(const rfb::KeyEvent& message) const {
    return "KeyEvent " + text_of_key(message.keysym, message.is_down);
  }
  std::string operator()(const rfb::PointerEvent& message) const {
    return fmt::format("PointerEvent {},{} buttons {:#x}", message.position.x, message.position.y,
                       message.buttons);
  }
  std::string operator()(const rfb::CutTextHead& message) const {
    return fmt::format("ClientCutText {} bytes", message.bytes);
  }
  std::string operator()(const rfb::EnableContinuousUpdates& message) const {
    return fmt::format("EnableContinuousUpdates {} {}", message.is_enabled ? "on" : "off",
                       text_of(message.rect));
  }
  std::string operator()(const rfb::Fence& message) const {
    return fmt::format("ClientFence flags {:#x}, {} bytes", message.flags, message.payload.size());
  }
  std::string operator()(const rfb::SetDesktopSize& message) const {
    return "SetDesktopSize " + text_of(message.size);
  }
  std::string operator()(const rfb::QemuKeyEvent& message) const {
    const bool is_character = keys::code_point_of_keysym(message.keysym).has_value();
    return fmt::format("QemuExtendedKeyEvent {}{}", text_of_key(message.keysym, message.is_down),
                       is_character ? "" : fmt::format(" scancode {:#x}", message.scancode));
  }
};

struct Came {
  std::string operator()(const rfb::Connected& event) const {
    return fmt::format("ServerInit {}, {}, \"{}\"", text_of(event.geometry),
                       image::describe(event.format), printable(event.name, kShownTextMax));
  }
  std::string operator()(const rfb::Updated& event) const {
    std::int64_t pixels = 0;
    for (const auto& rect : event.rects) pixels += rect.area();
    return fmt::format("FramebufferUpdate {} rectangles, {} pixels", event.rects.size(), pixels);
  }
  std::string operator()(const rfb::Bell&) const { return "Bell"; }
  std::string operator()(const rfb::Resized& event) const {
    return fmt::format("desktop size {}, reason {}, result {}", text_of(event.size), event.reason,
                       event.result);
  }
  std::string operator()(const rfb::Renamed& event) const {
    return fmt::format("DesktopName \"{}\"", printable(event.name, kShownTextMax));
  }
  std::string operator()(const rfb::FenceCame& event) const {
    return fmt::format("ServerFence flags {:#x}, {} bytes", event.flags, event.payload.size());
  }
  std::string operator()(const rfb::ContinuousUpdatesEnded&) const {
    return "EndOfContinuousUpdates";
  }
  std::string operator()(const rfb::Confirmed& event) const {
    return fmt::format("pseudo-encoding {} is known", event.encoding);
  }
  std::string operator()(const rfb::CutText& event) const {
    return fmt::format("ServerCutText {} bytes", event.text.size());
  }
  std::string operator()(const rfb::ClipboardCame& event) const {
    return client::text_of(event.message);
  }
  std::string operator()(const rfb::ClipboardRefused& event) const {
    return "extended clipboard refused: " + event.reason;
  }
  std::string operator()(const rfb::CursorCame& event) const {
    return "cursor " + text_of(event.cursor.size);
  }
  std::string operator()(const rfb::PointerMoved& event) const {
    return fmt::format("pointer at {},{}", event.position.x, event.position.y);
  }
  std::string operator()(const rfb::LedStateCame& event) const {
    return fmt::format("keyboard lights {:#x}", event.leds);
  }
};

struct OfClipboard {
  std::string operator()(const rfb::ClipboardCaps& message) const {
    return fmt::format("clipboard caps formats {:#x} actions {:#x}", message.formats,
                       message.actions);
  }
  std::string operator()(const rfb::ClipboardRequest& message) const {
    return fmt::format("clipboard request formats {:#x}", message.formats);
  }
  std::string operator()(const rfb::ClipboardPeek&) const { return "clipboard peek"; }
  std::string operator()(const rfb::ClipboardNotify& message) const {
    return fmt::format("clipboard notify formats {:#x}", message.formats);
  }
  std::string operator()(const rfb::ClipboardProvide& message) const {
    std::size_t bytes = 0;
    for (const auto& [format, content] : message.contents) bytes += content.size();
    return fmt::format("clipboard provide {} formats, {} bytes", message.contents.size(), bytes);
  }
};

}  // namespace

std::string text_of(const rfb::ClientMessage& message) { return std::visit(Sent{}, message); }
std::string text_of(const rfb::ClientEvent& event) { return std::visit(Came{}, event); }
std::string text_of(const rfb::ClipboardMessage& message) {
  return std::visit(OfClipboard{}, message);
}

}  // namespace oriel::client
