#include "oriel/core/clipboard/html_fragment.h"

#include <fmt/format.h>

#include <charconv>
#include <cstddef>
#include <optional>

namespace oriel::clipboard {
namespace {

// The head: lines of a name, a colon and a value; offsets count bytes from its first.
//   Version:0.9
//   StartHTML:0000000105
//   EndHTML:...
//   StartFragment:...
//   EndFragment:...
constexpr std::string_view kHead =
    "Version:0.9\r\nStartHTML:{:010}\r\nEndHTML:{:010}\r\nStartFragment:{:010}\r\n"
    "EndFragment:{:010}\r\n";
constexpr std::string_view kBefore = "<!--StartFragment-->";
constexpr std::string_view kAfter = "<!--EndFragment-->";
// The head is at the front, and short.
constexpr std::size_t kMaxHeadBytes = 4096;

std::optional<std::size_t> offset_of(std::string_view head, std::string_view name) {
  const auto at = head.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  const char* first = head.data() + at + name.size();
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(first, head.data() + head.size(), value);
  return error == std::errc() ? std::optional(value) : std::nullopt;
}

std::optional<std::string_view> part(std::string_view bytes, std::string_view start_name,
                                     std::string_view end_name) {
  // What is copied may name them too, so only the head counts; it ends where the HTML begins.
  auto head = bytes.substr(0, kMaxHeadBytes);
  head = head.substr(0, head.find('<'));
  const auto start = offset_of(head, start_name), end = offset_of(head, end_name);
  if (!start || !end || *start > *end || *end > bytes.size()) return std::nullopt;
  return bytes.substr(*start, *end - *start);
}

}  // namespace

std::string to_html_fragment(std::string_view html) {
  const std::size_t head = fmt::format(fmt::runtime(kHead), 0, 0, 0, 0).size();
  const std::size_t start = head + kBefore.size(), end = start + html.size();
  std::string bytes = fmt::format(fmt::runtime(kHead), head, end + kAfter.size(), start, end);
  bytes.append(kBefore).append(html).append(kAfter);
  return bytes;
}

std::string from_html_fragment(std::string_view bytes) {
  // It may end with a NUL.
  if (bytes.ends_with('\0')) bytes.remove_suffix(1);
  if (!bytes.starts_with("Version:")) return std::string(bytes);
  if (const auto fragment = part(bytes, "StartFragment:", "EndFragment:"))
    return std::string(*fragment);
  return std::string(part(bytes, "StartHTML:", "EndHTML:").value_or(bytes));
}

}  // namespace oriel::clipboard
