#include "oriel/app/config/door_policy.h"

#include <fmt/format.h>

#include "oriel/app/config/setting_value.h"

namespace oriel::config {
namespace {

Status check_door(const char* key, const std::optional<ListenAddress>& address) {
  if (!address || is_loopback(*address)) return {};
  return fail(ErrorCode::kRefused, fmt::format("{} {} is open to other machines and there is no "
                                               "password: set one with --password-file FILE "
                                               "or ORIEL_PASSWORD, or insist with --allow-anyone",
                                               key, format_listen_address(address)));
}

// A certificate and its key are one thing in two settings.
Status check_tls_pair(const Settings& settings) {
  if (settings.tls_cert.empty() == settings.tls_key.empty()) return {};
  const bool has_cert = settings.tls_key.empty();
  return fail(ErrorCode::kInvalid,
              fmt::format("{} is set without {}: give both, or neither",
                          has_cert ? "tls_cert" : "tls_key", has_cert ? "tls_key" : "tls_cert"));
}

// VNC authentication hears the first eight bytes of a password (RFC 6143, 7.2.2), so those decide
// whether a viewer may act.
Status check_passwords_differ(const Settings& settings) {
  if (settings.view_password.is_empty()) return {};
  constexpr std::size_t kHeard = 8;
  const std::string_view full = settings.password.reveal(), view = settings.view_password.reveal();
  if (full.substr(0, kHeard) != view.substr(0, kHeard)) return {};
  return fail(
      ErrorCode::kRefused,
      "the password and that of view_password_file do not differ in the first 8 characters, all "
      "that VNC viewers send, so who may only look could act: choose another for one");
}

}  // namespace

Status check_doors(const Settings& settings) {
  ORIEL_TRY_VOID(check_tls_pair(settings));
  if (!settings.view_password.is_empty() && settings.password.is_empty()) {
    return fail(
        ErrorCode::kRefused,
        "view_password_file is set without a password, so everybody could act: set one with "
        "--password-file FILE or ORIEL_PASSWORD");
  }
  ORIEL_TRY_VOID(check_passwords_differ(settings));
  if (settings.allow_anyone || !settings.password.is_empty()) return {};
  ORIEL_TRY_VOID(check_door("vnc.listen", settings.vnc_listen));
  ORIEL_TRY_VOID(check_door("http.listen", settings.http_listen));
  ORIEL_TRY_VOID(check_door("monitor.listen", settings.monitor_listen));
  return check_door("conduit.listen", settings.conduit_listen);
}

bool uses_tls(const Settings& settings) {
  if (!settings.http_listen) return settings.tls == TlsMode::kOn;
  return uses_tls(settings, *settings.http_listen);
}

bool uses_tls(const Settings& settings, const ListenAddress& door) {
  return settings.tls == TlsMode::kOn || (settings.tls == TlsMode::kAuto && !is_loopback(door));
}

}  // namespace oriel::config
