// Any text of a peer in a log: it stays one line of valid UTF-8 that drives no terminal.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/fuzzer.h"
#include "oriel/app/observe/escape.h"
#include "oriel/base/check.h"

ORIEL_FUZZER(log_text, bytes, size) {
  using namespace oriel::observe;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto line = text_line(text);
  const auto field = text_field(text);
  for (const auto& shown : {line, field})
    for (char c : shown) ORIEL_CHECK(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  // What is harmless stays.
  ORIEL_CHECK(text_line(line) == line);
  ORIEL_CHECK(valid_utf8(line) == line);
  const auto utf8 = valid_utf8(text);
  ORIEL_CHECK(valid_utf8(utf8) == utf8);

  ORIEL_CHECK(!field.empty());
  // A program that splits at blanks outside quotes finds one field.
  const bool is_quoted = field.front() == '"';
  if (!is_quoted) {
    ORIEL_CHECK(field.find_first_of(" \"=") == field.npos);
    return 0;
  }
  std::size_t end = 1;
  while (end < field.size() && field[end] != '"') end += field[end] == '\\' ? 2 : 1;
  ORIEL_CHECK(end == field.size() - 1);
  return 0;
}
