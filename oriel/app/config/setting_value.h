#pragma once
// The texts of single settings to values and back. Pure. Errors say what was got and what is
// allowed; the caller adds the setting's name and place.

#include <optional>
#include <string>
#include <string_view>

#include "oriel/app/config/settings.h"
#include "oriel/base/result.h"

namespace oriel::config {

// "127.0.0.1:5900", "[::1]:5900", "localhost:5900", ":5900" or "5900" (loopback), or "off" for
// none.
Result<std::optional<ListenAddress>> parse_listen_address(std::string_view text);
std::string format_listen_address(const std::optional<ListenAddress>& address);

// A host of a listener: a numeric address (IPv6 without brackets) or "localhost".
Result<std::string> parse_listen_host(std::string_view text);
bool is_loopback(const ListenAddress& address);

// "1280x800", each side from kSideMinPx to kSideMaxPx.
Result<image::Size> parse_geometry(std::string_view text);
std::string format_geometry(image::Size size);

// Decimal, without sign for positive numbers, blanks or leading zeros beyond "0".
Result<int> parse_integer(std::string_view text, int min, int max);

// "true" or "false"; also on/off, yes/no, 1/0.
Result<bool> parse_switch(std::string_view text);

// debug, info, warning, error; in upper case too.
Result<LogLevel> parse_log_level(std::string_view text);
std::string_view log_level_name(LogLevel level);

// "shared" is false, "single" is true.
Result<ClipboardSelection> parse_clipboard_selection(std::string_view text);
std::string_view clipboard_selection_name(ClipboardSelection selection);
Result<bool> parse_control(std::string_view text);

// "warning" or "critical".
Result<monitor::AlertLevel> parse_alert_level(std::string_view text);
std::string_view alert_level_word(monitor::AlertLevel level);

// "json" is true, "text" is false.
Result<bool> parse_alert_file_format(std::string_view text);

// "auto", "on" or "off".
Result<TlsMode> parse_tls_mode(std::string_view text);
std::string_view tls_mode_name(TlsMode mode);

// "programs" or "seed".
Result<ConduitErrorNumbers> parse_error_numbers(std::string_view text);
std::string_view error_numbers_name(ConduitErrorNumbers numbers);

// "auto" is true, "never" is false.
Result<bool> parse_cursor_drawing(std::string_view text);

Result<LogFormat> parse_log_format(std::string_view text);
std::string_view log_format_name(LogFormat format);

// A name, or "name:argument"; which names there are is a matter of app/desktops/desktop_table.
Result<std::string> parse_desktop(std::string_view text);

// ":7" or "7".
Result<int> parse_display_number(std::string_view text);

// "desk.example.org,10.0.0.5": names or numeric addresses without ports.
Result<std::string> parse_host_list(std::string_view text);

// Any text without control characters, of at most `bytes_max` bytes.
Result<std::string> parse_text(std::string_view text, std::size_t bytes_max);

}  // namespace oriel::config
