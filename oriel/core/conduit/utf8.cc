#include "oriel/core/conduit/utf8.h"

#include <cstdint>
#include <cstring>

namespace oriel::conduit {

namespace {

constexpr std::uint64_t kHighBits = 0x8080'8080'8080'8080;

template <typename T>
T load(const char* at) {
  T word;
  std::memcpy(&word, at, sizeof(word));
  return word;
}

// All of them at once: the last word overlaps the one before.
template <typename T>
bool has_high_bits(std::string_view text) {
  T all = load<T>(text.data() + text.size() - sizeof(T));
  for (std::size_t i = 0; i + sizeof(T) < text.size(); i += sizeof(T))
    all |= load<T>(text.data() + i);
  return (all & static_cast<T>(kHighBits)) != 0;
}

bool is_ascii(std::string_view text) {
  if (text.size() >= 8) return !has_high_bits<std::uint64_t>(text);
  if (text.size() >= 4) return !has_high_bits<std::uint32_t>(text);
  return text.empty() || !has_high_bits<std::uint8_t>(text);
}

std::size_t ascii_bytes(std::string_view text) {
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8)
    if ((load<std::uint64_t>(text.data() + i) & kHighBits) != 0) break;
  while (i < text.size() && static_cast<unsigned char>(text[i]) < 0x80) ++i;
  return i;
}

// Of the sequence that `text` begins with, which is not ASCII; 0 when it begins with none.
//
//   C2..DF 80..BF                    E0 A0..BF 80..BF      F0 90..BF 80..BF 80..BF
//                                    E1..EC, EE, EF        F1..F3 80..BF 80..BF 80..BF
//                                    ED 80..9F 80..BF      F4 80..8F 80..BF 80..BF
std::size_t sequence_bytes(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto lead = at(0);
  const std::size_t bytes = lead < 0xc2   ? 0
                            : lead < 0xe0 ? 2
                            : lead < 0xf0 ? 3
                            : lead < 0xf5 ? 4
                                          : 0;
  if (bytes == 0 || bytes > text.size()) return 0;
  const unsigned second_min = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const unsigned second_max = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (at(1) < second_min || at(1) > second_max) return 0;
  for (std::size_t i = 2; i < bytes; ++i)
    if ((at(i) & 0xc0) != 0x80) return 0;
  return bytes;
}

}  // namespace

bool is_utf8(std::string_view text) {
  if (is_ascii(text)) return true;
  for (text.remove_prefix(ascii_bytes(text)); !text.empty();
       text.remove_prefix(ascii_bytes(text))) {
    const auto bytes = sequence_bytes(text);
    if (bytes == 0) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

std::string with_valid_utf8(std::string_view text) {
  std::string valid;
  while (!text.empty()) {
    auto bytes = ascii_bytes(text);
    if (bytes == 0) bytes = sequence_bytes(text);
    valid += bytes > 0 ? text.substr(0, bytes) : std::string_view("\xEF\xBF\xBD");
    text.remove_prefix(bytes > 0 ? bytes : 1);
  }
  return valid;
}

std::string cut_utf8(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0) == 0x80) --bytes_max;
  return std::string(text.substr(0, bytes_max));
}

}  // namespace oriel::conduit
