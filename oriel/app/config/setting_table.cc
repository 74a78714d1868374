#include "oriel/app/config/setting_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "oriel/app/config/limits.h"
#include "oriel/app/config/setting_value.h"
#include "oriel/core/monitor/rule_text.h"

namespace oriel::config {
namespace {

constexpr std::string_view kUnixPrefix = "unix:";

// Puts a parsed value into its member.
template <typename T, typename Member>
Status assign(Result<T> parsed, Member& member) {
  if (!parsed) return std::unexpected(std::move(parsed).error());
  member = *std::move(parsed);
  return {};
}

Status set_secret(std::string_view text, Secret& member) {
  // The value must not be in the message, so the parser's own error is not passed on.
  auto secret = parse_text(text, kTextBytesMax);
  if (!secret)
    return fail(ErrorCode::kInvalid,
                fmt::format("expected at most {} bytes without control characters", kTextBytesMax));
  member = Secret(*std::move(secret));
  return {};
}

Status set_header(std::string_view line, Secret& member) {
  ORIEL_TRY_VOID(check_header_line(line));
  member = Secret(std::string(line));
  return {};
}

// An address, or the path of a Unix socket behind "unix:".
Status set_conduit_place(std::string_view text, std::optional<ListenAddress>& listen,
                         std::string& socket) {
  if (!text.starts_with(kUnixPrefix)) {
    ORIEL_TRY(listen, parse_listen_address(text));
    socket.clear();
    return {};
  }
  ORIEL_TRY(auto path, parse_text(text.substr(kUnixPrefix.size()), kTextBytesMax));
  if (path.empty())
    return fail(ErrorCode::kInvalid, "\"unix:\" has no path behind it, expected unix:PATH");
  listen.reset();
  socket = std::move(path);
  return {};
}

std::string switch_name(bool value) { return value ? "true" : "false"; }

constexpr std::string_view kDesktop = "Desktop";
constexpr std::string_view kDoors = "Doors";
constexpr std::string_view kOperation = "Operation";
constexpr std::string_view kAlerts = "Alerts";

constexpr Setting kSettings[] = {
    {.key = "desktop",
     .kind = SettingKind::kText,
     .group = kDesktop,
     .value_name = "SOURCE",
     .help =
         "What is published: headless (an X server and a session of its own), x11:DISPLAY (a "
         "running X display, "
         "x11::0 for :0), vnc://HOST[:PORT], ws://... or wss://... (another VNC server), "
         "target:NAME (one "
         "of the targets of the configuration file), template:URL or preset:NAME (with values from "
         "remote.parameters), or pattern (a test picture, needs no X)",
     .example = "pattern",
     .set = [](Settings& s,
               std::string_view text) { return assign(parse_desktop(text), s.desktop); },
     .get = [](const Settings& s) { return s.desktop; }},
    {.key = "geometry",
     .kind = SettingKind::kText,
     .group = kDesktop,
     .value_name = "WxH",
     .help = "Size of the headless desktop and of the pattern in pixels",
     .example = "1024x768",
     .set = [](Settings& s,
               std::string_view text) { return assign(parse_geometry(text), s.geometry); },
     .get = [](const Settings& s) { return format_geometry(s.geometry); }},
    {.key = "max_geometry",
     .kind = SettingKind::kText,
     .group = kDesktop,
     .value_name = "WxH",
     .help = "The headless desktop can grow to this size; its memory is reserved, not used, from "
             "the start",
     .example = "2560x1440",
     .set = [](Settings& s,
               std::string_view text) { return assign(parse_geometry(text), s.max_geometry); },
     .get = [](const Settings& s) { return format_geometry(s.max_geometry); }},
    {.key = "headless.display",
     .kind = SettingKind::kText,
     .group = kDesktop,
     .value_name = ":N",
     .help = "X display of the headless desktop; without it a free one is taken",
     .example = ":77",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_display_number(text), s.headless_display);
         },
     .get =
         [](const Settings& s) {
           return s.headless_display ? fmt::format(":{}", *s.headless_display) : std::string();
         }},
    {.key = "session",
     .kind = SettingKind::kText,
     .group = kDesktop,
     .value_name = "COMMAND",
     .help = "Shell command that runs on the headless desktop; without it oriel/session in the "
             "configuration folder, "
             "if that is there, else openbox and a terminal",
     .example = "xterm -maximized",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_text(text, kTextBytesMax), s.session);
         },
     .get = [](const Settings& s) { return s.session; }},
    {.key = "name",
     .kind = SettingKind::kText,
     .group = kDesktop,
     .value_name = "NAME",
     .help = "Name of the desktop that viewers show; without it that of another VNC server, or "
             "USER@HOST",
     .example = "build machine",
     .set = [](Settings& s,
               std::string_view text) { return assign(parse_text(text, kNameBytesMax), s.name); },
     .get = [](const Settings& s) { return s.name; }},
    {.key = "remote.parameters",
     .kind = SettingKind::kText,
     .group = kDesktop,
     .value_name = "'NAME=VALUE ...'",
     .help = "Values for the places of --desktop template:URL or preset:NAME, with blanks between",
     .example = "host=pve.example vmid=100",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_target_parameters(text), s.remote.parameters);
         },
     .get = [](const Settings& s) { return format_target_parameters(s.remote.parameters); }},
    {.key = "remote.user",
     .kind = SettingKind::kText,
     .group = kDesktop,
     .value_name = "NAME",
     .help = "Who logs in to a desktop that is another VNC server, where it asks for it",
     .example = "anna",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_text(text, kTextBytesMax), s.remote.user);
         },
     .get = [](const Settings& s) { return s.remote.user; }},
    {.key = "remote.password",
     .kind = SettingKind::kSecret,
     .group = kDesktop,
     .value_name = "PASSWORD",
     .help = "Password for a desktop that is another VNC server; a configuration file that has it "
             "must be readable by its owner only",
     .example = "correct",
     .set = [](Settings& s, std::string_view text) { return set_secret(text, s.remote.password); },
     .get = [](const Settings&) { return std::string(); }},
    {.key = "remote.password_file",
     .kind = SettingKind::kText,
     .group = kDesktop,
     .value_name = "FILE",
     .help = "File with that password in its first line, readable by its owner only",
     .example = "/etc/oriel/remote-password",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_text(text, kTextBytesMax), s.remote.password_file);
         },
     .get = [](const Settings& s) { return s.remote.password_file; }},
    {.key = "remote.ticket",
     .kind = SettingKind::kSecret,
     .group = kDesktop,
     .value_name = "TICKET",
     .help = "Ticket or token of such a desktop, the parameter ticket of a template or preset",
     .example = "PVEVNC:123",
     .set = [](Settings& s, std::string_view text) { return set_secret(text, s.remote.ticket); },
     .get = [](const Settings&) { return std::string(); }},
    {.key = "remote.ticket_file",
     .kind = SettingKind::kText,
     .group = kDesktop,
     .value_name = "FILE",
     .help = "File with that ticket in its first line, readable by its owner only",
     .example = "/etc/oriel/remote-ticket",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_text(text, kTextBytesMax), s.remote.ticket_file);
         },
     .get = [](const Settings& s) { return s.remote.ticket_file; }},
    {.key = "remote.header",
     .kind = SettingKind::kSecret,
     .group = kDesktop,
     .value_name = "LINE",
     .help = "A line NAME: VALUE for the handshake of a desktop behind a WebSocket, such as an "
             "Authorization or a Cookie",
     .example = "Authorization: PVEAPIToken=x",
     .set = [](Settings& s, std::string_view text) { return set_header(text, s.remote.headers); },
     .get = [](const Settings&) { return std::string(); }},
    {.key = "remote.header_file",
     .kind = SettingKind::kText,
     .group = kDesktop,
     .value_name = "FILE",
     .help = "File with such lines, readable by its owner only",
     .example = "/etc/oriel/remote-headers",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_text(text, kTextBytesMax), s.remote.header_file);
         },
     .get = [](const Settings& s) { return s.remote.header_file; }},
    {.key = "remote.ca_file",
     .kind = SettingKind::kText,
     .group = kDesktop,
     .value_name = "FILE",
     .help = "PEM file of the certificates that a desktop behind wss:// or TLS is trusted by; "
             "without it those of the system",
     .example = "/etc/oriel/remote-ca.pem",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_text(text, kTextBytesMax), s.remote.ca_file);
         },
     .get = [](const Settings& s) { return s.remote.ca_file; }},
    {.key = "remote.cert_file",
     .kind = SettingKind::kText,
     .group = kDesktop,
     .value_name = "FILE",
     .help = "Own certificate (PEM) for a desktop that asks for one, with remote.key_file",
     .example = "/etc/oriel/remote-cert.pem",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_text(text, kTextBytesMax), s.remote.cert_file);
         },
     .get = [](const Settings& s) { return s.remote.cert_file; }},
    {.key = "remote.key_file",
     .kind = SettingKind::kText,
     .group = kDesktop,
     .value_name = "FILE",
     .help = "Its private key (PEM)",
     .example = "/etc/oriel/remote-key.pem",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_text(text, kTextBytesMax), s.remote.key_file);
         },
     .get = [](const Settings& s) { return s.remote.key_file; }},
    {.key = "remote.verify",
     .kind = SettingKind::kSwitch,
     .group = kDesktop,
     .help = "Take another VNC server's certificate only when it is trusted and for its host; "
             "without it anybody on the way can see and act",
     .example = "false",
     .set = [](Settings& s,
               std::string_view text) { return assign(parse_switch(text), s.remote.verifies); },
     .get = [](const Settings& s) { return switch_name(s.remote.verifies); }},

    {.key = "vnc.listen",
     .kind = SettingKind::kText,
     .group = kDoors,
     .flag_alias = "--vnc",
     .value_name = "ADDRESS",
     .help = "Where VNC viewers connect: HOST:PORT with a numeric host, a port alone for loopback, "
             "or off",
     .example = "[::1]:5901",
     .set = [](Settings& s,
               std::string_view text) { return assign(parse_listen_address(text), s.vnc_listen); },
     .get = [](const Settings& s) { return format_listen_address(s.vnc_listen); }},
    {.key = "http.listen",
     .kind = SettingKind::kText,
     .group = kDoors,
     .flag_alias = "--http",
     .value_name = "ADDRESS",
     .help = "Where browsers connect: the web page, /websockify, /healthz and /metrics; HOST:PORT, "
             "a port alone for "
             "loopback, or off",
     .example = "127.0.0.1:8080",
     .set = [](Settings& s,
               std::string_view text) { return assign(parse_listen_address(text), s.http_listen); },
     .get = [](const Settings& s) { return format_listen_address(s.http_listen); }},
    {.key = "monitor.listen",
     .kind = SettingKind::kText,
     .group = kDoors,
     .flag_alias = "--monitor",
     .value_name = "ADDRESS",
     .help = "Where clients of the monitoring stream connect, besides /monitor of the web page; "
             "HOST:PORT, a port alone for loopback, or off. Their usual port is 8765",
     .example = "127.0.0.1:8765",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_listen_address(text), s.monitor_listen);
         },
     .get = [](const Settings& s) { return format_listen_address(s.monitor_listen); }},
    {.key = "monitor.max_clients",
     .kind = SettingKind::kInteger,
     .group = kDoors,
     .value_name = "N",
     .help =
         "Clients of the monitoring stream at one time; the next one is told that the server is "
         "at capacity",
     .example = "20",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_integer(text, 1, kMonitorClientsMax), s.monitor_max_clients);
         },
     .get = [](const Settings& s) { return std::to_string(s.monitor_max_clients); }},
    {.key = "conduit.listen",
     .kind = SettingKind::kText,
     .group = kDoors,
     .flag_alias = "--conduit",
     .value_name = "ADDRESS",
     .help = "Where programs call methods and exchange messages (oriel call, netconduit), besides "
             "/conduit of the web page; HOST:PORT, a port alone for loopback, unix:PATH for a Unix "
             "socket that only the user of this server can connect to, or off. Their usual port is "
             "8080",
     .example = "127.0.0.1:8080",
     .set =
         [](Settings& s, std::string_view text) {
           return set_conduit_place(text, s.conduit_listen, s.conduit_socket);
         },
     .get =
         [](const Settings& s) {
           return s.conduit_socket.empty() ? format_listen_address(s.conduit_listen)
                                           : fmt::format("{}{}", kUnixPrefix, s.conduit_socket);
         }},
    {.key = "conduit.max_clients",
     .kind = SettingKind::kInteger,
     .group = kDoors,
     .value_name = "N",
     .help = "Programs at the conduit at one time; the next one is told that the server is at "
             "capacity",
     .example = "500",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_integer(text, 1, kConduitClientsMax), s.conduit_max_clients);
         },
     .get = [](const Settings& s) { return std::to_string(s.conduit_max_clients); }},
    {.key = "conduit.bare_hash",
     .kind = SettingKind::kSwitch,
     .group = kDoors,
     .help = "Let netconduit programs log in without TLS from other machines: whoever listens on "
             "the way can then log in too",
     .example = "true",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_switch(text), s.conduit_takes_bare_hash);
         },
     .get = [](const Settings& s) { return switch_name(s.conduit_takes_bare_hash); }},
    {.key = "conduit.folder",
     .kind = SettingKind::kText,
     .group = kDoors,
     .value_name = "FOLDER",
     .help = "Files that programs at the conduit may send here and fetch from here; without it "
             "there is no file transfer. Needs the role control",
     .example = "/srv/exchange",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_text(text, kTextBytesMax), s.conduit_folder);
         },
     .get = [](const Settings& s) { return s.conduit_folder; }},
    {.key = "conduit.error_numbers",
     .kind = SettingKind::kText,
     .group = kDoors,
     .value_name = "TABLE",
     .help = "The numbers of errors at the conduit: programs, as netconduit's programs send them, "
             "or seed, as its documentation has them",
     .example = "seed",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_error_numbers(text), s.conduit_error_numbers);
         },
     .get =
         [](const Settings& s) {
           return std::string(error_numbers_name(s.conduit_error_numbers));
         }},
    {.key = "http.allowed_hosts",
     .kind = SettingKind::kText,
     .group = kDoors,
     .value_name = "HOSTS",
     .help = "Names under which browsers and monitoring clients may reach this server, besides "
             "loopback and the machine's own host name, with commas between; others are refused, "
             "because a foreign page could reach this server by a name of its own",
     .example = "desk.example.org,10.0.0.5",
     .set = [](Settings& s,
               std::string_view text) { return assign(parse_host_list(text), s.allowed_hosts); },
     .get = [](const Settings& s) { return s.allowed_hosts; }},
    {.key = "tls",
     .kind = SettingKind::kText,
     .group = kDoors,
     .value_name = "MODE",
     .help = "TLS of the web page, the monitoring stream and the conduit: auto (each, unless it "
             "listens on loopback), on or off; without tls_cert a self-signed certificate is made",
     .example = "on",
     .set = [](Settings& s, std::string_view text) { return assign(parse_tls_mode(text), s.tls); },
     .get = [](const Settings& s) { return std::string(tls_mode_name(s.tls)); }},
    {.key = "tls_cert",
     .kind = SettingKind::kText,
     .group = kDoors,
     .value_name = "FILE",
     .help = "Certificate of TLS in PEM form, followed by those that lead from it to a root; "
             "looked at again when it changes",
     .example = "/etc/oriel/cert.pem",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_text(text, kTextBytesMax), s.tls_cert);
         },
     .get = [](const Settings& s) { return s.tls_cert; }},
    {.key = "tls_key",
     .kind = SettingKind::kText,
     .group = kDoors,
     .value_name = "FILE",
     .help = "Private key of tls_cert in PEM form, readable by its owner only",
     .example = "/etc/oriel/key.pem",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_text(text, kTextBytesMax), s.tls_key);
         },
     .get = [](const Settings& s) { return s.tls_key; }},
    {.key = "password",
     .kind = SettingKind::kSecret,
     .group = kDoors,
     .value_name = "PASSWORD",
     .help = "Password of VNC authentication, of which viewers use the first 8 bytes; a "
             "configuration file that has "
             "it must be readable by its owner only",
     .example = "correct",
     .set = [](Settings& s, std::string_view text) { return set_secret(text, s.password); },
     .get = [](const Settings&) { return std::string(); }},
    {.key = "password_file",
     .kind = SettingKind::kText,
     .group = kDoors,
     .value_name = "FILE",
     .help = "File with the password in its first line, readable by its owner only",
     .example = "/etc/oriel/password",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_text(text, kTextBytesMax), s.password_file);
         },
     .get = [](const Settings& s) { return s.password_file; }},
    {.key = "view_password_file",
     .kind = SettingKind::kText,
     .group = kDoors,
     .value_name = "FILE",
     .help = "File, readable by its owner alone, whose first line is the password of those who may "
             "only look",
     .example = "/etc/oriel/view-password",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_text(text, kTextBytesMax), s.view_password_file);
         },
     .get = [](const Settings& s) { return s.view_password_file; }},
    {.key = "disconnect_others",
     .kind = SettingKind::kSwitch,
     .group = kDoors,
     .help = "Let a viewer that asks to be alone (the shared flag of RFB) disconnect the others, "
             "unless it may only look",
     .example = "true",
     .set = [](Settings& s,
               std::string_view text) { return assign(parse_switch(text), s.disconnect_others); },
     .get = [](const Settings& s) { return switch_name(s.disconnect_others); }},
    {.key = "clipboard.in",
     .kind = SettingKind::kSwitch,
     .group = kDoors,
     .help = "Let viewers put what they copy on the clipboard of the desktop and of other viewers",
     .example = "false",
     .set = [](Settings& s,
               std::string_view text) { return assign(parse_switch(text), s.takes_clipboard); },
     .get = [](const Settings& s) { return switch_name(s.takes_clipboard); }},
    {.key = "clipboard.out",
     .kind = SettingKind::kSwitch,
     .group = kDoors,
     .help = "Let viewers have what is copied on the desktop or by other viewers",
     .example = "false",
     .set = [](Settings& s,
               std::string_view text) { return assign(parse_switch(text), s.gives_clipboard); },
     .get = [](const Settings& s) { return switch_name(s.gives_clipboard); }},
    {.key = "clipboard.max_bytes",
     .kind = SettingKind::kInteger,
     .group = kDoors,
     .value_name = "BYTES",
     .help = "The most that the clipboard carries of one format, either way; pictures as PNG",
     .example = "1048576",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_integer(text, 1, kMaxClipboardBytes), s.clipboard_max_bytes);
         },
     .get = [](const Settings& s) { return std::to_string(s.clipboard_max_bytes); }},
    {.key = "clipboard.history",
     .kind = SettingKind::kInteger,
     .group = kDoors,
     .value_name = "N",
     .help = "How many copied texts the server keeps in memory for admins to read "
             "(GET /api/v1/clipboard/history); 0: none",
     .example = "20",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_integer(text, 0, kMaxClipboardHistory), s.clipboard_history);
         },
     .get = [](const Settings& s) { return std::to_string(s.clipboard_history); }},
    {.key = "clipboard.selection",
     .kind = SettingKind::kText,
     .group = kDoors,
     .value_name = "SELECTION",
     .help =
         "What viewers share of an X desktop: clipboard (what programs copy), primary (what the "
         "mouse marks) or both",
     .example = "both",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_clipboard_selection(text), s.clipboard_selection);
         },
     .get =
         [](const Settings& s) {
           return std::string(clipboard_selection_name(s.clipboard_selection));
         }},
    {.key = "control",
     .kind = SettingKind::kText,
     .group = kDoors,
     .value_name = "POLICY",
     .help = "Whose input counts: shared (everybody's) or single (the first to act, until idle)",
     .example = "single",
     .set = [](Settings& s,
               std::string_view text) { return assign(parse_control(text), s.is_control_single); },
     .get =
         [](const Settings& s) { return std::string(s.is_control_single ? "single" : "shared"); }},
    {.key = "control_idle_s",
     .kind = SettingKind::kInteger,
     .group = kDoors,
     .value_name = "SECONDS",
     .help = "With --control single: how long the owner may rest before another can take over",
     .example = "30",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_integer(text, 1, 3600), s.control_idle_s);
         },
     .get = [](const Settings& s) { return std::to_string(s.control_idle_s); }},
    {.key = "token_file",
     .kind = SettingKind::kText,
     .group = kDoors,
     .value_name = "FILE",
     .help =
         "Writes a new token at each start to this file, readable by its owner only: programs send "
         "it to the HTTP API as \"Authorization: Bearer TOKEN\" and may do everything",
     .example = "/run/user/1000/oriel-token",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_text(text, kTextBytesMax), s.token_file);
         },
     .get = [](const Settings& s) { return s.token_file; }},
    {.key = "allow_anyone",
     .kind = SettingKind::kSwitch,
     .group = kDoors,
     .help = "Open doors to other machines without a password",
     .example = "true",
     .set = [](Settings& s,
               std::string_view text) { return assign(parse_switch(text), s.allow_anyone); },
     .get = [](const Settings& s) { return switch_name(s.allow_anyone); }},
    {.key = "max_connections",
     .kind = SettingKind::kInteger,
     .group = kDoors,
     .value_name = "N",
     .help = "Viewers at one time, authenticated or not",
     .example = "12",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_integer(text, 1, kMaxConnectionsMax), s.max_connections);
         },
     .get = [](const Settings& s) { return std::to_string(s.max_connections); }},
    {.key = "max_connections_per_address",
     .kind = SettingKind::kInteger,
     .group = kDoors,
     .value_name = "N",
     .help =
         "How many of them one address may have (IPv6 by /64); all that come through one tunnel "
         "or proxy have one address",
     .example = "5",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_integer(text, 1, kMaxConnectionsMax), s.max_connections_per_address);
         },
     .get = [](const Settings& s) { return std::to_string(s.max_connections_per_address); }},
    {.key = "handshake_timeout_s",
     .kind = SettingKind::kInteger,
     .group = kDoors,
     .value_name = "SECONDS",
     .help = "How long a viewer may take from connecting until it is let in; many ask for the "
             "password meanwhile",
     .example = "60",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_integer(text, 1, kHandshakeTimeoutMaxS), s.handshake_timeout_s);
         },
     .get = [](const Settings& s) { return std::to_string(s.handshake_timeout_s); }},
    {.key = "max_messages_per_second",
     .kind = SettingKind::kInteger,
     .group = kDoors,
     .value_name = "N",
     .help =
         "Messages (keys, pointer positions, requests) that are taken from one viewer; one that "
         "sends more waits, and is disconnected when it does not stop",
     .example = "2000",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_integer(text, kMessagesPerSecondMin, kMessagesPerSecondMax),
                         s.max_messages_per_second);
         },
     .get = [](const Settings& s) { return std::to_string(s.max_messages_per_second); }},

    {.key = "cursor",
     .kind = SettingKind::kText,
     .group = kOperation,
     .value_name = "POLICY",
     .help = "Who sees the mouse cursor in the pixels: auto (viewers that know no cursor encoding) "
             "or never (nobody)",
     .example = "never",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_cursor_drawing(text), s.draws_cursor);
         },
     .get = [](const Settings& s) { return std::string(s.draws_cursor ? "auto" : "never"); }},
    {.key = "max_rate",
     .kind = SettingKind::kInteger,
     .group = kOperation,
     .value_name = "N",
     .help = "Updates per second and viewer at most; the first change after quiet, and what "
             "follows input, "
             "is not held back",
     .example = "25",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_integer(text, 1, kMaxRateMax), s.max_rate);
         },
     .get = [](const Settings& s) { return std::to_string(s.max_rate); }},
    {.key = "metrics.enable",
     .kind = SettingKind::kSwitch,
     .group = kOperation,
     .help = "Answer /metrics for Prometheus",
     .example = "false",
     .set = [](Settings& s,
               std::string_view text) { return assign(parse_switch(text), s.enable_metrics); },
     .get = [](const Settings& s) { return switch_name(s.enable_metrics); }},
    {.key = "log.level",
     .kind = SettingKind::kText,
     .group = kOperation,
     .value_name = "LEVEL",
     .help = "The least level that is logged: debug, info, warning or error",
     .example = "debug",
     .set = [](Settings& s,
               std::string_view text) { return assign(parse_log_level(text), s.log_level); },
     .get = [](const Settings& s) { return std::string(log_level_name(s.log_level)); }},
    {.key = "log.format",
     .kind = SettingKind::kText,
     .group = kOperation,
     .value_name = "FORMAT",
     .help = "Form of the log on standard error: text, or json with one document per line",
     .example = "json",
     .set = [](Settings& s,
               std::string_view text) { return assign(parse_log_format(text), s.log_format); },
     .get = [](const Settings& s) { return std::string(log_format_name(s.log_format)); }},

    {.key = "alert.rules",
     .kind = SettingKind::kText,
     .group = kAlerts,
     .value_name = "RULES",
     .help = "What is watched while somebody listens or is told: rules such as cpu > 80, critical "
             "90, for 30s with semicolons between (docs/alerts.md); default for these two; none",
     .example = "processor >= 80, critical 95, for 1m",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(monitor::parse_alert_rules(text), s.alert.rules);
         },
     .get = [](const Settings& s) { return monitor::format_alert_rules(s.alert.rules); }},
    {.key = "alert.console",
     .kind = SettingKind::kSwitch,
     .group = kAlerts,
     .help = "Write alerts as lines on standard error, in colour on a terminal, besides the log",
     .example = "true",
     .set = [](Settings& s,
               std::string_view text) { return assign(parse_switch(text), s.alert.console); },
     .get = [](const Settings& s) { return switch_name(s.alert.console); }},
    {.key = "alert.console_level",
     .kind = SettingKind::kText,
     .group = kAlerts,
     .value_name = "LEVEL",
     .help = "The least level that the console shows: warning or critical",
     .example = "critical",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_alert_level(text), s.alert.console_level);
         },
     .get = [](const Settings& s) { return std::string(alert_level_word(s.alert.console_level)); }},
    {.key = "alert.file",
     .kind = SettingKind::kText,
     .group = kAlerts,
     .value_name = "FILE",
     .help = "Write alerts to this file; at 10 MiB it is rotated, five old ones are kept",
     .example = "/var/log/oriel/alerts.jsonl",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_text(text, kTextBytesMax), s.alert.file);
         },
     .get = [](const Settings& s) { return s.alert.file; }},
    {.key = "alert.file_format",
     .kind = SettingKind::kText,
     .group = kAlerts,
     .value_name = "FORMAT",
     .help = "Form of that file: json with one document per line, or text",
     .example = "text",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_alert_file_format(text), s.alert.is_file_json);
         },
     .get = [](const Settings& s) { return std::string(s.alert.is_file_json ? "json" : "text"); }},
    {.key = "alert.file_level",
     .kind = SettingKind::kText,
     .group = kAlerts,
     .value_name = "LEVEL",
     .help = "The least level that the file gets: warning or critical",
     .example = "critical",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_alert_level(text), s.alert.file_level);
         },
     .get = [](const Settings& s) { return std::string(alert_level_word(s.alert.file_level)); }},
    {.key = "alert.webhook",
     .kind = SettingKind::kText,
     .group = kAlerts,
     .value_name = "URL",
     .help = "Send each alert as JSON by HTTP POST to this address, http or https",
     .example = "https://hooks.example.org/oriel",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_text(text, kTextBytesMax), s.alert.webhook);
         },
     .get = [](const Settings& s) { return s.alert.webhook; }},
    {.key = "alert.webhook_header",
     .kind = SettingKind::kSecret,
     .group = kAlerts,
     .value_name = "HEADER",
     .help = "A header that is sent along, such as Authorization: Bearer TOKEN; a configuration "
             "file that has it must be readable by its owner only",
     .example = "Authorization: Bearer secret",
     .set = [](Settings& s,
               std::string_view text) { return set_secret(text, s.alert.webhook_header); },
     .get = [](const Settings&) { return std::string(); }},
    {.key = "alert.webhook_header_file",
     .kind = SettingKind::kText,
     .group = kAlerts,
     .value_name = "FILE",
     .help = "File with that header in its first line, readable by its owner only",
     .example = "/etc/oriel/webhook-header",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_text(text, kTextBytesMax), s.alert.webhook_header_file);
         },
     .get = [](const Settings& s) { return s.alert.webhook_header_file; }},
    {.key = "alert.webhook_level",
     .kind = SettingKind::kText,
     .group = kAlerts,
     .value_name = "LEVEL",
     .help = "The least level that the web hook gets: warning or critical",
     .example = "critical",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_alert_level(text), s.alert.webhook_level);
         },
     .get = [](const Settings& s) { return std::string(alert_level_word(s.alert.webhook_level)); }},
    {.key = "alert.email_server",
     .kind = SettingKind::kText,
     .group = kAlerts,
     .value_name = "URL",
     .help = "Send each alert as a mail by this server: smtp://HOST:PORT (made secret by STARTTLS "
             "before anything is said) or smtps://HOST:PORT",
     .example = "smtp://mail.example.org:587",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_text(text, kTextBytesMax), s.alert.email_server);
         },
     .get = [](const Settings& s) { return s.alert.email_server; }},
    {.key = "alert.email_tls",
     .kind = SettingKind::kSwitch,
     .group = kAlerts,
     .help =
         "Insist on TLS to the mail server; false is for one on this machine, without a password",
     .example = "false",
     .set = [](Settings& s,
               std::string_view text) { return assign(parse_switch(text), s.alert.email_tls); },
     .get = [](const Settings& s) { return switch_name(s.alert.email_tls); }},
    {.key = "alert.email_from",
     .kind = SettingKind::kText,
     .group = kAlerts,
     .value_name = "ADDRESS",
     .help = "The sender of these mails",
     .example = "oriel@example.org",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_text(text, kTextBytesMax), s.alert.email_from);
         },
     .get = [](const Settings& s) { return s.alert.email_from; }},
    {.key = "alert.email_to",
     .kind = SettingKind::kText,
     .group = kAlerts,
     .value_name = "ADDRESSES",
     .help = "Who gets them, with commas between",
     .example = "admin@example.org,night@example.org",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_text(text, kTextBytesMax), s.alert.email_to);
         },
     .get = [](const Settings& s) { return s.alert.email_to; }},
    {.key = "alert.email_user",
     .kind = SettingKind::kText,
     .group = kAlerts,
     .value_name = "NAME",
     .help = "User name for the mail server; without it there is no log-in",
     .example = "oriel",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_text(text, kTextBytesMax), s.alert.email_user);
         },
     .get = [](const Settings& s) { return s.alert.email_user; }},
    {.key = "alert.email_password",
     .kind = SettingKind::kSecret,
     .group = kAlerts,
     .value_name = "PASSWORD",
     .help = "Password for the mail server; a configuration file that has it must be readable by "
             "its owner only",
     .example = "correct",
     .set = [](Settings& s,
               std::string_view text) { return set_secret(text, s.alert.email_password); },
     .get = [](const Settings&) { return std::string(); }},
    {.key = "alert.email_password_file",
     .kind = SettingKind::kText,
     .group = kAlerts,
     .value_name = "FILE",
     .help = "File with that password in its first line, readable by its owner only",
     .example = "/etc/oriel/mail-password",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_text(text, kTextBytesMax), s.alert.email_password_file);
         },
     .get = [](const Settings& s) { return s.alert.email_password_file; }},
    {.key = "alert.email_level",
     .kind = SettingKind::kText,
     .group = kAlerts,
     .value_name = "LEVEL",
     .help = "The least level that is mailed: warning or critical",
     .example = "critical",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_alert_level(text), s.alert.email_level);
         },
     .get = [](const Settings& s) { return std::string(alert_level_word(s.alert.email_level)); }},
    {.key = "alert.ca_file",
     .kind = SettingKind::kText,
     .group = kAlerts,
     .value_name = "FILE",
     .help = "Certificates in PEM form that web hook and mail server are checked against, instead "
             "of those of the system",
     .example = "/etc/oriel/ca.pem",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_text(text, kTextBytesMax), s.alert.ca_file);
         },
     .get = [](const Settings& s) { return s.alert.ca_file; }},
};

// The address that "host" or "port" changes one half of; a closed door opens at its usual port.
ListenAddress& vnc_address(Settings& settings) {
  if (!settings.vnc_listen) settings.vnc_listen = Settings().vnc_listen;
  return *settings.vnc_listen;
}

// "password" and "max_connections" are keys of ours by the same name.
constexpr FlatKey kFlatKeys[] = {
    {.key = "host",
     .setting = "vnc.listen",
     .kind = SettingKind::kText,
     .remark = "its address",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_listen_host(text), vnc_address(s).host);
         }},
    {.key = "port",
     .setting = "vnc.listen",
     .kind = SettingKind::kInteger,
     .remark = "its port",
     .set =
         [](Settings& s, std::string_view text) {
           return assign(parse_integer(text, 0, 65535), vnc_address(s).port);
         }},
    {.key = "frame_rate",
     .setting = "max_rate",
     .kind = SettingKind::kInteger,
     .remark = "the same",
     .set = [](Settings& s,
               std::string_view text) { return find_setting("max_rate")->set(s, text); }},
    {.key = "enable_metrics",
     .setting = "metrics.enable",
     .kind = SettingKind::kSwitch,
     .remark = "the same",
     .set = [](Settings& s,
               std::string_view text) { return find_setting("metrics.enable")->set(s, text); }},
    {.key = "log_level",
     .setting = "log.level",
     .kind = SettingKind::kText,
     .remark = "the same",
     .set = [](Settings& s,
               std::string_view text) { return find_setting("log.level")->set(s, text); }},
    {.key = "enable_region_detection",
     .setting = "",
     .kind = SettingKind::kSwitch,
     .remark = "no effect: Oriel always finds what changed and sends only that; `false` is noted "
               "in the log",
     .set =
         [](Settings& s, std::string_view text) {
           bool is_on = true;
           auto status = assign(parse_switch(text), is_on);
           if (status && !is_on)
             s.notices.push_back(
                 "enable_region_detection: false has no effect: what changed is always found, and "
                 "only that is sent");
           return status;
         }},
};

std::string with_separator(std::string_view key, char separator) {
  std::string name(key);
  std::ranges::replace_if(name, [](char c) { return c == '.' || c == '_'; }, separator);
  return name;
}

}  // namespace

std::span<const Setting> setting_table() { return kSettings; }

const Setting* find_setting(std::string_view key) {
  auto row = std::ranges::find(kSettings, key, &Setting::key);
  return row == std::end(kSettings) ? nullptr : row;
}

std::string environment_name(const Setting& setting) {
  auto name = "ORIEL_" + with_separator(setting.key, '_');
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return name;
}

std::string flag_name(const Setting& setting) { return "--" + with_separator(setting.key, '-'); }

std::span<const FlatKey> flat_key_table() { return kFlatKeys; }

const FlatKey* find_flat_key(std::string_view key) {
  auto row = std::ranges::find(kFlatKeys, key, &FlatKey::key);
  return row == std::end(kFlatKeys) ? nullptr : row;
}

}  // namespace oriel::config
