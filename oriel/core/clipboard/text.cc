#include "oriel/core/clipboard/text.h"

#include <algorithm>
#include <cstdint>

namespace oriel::clipboard {
namespace {

std::uint8_t byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<std::uint8_t>(text[at]) : 0;
}

bool is_continuation(std::uint8_t byte) { return (byte & 0xc0) == 0x80; }

// The bytes of the well-formed character at `at`; 0 when there is none.
std::size_t character_size(std::string_view text, std::size_t at) {
  const std::uint8_t first = byte_at(text, at);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const std::size_t size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  for (std::size_t i = 1; i < size; ++i) {
    if (!is_continuation(byte_at(text, at + i))) return 0;
  }
  const std::uint8_t second = byte_at(text, at + 1);
  const bool is_overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool is_surrogate = first == 0xed && second >= 0xa0;
  const bool is_beyond = first == 0xf4 && second >= 0x90;
  return is_overlong || is_surrogate || is_beyond ? 0 : size;
}

bool is_kept(char c) {
  const auto byte = static_cast<std::uint8_t>(c);
  return byte >= 0x20 ? byte != 0x7f : c == '\n' || c == '\t';
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t size = character_size(bytes, at);
    if (size == 0) return false;
    at += size;
  }
  return true;
}

Encoding estimate_encoding(std::string_view bytes) {
  return is_utf8(bytes) ? Encoding::kUtf8 : Encoding::kLatin1;
}

std::string latin1_to_utf8(std::string_view latin1) {
  std::string utf8;
  utf8.reserve(latin1.size());
  for (const char c : latin1) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte >= 0x80) utf8 += static_cast<char>(0xc0 | byte >> 6);
    utf8 += byte >= 0x80 ? static_cast<char>(0x80 | (byte & 0x3f)) : c;
  }
  return utf8;
}

std::string utf8_to_latin1(std::string_view utf8) {
  std::string latin1;
  latin1.reserve(utf8.size());
  for (std::size_t at = 0; at < utf8.size();) {
    const std::size_t size = character_size(utf8, at);
    const std::uint8_t first = byte_at(utf8, at);
    if (size == 1) {
      latin1 += utf8[at];
    } else if (size == 2 && first < 0xc4) {  // up to U+00FF
      latin1 += static_cast<char>((first & 0x03) << 6 | (byte_at(utf8, at + 1) & 0x3f));
    } else {
      latin1 += kSubstitute;
    }
    at += size == 0 ? 1 : size;
  }
  return latin1;
}

std::string to_utf8(std::string_view bytes) {
  return is_utf8(bytes) ? std::string(bytes) : latin1_to_utf8(bytes);
}

std::string sanitize_clipboard_text(std::string_view text, std::size_t max_bytes) {
  std::string clean;
  clean.reserve(std::min(text.size(), max_bytes));
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = std::max<std::size_t>(character_size(text, at), 1);
    const bool is_line_end = text[at] == '\r';
    const bool is_pair = is_line_end && byte_at(text, at + 1) == '\n';
    if (is_line_end || is_kept(text[at])) {
      if (clean.size() + size > max_bytes) break;
      if (is_line_end) {
        clean += '\n';
      } else {
        clean += text.substr(at, size);
      }
    }
    at += is_pair ? 2 : size;
  }
  return clean;
}

}  // namespace oriel::clipboard
