#include "oriel/app/monitor/mail_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

#include "oriel/app/observe/escape.h"

namespace oriel::monitor {
namespace {

constexpr std::size_t kAddressBytesMax = 254;
constexpr std::size_t kLineMax = 76;
// An encoded word has at most 75 characters: "=?UTF-8?B?" and "?=" leave 63, which is 45 bytes.
constexpr std::size_t kEncodedWordBytesMax = 45;

bool is_plain(char c) { return c >= ' ' && c <= '~'; }

std::string base64(std::string_view bytes) {
  static constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto at = [&](std::size_t offset) -> std::uint32_t {
      return i + offset < bytes.size() ? static_cast<unsigned char>(bytes[i + offset]) : 0;
    };
    const std::uint32_t bits = at(0) << 16 | at(1) << 8 | at(2);
    text += kLetters[bits >> 18];
    text += kLetters[bits >> 12 & 63];
    text += i + 1 < bytes.size() ? kLetters[bits >> 6 & 63] : '=';
    text += i + 2 < bytes.size() ? kLetters[bits & 63] : '=';
  }
  return text;
}

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// "Fri, 20 Nov 2026 13:47:50 +0100". Names of days and months are English in any locale.
std::string mail_date(WallTime time) {
  static constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const time_t seconds = time.microseconds / 1'000'000 + time.utc_offset_seconds;
  tm parts{};
  if (::gmtime_r(&seconds, &parts) == nullptr) return "Thu, 01 Jan 1970 00:00:00 +0000";
  const int offset_minutes = time.utc_offset_seconds / 60;
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} {}{:02}{:02}",
                     kDays.at(static_cast<std::size_t>(parts.tm_wday)), parts.tm_mday,
                     kMonths.at(static_cast<std::size_t>(parts.tm_mon)), parts.tm_year + 1900,
                     parts.tm_hour, parts.tm_min, parts.tm_sec, offset_minutes < 0 ? '-' : '+',
                     std::abs(offset_minutes) / 60, std::abs(offset_minutes) % 60);
}

}  // namespace

Status check_mail_address(std::string_view address) {
  const auto at = address.rfind('@');
  const bool has_parts =
      at != address.npos && at > 0 && at + 1 < address.size() && address.find('@') == at;
  const bool is_clean = std::ranges::all_of(address, [](char c) {
    return is_plain(c) && std::string_view(" \"(),:;<>[\\]").find(c) == std::string_view::npos;
  });
  if (has_parts && is_clean && address.size() <= kAddressBytesMax) return {};
  return fail(ErrorCode::kInvalid,
              fmt::format("\"{}\" is no mail address, expected one such as admin@example.org",
                          observe::text_line(address.substr(0, 80))));
}

std::string encoded_header(std::string_view name, std::string_view text) {
  const auto valid = observe::valid_utf8(text);
  std::string_view left = valid;
  std::string header = fmt::format("{}: ", name);
  // Plain where every reader shows it as it is, and no line gets too long.
  if (std::ranges::all_of(left, is_plain) && header.size() + left.size() <= kLineMax &&
      left.find("=?") == left.npos) {
    return header + std::string(left) + "\r\n";
  }
  bool is_first = true;
  while (!left.empty()) {
    std::size_t size = left.size();
    const std::size_t size_max = is_first ? kEncodedWordBytesMax - 12 : kEncodedWordBytesMax;
    if (size > size_max) {
      // A character stays in one word.
      for (size = size_max; size > 1 && continues_character(left[size]);) --size;
    }
    header +=
        fmt::format("{}=?UTF-8?B?{}?=\r\n", is_first ? "" : " ", base64(left.substr(0, size)));
    left.remove_prefix(size);
    is_first = false;
  }
  return header;
}

std::string quoted_printable(std::string_view text) {
  std::string out, line;
  const auto end_line = [&](std::string_view end) {
    out += line;
    out += end;
    line.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') {
      end_line("\r\n");
      continue;
    }
    const bool is_last_of_line = i + 1 == text.size() || text[i + 1] == '\n';
    // A blank at the end of a line can get lost on the way.
    const bool stays = is_plain(c) && c != '=' && !(c == ' ' && is_last_of_line);
    const auto shown =
        stays ? std::string(1, c) : fmt::format("={:02X}", static_cast<unsigned char>(c));
    if (line.size() + shown.size() > kLineMax - 1) end_line("=\r\n");
    line += shown;
  }
  if (!line.empty()) end_line("\r\n");
  return out;
}

std::string write_mail(const Mail& mail) {
  const auto domain = mail.from.substr(mail.from.rfind('@') + 1);
  return fmt::format("Date: {}\r\nFrom: {}\r\nTo: {}\r\n", mail_date(mail.time), mail.from,
                     fmt::join(mail.to, ",\r\n ")) +
         encoded_header("Subject", mail.subject) +
         fmt::format(
             "Message-ID: <{}@{}>\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
             "Content-Type: text/plain; charset=utf-8\r\n"
             "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
             mail.id, domain) +
         quoted_printable(mail.body);
}

}  // namespace oriel::monitor
