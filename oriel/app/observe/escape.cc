#include "oriel/app/observe/escape.h"

#include <fmt/format.h>

#include <cstdint>

namespace oriel::observe {
namespace {

struct Character {
  std::uint32_t code = 0;
  std::size_t bytes = 1;
  bool is_valid = true;
};

// The first character of `text`, which is not empty. Overlong forms, surrogates and codes beyond
// U+10FFFF are invalid bytes, one by one.
Character first_character(std::string_view text) {
  auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  constexpr Character kInvalid{.is_valid = false};
  auto lead = byte(0);
  if (lead < 0x80) return {.code = lead};
  std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) return kInvalid;

  std::uint32_t code = lead & (0x7fU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return kInvalid;
    code = code << 6 | (byte(i) & 0x3f);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  bool is_surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < kLeast[bytes] || code > 0x10ffff || is_surrogate) return kInvalid;
  return {.code = code, .bytes = bytes};
}

bool is_unsafe(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code <= 0x9f) ||         // C0, DEL, C1
         code == 0x200e || code == 0x200f || code == 0x061c ||    // direction marks
         (code >= 0x202a && code <= 0x202e) || code == 0x2028 ||  // embeddings, overrides,
         code == 0x2029 || (code >= 0x2066 && code <= 0x2069);    // line ends, isolates
}

// Calls `unsafe(character, its bytes)` for each character that must not stand as it is, and copies
// the others.
template <typename Unsafe>
std::string rewritten(std::string_view text, Unsafe unsafe) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    auto character = first_character(text);
    auto bytes = text.substr(0, character.bytes);
    if (character.is_valid && !is_unsafe(character.code))
      result += bytes;
    else
      result += unsafe(character, bytes);
    text.remove_prefix(character.bytes);
  }
  return result;
}

}  // namespace

std::string text_line(std::string_view text) {
  return rewritten(text, [](const Character& character, std::string_view bytes) -> std::string {
    if (!character.is_valid) return fmt::format("\\x{:02x}", static_cast<std::uint8_t>(bytes[0]));
    if (character.code == '\n') return "\\n";
    if (character.code == '\r') return "\\r";
    if (character.code == '\t') return "\\t";
    if (character.code < 0x80) return fmt::format("\\x{:02x}", character.code);
    return fmt::format("\\u{:04x}", character.code);
  });
}

std::string text_field(std::string_view text) {
  if (!text.empty() && text.find_first_of(" \"=\\") == text.npos) return text_line(text);
  std::string escaped;
  for (char c : text) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return fmt::format("\"{}\"", text_line(escaped));
}

std::string valid_utf8(std::string_view text) {
  return rewritten(text, [](const Character& character, std::string_view bytes) {
    return character.is_valid ? std::string(bytes) : std::string("\xef\xbf\xbd");
  });
}

std::string json_line(std::string_view json) {
  return rewritten(json, [](const Character& character, std::string_view) {
    return fmt::format("\\u{:04x}", character.is_valid ? character.code : 0xfffd);
  });
}

}  // namespace oriel::observe
