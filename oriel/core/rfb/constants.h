#pragma once
// Numbers of the RFB protocol (RFC 6143 and rfbproto.rst).

#include <cstdint>

namespace oriel::rfb {

// Client to server (7.5).
inline constexpr std::uint8_t kSetPixelFormat = 0;
inline constexpr std::uint8_t kSetEncodings = 2;
inline constexpr std::uint8_t kFramebufferUpdateRequest = 3;
inline constexpr std::uint8_t kKeyEvent = 4;
inline constexpr std::uint8_t kPointerEvent = 5;
inline constexpr std::uint8_t kClientCutText = 6;
inline constexpr std::uint8_t kEnableContinuousUpdates = 150;
inline constexpr std::uint8_t kFence = 248;  // both directions
inline constexpr std::uint8_t kXvp = 250;    // both directions
inline constexpr std::uint8_t kSetDesktopSize = 251;
inline constexpr std::uint8_t kGii = 253;   // both directions
inline constexpr std::uint8_t kQemu = 255;  // both directions; a sub-type follows
inline constexpr std::uint8_t kQemuExtendedKey = 0;

// Server to client (7.6).
inline constexpr std::uint8_t kFramebufferUpdate = 0;
inline constexpr std::uint8_t kSetColourMapEntries = 1;
inline constexpr std::uint8_t kBell = 2;
inline constexpr std::uint8_t kServerCutText = 3;
inline constexpr std::uint8_t kEndOfContinuousUpdates = 150;

inline constexpr std::int32_t kEncodingRaw = 0;

// Pseudo-encodings (7.8 and rfbproto.rst).
inline constexpr std::int32_t kPseudoDesktopSize = -223;
inline constexpr std::int32_t kPseudoLastRect = -224;
inline constexpr std::int32_t kPseudoPointerPos = -232;
inline constexpr std::int32_t kPseudoCursor = -239;
inline constexpr std::int32_t kPseudoXCursor = -240;
inline constexpr std::int32_t kPseudoQemuExtendedKey = -258;
inline constexpr std::int32_t kPseudoQemuAudio = -259;
inline constexpr std::int32_t kPseudoQemuLedState = -261;
inline constexpr std::int32_t kPseudoDesktopName = -307;
inline constexpr std::int32_t kPseudoExtendedDesktopSize = -308;
inline constexpr std::int32_t kPseudoFence = -312;
inline constexpr std::int32_t kPseudoContinuousUpdates = -313;
inline constexpr std::int32_t kPseudoCursorWithAlpha = -314;
inline constexpr std::int32_t kPseudoExtendedMouseButtons = -316;
inline constexpr std::int32_t kPseudoVmwareCursor = 0x574d5664;
inline constexpr std::int32_t kPseudoVmwareCursorPosition = 0x574d5666;
inline constexpr std::int32_t kPseudoVmwareLedState = 0x574d5668;
inline constexpr std::int32_t kPseudoExtendedClipboard = static_cast<std::int32_t>(0xc0a1e5ceu);

// Fence flags (rfbproto.rst, "ClientFence").
inline constexpr std::uint32_t kFenceBlockBefore = 1u << 0;
inline constexpr std::uint32_t kFenceBlockAfter = 1u << 1;
inline constexpr std::uint32_t kFenceSyncNext = 1u << 2;
inline constexpr std::uint32_t kFenceRequest = 1u << 31;

// Reasons and results of ExtendedDesktopSize.
inline constexpr std::uint16_t kResizedByServer = 0;
inline constexpr std::uint16_t kResizedByThisClient = 1;
inline constexpr std::uint16_t kResizedByOtherClient = 2;
inline constexpr std::uint16_t kResizeDone = 0;
inline constexpr std::uint16_t kResizeProhibited = 1;
inline constexpr std::uint16_t kResizeOutOfResources = 2;
inline constexpr std::uint16_t kResizeInvalidLayout = 3;

}  // namespace oriel::rfb
