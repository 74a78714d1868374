#pragma once
// What a peer may ask for before it is refused. Each error names its limit.

#include <chrono>
#include <cstdint>

#include "oriel/base/time.h"

namespace oriel::rfb {

struct Limits {
  std::size_t encodings_max = 1024;              // in one SetEncodings
  std::uint32_t cut_text_bytes_max = 16u << 20;  // of one ClientCutText or ServerCutText
  // Of each format of the extended clipboard, before it is compressed: what was asked for (a 4K
  // picture fits), and what was not.
  std::size_t clipboard_bytes_max = 44u << 20;
  std::size_t clipboard_unasked_max = 1u << 20;
  std::size_t fence_bytes_max = 64;  // payload of one fence (rfbproto.rst)
  std::size_t screens_max = 16;      // in one SetDesktopSize
  // Answers that wait for the end of an open update, and pseudo-rectangles that wait for a request:
  // of a client that asks and does not read.
  std::size_t deferred_answers_bytes_max = 64 * 1024;
  int pseudo_rectangles_max = 256;
  std::uint32_t name_bytes_max = 4096;    // desktop name in ServerInit
  std::uint32_t reason_bytes_max = 4096;  // reason of a refusal
  // Width and height of a cursor; the largest that TigerVNC's viewer takes.
  int cursor_side_max = 256;
  // A desktop that a client accepts: its sides, and its pixels, of which it keeps two pictures.
  int geometry_max = 16384;
  std::int64_t pixels_max = std::int64_t{64} << 20;
  Duration handshake_timeout = std::chrono::seconds(10);
  // Messages of one client after the handshake. Who says more is left unread for a moment
  // (message_allowance.h), and ended when it does not let up for flood_timeout. 1,000 characters a
  // second are 2,000 key events.
  int messages_per_s = 5000;
  Duration flood_timeout = std::chrono::seconds(60);
};

}  // namespace oriel::rfb
