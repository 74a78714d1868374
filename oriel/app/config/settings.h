#pragma once
// The settings of the program as plain values, filled from defaults, file, environment and flags by
// load_settings. Immutable once the program runs.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "oriel/app/config/log_options.h"
#include "oriel/app/config/secret.h"
#include "oriel/app/config/target_settings.h"
#include "oriel/core/image/rect.h"
#include "oriel/core/monitor/alert.h"

namespace oriel::config {

// Where a listener listens. Port 0 asks the system for a free port (tests).
struct ListenAddress {
  std::string host = "127.0.0.1";  // a numeric address without brackets, or "localhost"
  std::uint16_t port = 0;

  friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};

// Which of an X desktop's selections viewers share: what programs copy, what the mouse marks.
enum class ClipboardSelection { kClipboard, kPrimary, kBoth };

// Which listeners speak TLS.
enum class TlsMode {
  kAuto,  // those that are not loopback
  kOn,
  kOff,
};

// What the numbers of the conduit's errors mean (docs/conduit_errors.md).
enum class ConduitErrorNumbers { kPrograms, kSeed };

// Which alerts there are, and who is told of them besides the stream and the log.
struct AlertSettings {
  std::vector<monitor::AlertRule> rules = monitor::default_alert_rules();
  bool console = false;
  monitor::AlertLevel console_level = monitor::AlertLevel::kWarning;  // and above
  std::string file;                                                   // empty: none
  bool is_file_json = true;
  monitor::AlertLevel file_level = monitor::AlertLevel::kWarning;
  std::string webhook;  // URL; empty: none
  Secret webhook_header;
  std::string webhook_header_file;  // load_settings has read it into `webhook_header`
  monitor::AlertLevel webhook_level = monitor::AlertLevel::kWarning;
  std::string email_server;  // URL; empty: none
  bool email_tls = true;
  std::string email_from;
  std::string email_to;  // with commas between
  std::string email_user;
  Secret email_password;
  std::string email_password_file;  // load_settings has read it into `email_password`
  monitor::AlertLevel email_level = monitor::AlertLevel::kWarning;
  std::string ca_file;  // PEM, for web hook and mail; empty: the system's

  friend bool operator==(const AlertSettings&, const AlertSettings&) = default;
};

struct Settings {
  std::string desktop = "headless";      // headless | x11:DISPLAY | vnc://... | pattern
  image::Size geometry{1280, 800};       // of the headless desktop and the pattern
  image::Size max_geometry{3840, 2160};  // the headless desktop can grow to this
  std::optional<int> headless_display;   // X display number; else a free one
  std::string session;                   // command of the headless session; empty: see its help
  std::string name;                      // desktop name; empty: the desktop's own, or user@host
  // Of a desktop that is another VNC server; load_settings has read its files.
  TargetSettings remote;
  // Servers by name, of the file alone. No settings of their own; their files are not read.
  std::map<std::string, TargetSettings, std::less<>> targets;

  std::optional<ListenAddress> vnc_listen{{"127.0.0.1", 5900}};  // none: the door is closed
  std::optional<ListenAddress> http_listen{{"127.0.0.1", 6080}};
  std::optional<ListenAddress> monitor_listen;  // the monitoring stream alone; none: closed
  int monitor_max_clients = 1000;
  std::optional<ListenAddress> conduit_listen;  // typed calls and messages; none: closed
  std::string conduit_socket;                   // a Unix socket in its place; empty: none
  int conduit_max_clients = 100;
  bool conduit_takes_bare_hash = false;  // elsewhere than on loopback and over TLS
  std::string conduit_folder;            // files that its clients send and fetch; empty: none
  ConduitErrorNumbers conduit_error_numbers = ConduitErrorNumbers::kPrograms;
  std::string allowed_hosts;     // comma-separated Host names that HTTP accepts besides loopback
  TlsMode tls = TlsMode::kAuto;  // of the HTTP door
  std::string tls_cert;          // PEM; empty, like tls_key: a self-signed one is made
  std::string tls_key;
  Secret password;            // from environment, password file or configuration file
  std::string password_file;  // load_settings has read it into `password`
  Secret view_password;       // its holders may only look
  std::string view_password_file;
  bool disconnect_others = false;      // by a viewer that asks to be alone (the shared flag)
  bool takes_clipboard = true;         // from viewers to the desktop
  bool gives_clipboard = true;         // from the desktop to viewers
  int clipboard_max_bytes = 16 << 20;  // of each format
  int clipboard_history = 0;           // texts that are kept
  ClipboardSelection clipboard_selection = ClipboardSelection::kClipboard;
  bool is_control_single = false;  // the first to act has control until idle
  int control_idle_s = 10;
  std::string token_file;     // where programs find the API's token; empty: there is none
  bool allow_anyone = false;  // open a door to others without a password
  int max_connections = 200;  // viewers, authenticated or not
  int max_connections_per_address = 100;
  int handshake_timeout_s = 30;  // a human types the password in it
  int max_messages_per_second = 5000;

  AlertSettings alert;

  bool draws_cursor = true;    // for viewers that know no cursor encoding
  int max_rate = 60;           // updates per second and viewer
  bool enable_metrics = true;  // /metrics
  LogLevel log_level = LogLevel::kInfo;
  LogFormat log_format = LogFormat::kText;

  // For what is kept between runs; empty when the environment names none. No setting of its own.
  std::string state_folder;
  // Where each value came from: key -> "default", "file PATH:LINE", "environment ORIEL_X", "flag
  // --x".
  std::map<std::string, std::string> origins;
  // Sentences for the log at the start: what was accepted but does not do what one may expect.
  std::vector<std::string> notices;
};

}  // namespace oriel::config
