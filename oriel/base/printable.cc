#include "oriel/base/printable.h"

namespace oriel {
namespace {

constexpr bool is_continued(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// The beginning of a text that is longer, without a character of UTF-8 that is cut.
std::string_view beginning(std::string_view text, std::size_t bytes_max) {
  constexpr std::size_t kContinuedMax = 3;
  auto end = bytes_max;
  while (end > 0 && bytes_max - end < kContinuedMax && is_continued(text[end])) --end;
  return text.substr(0, is_continued(text[end]) ? bytes_max : end);
}

}  // namespace

std::string printable(std::string_view text, std::size_t bytes_max) {
  const bool is_cut = text.size() > bytes_max;
  if (is_cut) text = beginning(text, bytes_max);
  std::string shown;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const auto next = static_cast<unsigned char>(at + 1 < text.size() ? text[at + 1] : 0);
    const bool is_wide_control = byte == 0xc2 && next >= 0x80 && next < 0xa0;
    shown += byte < ' ' || byte == 0x7f || is_wide_control ? '?' : text[at];
    if (is_wide_control) ++at;
  }
  return is_cut ? shown + "..." : shown;
}

}  // namespace oriel
