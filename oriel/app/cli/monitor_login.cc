#include "oriel/app/cli/monitor_login.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <optional>

#include "oriel/app/config/limits.h"
#include "oriel/app/config/private_file.h"
#include "oriel/app/config/suggestion.h"

namespace oriel::cli {
namespace {

constexpr std::string_view kUser = "oriel";

// From the environment or the file that a flag names, but not from both.
Status read_alert_secret(const std::string& path, std::string_view what, config::Secret& secret) {
  if (path.empty()) return {};
  if (!secret.is_empty())
    return fail(ErrorCode::kInvalid,
                fmt::format("--{}-file {} and the same in the environment exclude each other", what,
                            config::printable(path)));
  ORIEL_TRY(secret, read_secret_line(path, what));
  return {};
}

std::string base64(std::string_view text) {
  std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');  // with a zero at the end
  const auto size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                    reinterpret_cast<const unsigned char*>(text.data()),
                                    static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

}  // namespace

Result<config::Secret> read_secret_line(const std::string& path, std::string_view what) {
  ORIEL_TRY(const auto file, config::read_file(path, config::kPasswordFileBytesMax));
  if (!file) return fail(ErrorCode::kInvalid, fmt::format("{}: no such {} file", path, what));
  if (file->is_open_to_others)
    return fail(ErrorCode::kInvalid,
                fmt::format("{}: others can read this {} file; chmod 600 {}", path, what, path));
  auto line = file->text.substr(0, file->text.find('\n'));
  if (line.ends_with('\r')) line.pop_back();
  if (line.empty())
    return fail(ErrorCode::kInvalid,
                fmt::format("{}: the first line is empty, expected the {}", path, what));
  return config::Secret(std::move(line));
}

Status read_secret_files(MonitorOptions& options) {
  if (!options.password_file.empty()) {
    ORIEL_TRY(options.password, read_secret_line(options.password_file, "password"));
  }
  ORIEL_TRY_VOID(read_alert_secret(options.alert.webhook_header_file, "alert-webhook-header",
                                   options.alert.webhook_header));
  ORIEL_TRY_VOID(read_alert_secret(options.alert.email_password_file, "alert-email-password",
                                   options.alert.email_password));
  if (options.token_file.empty()) return {};
  if (!options.password_file.empty())
    return fail(ErrorCode::kInvalid, "--password-file and --token-file exclude each other");
  ORIEL_TRY(options.token, read_secret_line(options.token_file, "token"));
  return {};
}

Target target_with_login(std::string_view uri, const MonitorOptions& options) {
  Target target{.uri = std::string(uri), .headers = options.headers};
  if (!options.token.is_empty()) {
    target.headers.push_back({"Authorization", "Bearer " + options.token.reveal()});
    return target;
  }
  if (options.password.is_empty()) return target;
  const auto start = uri.find("://") + 3;
  const auto authority = uri.substr(start, uri.find('/', start) - start);
  const auto at = authority.rfind('@');
  std::string user(kUser);
  if (at != authority.npos) {
    user = authority.substr(0, authority.find_first_of(":@"));
    target.uri.erase(start, at + 1);
  }
  target.headers.push_back(
      {"Authorization", "Basic " + base64(user + ":" + options.password.reveal())});
  return target;
}

}  // namespace oriel::cli
