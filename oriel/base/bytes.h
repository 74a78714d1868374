#pragma once
// Names for bytes: owned, lent, and shared by many readers.

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace oriel {

using Bytes = std::vector<std::uint8_t>;
using ByteSpan = std::span<const std::uint8_t>;
// Immutable after construction; any thread may read it.
using SharedBytes = std::shared_ptr<const Bytes>;

// Bytes inside of something larger, which lives as long as they are held. Immutable.
struct HeldBytes {
  ByteSpan bytes;
  std::shared_ptr<const void> owner;
};

// The bytes of `text`, lent as long as `text` lives.
inline ByteSpan as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// `bytes` seen as characters, lent as long as `bytes` lives.
inline std::string_view as_text(ByteSpan bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace oriel
