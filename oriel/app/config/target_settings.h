#pragma once
// Another VNC server as the configuration describes it: the group `remote` of a served desktop, and
// each of the named `targets` of commands. Plain values, filled by setting_table and
// target_section.

#include <map>
#include <string>
#include <string_view>

#include "oriel/app/config/secret.h"
#include "oriel/base/result.h"

namespace oriel::config {

using TargetParameters = std::map<std::string, std::string, std::less<>>;

struct TargetSettings {
  // At most one of these.
  std::string target;
  std::string url_template;
  std::string preset;
  TargetParameters parameters;  // of the template or the preset

  std::string user;
  Secret password;
  std::string password_file;
  Secret ticket;  // the parameter `ticket`
  std::string ticket_file;
  // Lines "NAME: VALUE", for the handshake of a WebSocket; cookies are in "Cookie: a=1; b=2".
  Secret headers;
  std::string header_file;

  std::string ca_file;    // PEM; trusted in place of the system's certificates
  std::string cert_file;  // PEM; our own certificate, with its key
  std::string key_file;
  bool verifies = true;  // the server's certificate; false: anybody's

  bool has_secret() const {
    return !password.is_empty() || !ticket.is_empty() || !headers.is_empty();
  }
  friend bool operator==(const TargetSettings&, const TargetSettings&) = default;
};

// "host=pve.example vmid=100": NAME=VALUE, with blanks between.
Result<TargetParameters> parse_target_parameters(std::string_view text);
std::string format_target_parameters(const TargetParameters& parameters);

// A word that no address is: letters, digits, - and _, a letter first.
bool is_target_name(std::string_view text);

// One line "NAME: VALUE". The error does not repeat it.
Status check_header_line(std::string_view line);

// Reads password_file, ticket_file and header_file into what they are for. `name` is for errors,
// such as "remote"; a secret and a file for the same exclude each other.
Status read_target_files(std::string_view name, TargetSettings& target);

}  // namespace oriel::config
