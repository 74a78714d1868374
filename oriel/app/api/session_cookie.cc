#include "oriel/app/api/session_cookie.h"

#include <algorithm>

namespace oriel::api {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

// Of "host:port" and "[::1]:port"; empty when there is none.
std::string_view port_of(std::string_view host) {
  constexpr std::size_t kDigitsMax = 5;
  const auto colon = host.rfind(':');
  if (colon == host.npos) return {};
  const auto port = host.substr(colon + 1);
  const bool is_port = port.size() <= kDigitsMax &&
                       std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; });
  return is_port ? port : std::string_view();
}

}  // namespace

std::string session_cookie_name(const net::HttpRequest& request) {
  const auto* host = request.find("Host");
  auto port = host != nullptr ? port_of(trimmed(*host)) : std::string_view();
  if (port.empty()) port = request.is_secure ? "443" : "80";
  return "oriel_session_" + std::string(port);
}

std::string_view cookie_value(std::string_view field, std::string_view name) {
  while (!field.empty()) {
    const auto end = std::min(field.find(';'), field.size());
    const auto pair = trimmed(field.substr(0, end));
    field.remove_prefix(std::min(end + 1, field.size()));
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
      return pair.substr(name.size() + 1);
  }
  return {};
}

}  // namespace oriel::api
