#pragma once
// Clipboard text: which encoding it is in, between UTF-8 and the Latin-1 of the old RFB messages,
// and made fit for programs that expect plain text. Pure.

#include <cstddef>
#include <string>
#include <string_view>

#include "oriel/core/clipboard/limits.h"

namespace oriel::clipboard {

enum class Encoding { kUtf8, kLatin1 };
constexpr const char* encoding_name(Encoding encoding) {
  return encoding == Encoding::kUtf8 ? "utf-8" : "latin-1";
}

// What stands for a character that Latin-1 does not have.
inline constexpr char kSubstitute = '?';

// Well formed, without surrogates and overlong forms (Unicode 15, table 3-7).
bool is_utf8(std::string_view bytes);
// UTF-8 when it is well formed, else Latin-1, which all bytes are.
Encoding estimate_encoding(std::string_view bytes);

std::string latin1_to_utf8(std::string_view latin1);
// Each character that Latin-1 lacks becomes one kSubstitute; so does each byte that is no UTF-8.
std::string utf8_to_latin1(std::string_view utf8);
// As it is when it is UTF-8, else taken as Latin-1.
std::string to_utf8(std::string_view bytes);

// CRLF and CR become LF; NUL, DEL and control characters other than LF and tab go; so does what is
// beyond `max_bytes`, at the border of a character. Characters from 128 on stay. `text` is UTF-8.
std::string sanitize_clipboard_text(std::string_view text,
                                    std::size_t max_bytes = kDefaultMaxSanitizedBytes);

}  // namespace oriel::clipboard
