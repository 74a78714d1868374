#pragma once
// The settings of the program as plain values, filled from defaults, file, environment and flags by
// setting_table. Immutable once the program runs.

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "oriel/core/image/rect.h"

namespace oriel::config {

// Where a listener listens. Port 0 asks the system for a free port (tests).
struct ListenAddress {
  std::string host = "127.0.0.1";  // a numeric address, or "localhost"
  std::uint16_t port = 0;

  friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};

enum class LogFormat { kText, kJson };
enum class LogLevel { kDebug, kInfo, kWarning, kError };

struct Settings {
  std::string desktop = "headless";      // headless | x11:DISPLAY | pattern
  image::Size geometry{1280, 800};       // of the headless desktop and the pattern
  image::Size max_geometry{3840, 2160};  // the headless desktop can grow to this
  std::optional<int> headless_display;   // X display number; else a free one
  std::string session;                   // command of the headless session; empty: see design 4.4
  std::optional<ListenAddress> vnc_listen{{"127.0.0.1", 5900}};  // "off" closes the door
  std::optional<ListenAddress> http_listen{{"127.0.0.1", 6080}};
  std::string password;        // from password file, environment, or the file's flat key
  bool allow_anyone = false;   // open a door to others without a password
  std::string name;            // desktop name; empty: user@host
  int max_rate = 60;           // updates per second and viewer
  int max_connections = 200;   // viewers, authenticated or not
  std::string allowed_hosts;   // comma-separated Host names that HTTP accepts besides loopback
  bool enable_metrics = true;  // /metrics
  LogLevel log_level = LogLevel::kInfo;
  LogFormat log_format = LogFormat::kText;

  // Where each value came from: key -> "default", "file PATH:LINE", "environment ORIEL_X", "flag
  // --x".
  std::map<std::string, std::string> origins;
};

}  // namespace oriel::config
