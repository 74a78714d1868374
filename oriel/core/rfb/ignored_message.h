#pragma once
// Messages of extensions that a server may say although we never asked: how long they are, so that
// they can be passed over.

#include <cstdint>
#include <optional>

#include "oriel/base/bytes.h"

namespace oriel::rfb {

struct IgnoredMessage {
  std::size_t head_bytes = 0;    // wanted to know the length
  std::uint64_t body_bytes = 0;  // behind them; known once head_bytes are there
};

// The message at the front of `bytes` (not empty, its type included): xvp, gii, and QEMU's sound.
// Nothing for others.
std::optional<IgnoredMessage> find_ignored_message(ByteSpan bytes);

}  // namespace oriel::rfb
