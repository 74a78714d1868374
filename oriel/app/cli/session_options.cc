#include "oriel/app/cli/session_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "oriel/app/client/connection_plan.h"
#include "oriel/core/conduit/login.h"

namespace oriel::cli {
namespace {

constexpr std::string_view kPassword = "password", kHeader = "header", kCookie = "cookie";

bool is_secret(std::string_view name) {
  return name == kPassword || name == kHeader || name == kCookie;
}

// Sessions and commands are started in different folders.
std::string absolute(const std::string& file) {
  std::error_code error;
  auto path = std::filesystem::absolute(file, error);
  return error ? file : path.lexically_normal().string();
}

std::string digest_of(const std::vector<net::HttpField>& fields) {
  std::vector<std::string> lines;
  for (const auto& field : fields) lines.push_back(fmt::format("{}={}", field.name, field.value));
  std::ranges::sort(lines);
  return conduit::password_hash(fmt::format("{}", fmt::join(lines, "\n")));
}

}  // namespace

SessionOptions session_options(const client::ConnectionOptions& options) {
  SessionOptions given;
  const auto add = [&given](std::string_view name, std::string value) {
    if (!value.empty()) given.emplace(name, std::move(value));
  };
  const auto add_switch = [&given](std::string_view name, bool is_on) {
    if (is_on) given.emplace(name, "true");
  };
  const auto plan = client::plan_connection(options, net::process_environment);
  if (plan && !plan->password.empty()) add(kPassword, conduit::password_hash(plan->password));
  if (!options.headers.empty()) add(kHeader, digest_of(options.headers));
  if (!options.cookies.empty()) add(kCookie, digest_of(options.cookies));
  const auto& tls = options.tls;
  if (!tls.ca_file.empty()) add("ca", absolute(tls.ca_file));
  if (!tls.certificate_file.empty()) add("cert", absolute(tls.certificate_file));
  if (!tls.key_file.empty()) add("key-file", absolute(tls.key_file));
  add_switch("insecure", !tls.verify);
  add("encodings", fmt::format("{}", fmt::join(options.encodings, ",")));
  if (options.quality) add("jpeg-quality", std::to_string(*options.quality));
  if (options.compression) add("compression", std::to_string(*options.compression));
  add_switch("exclusive", !options.is_shared);
  add_switch("view-only", options.is_view_only);
  return given;
}

std::vector<std::string> differing_options(const SessionOptions& wanted,
                                           const SessionOptions& kept) {
  std::vector<std::string> flags;
  for (const auto& [name, value] : wanted) {
    const auto found = kept.find(name);
    if (found != kept.end() && found->second == value) continue;
    flags.push_back(name == kPassword ? "the password" : "--" + name);
  }
  return flags;
}

boost::json::object shown_options(const SessionOptions& options) {
  boost::json::object shown;
  for (const auto& [name, value] : options) {
    if (is_secret(name))
      shown[name] = "given";
    else if (value == "true")
      shown[name] = true;
    else
      shown[name] = value;
  }
  return shown;
}

}  // namespace oriel::cli
