#include "oriel/core/conduit/utf8.h"

#include <cstdint>
#include <cstring>

namespace oriel::conduit {

namespace {

std::size_t ascii_bytes(std::string_view text) {
  std::size_t i = 0;
  for (std::uint64_t word = 0; i + sizeof(word) <= text.size(); i += sizeof(word)) {
    std::memcpy(&word, text.data() + i, sizeof(word));
    if ((word & 0x8080'8080'8080'8080) != 0) break;
  }
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
