#include "oriel/app/client/novnc_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "oriel/app/net/percent.h"
#include "oriel/app/net/uri_authority.h"

namespace oriel::client {
namespace {

// The parameters as they are written, percent-encoded.
std::map<std::string, std::string> parameters_of(std::string_view query) {
  std::map<std::string, std::string> parameters;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const auto equals = std::min(pair.find('='), pair.size());
    const auto value = pair.substr(std::min(equals + 1, pair.size()));
    parameters.emplace(pair.substr(0, equals), value);
  }
  return parameters;
}

// What of a parameter counts, decoded; empty without.
Result<std::string> decoded(const std::map<std::string, std::string>& parameters,
                            const std::string& name) {
  const auto found = parameters.find(name);
  if (found == parameters.end()) return std::string();
  auto value = net::percent_decoded(found->second);
  if (!value)
    return fail(ErrorCode::kInvalid, fmt::format("the page's parameter {} has a stray %", name));
  return *std::move(value);
}

bool is_true(std::string_view text) { return text == "1" || text == "true" || text == "yes"; }

}  // namespace

bool is_page(std::string_view url) {
  const auto scheme_end = url.find("://");
  if (scheme_end == url.npos) return false;
  const auto scheme = net::lower_case(url.substr(0, scheme_end));
  const bool is_web = scheme == "http" || scheme == "https";
  if (!is_web && scheme != "ws" && scheme != "wss") return false;
  const auto whole = url.substr(0, url.find_first_of("?#"));
  const auto path = whole.substr(std::min(whole.find('/', scheme_end + 3), whole.size()));
  return (is_web && path.size() <= 1) || net::lower_case(path).ends_with(".html");
}

Result<PageSocket> socket_of_page(std::string_view page) {
  // noVNC takes parameters behind # too, where they stay in the browser.
  std::string text(page.substr(0, page.find('#')));
  if (const auto fragment = page.find('#'); fragment != page.npos) {
    text += text.find('?') == text.npos ? '?' : '&';
    text += page.substr(fragment + 1);
  }
  const auto scheme_end = text.find("://");
  if (scheme_end == text.npos) return fail(ErrorCode::kInvalid, "the page's address has no scheme");
  const auto scheme = net::lower_case(text.substr(0, scheme_end));
  const auto authority_end = std::min(text.find_first_of("/?", scheme_end + 3), text.size());
  const auto authority = text.substr(scheme_end + 3, authority_end - scheme_end - 3);
  const auto query = text.find('?');
  const auto parameters = parameters_of(
      query == text.npos ? std::string_view() : std::string_view(text).substr(query + 1));
  ORIEL_TRY(const auto host, decoded(parameters, "host"));
  ORIEL_TRY(const auto port, decoded(parameters, "port"));
  ORIEL_TRY(const auto encrypt, decoded(parameters, "encrypt"));
  ORIEL_TRY(auto path, decoded(parameters, "path"));
  ORIEL_TRY(const auto password, decoded(parameters, "password"));

  const bool is_secure = encrypt.empty() ? scheme == "https" || scheme == "wss" : is_true(encrypt);
  auto place = authority;
  if (!host.empty() || !port.empty()) {
    ORIEL_TRY(const auto own, net::parse_uri_authority(authority));
    place = net::host_in_uri(host.empty() ? own.host : host);
    if (!port.empty())
      place += ":" + port;
    else if (own.port)
      place += fmt::format(":{}", *own.port);
  }
  if (!parameters.contains("path")) path = "websockify";
  if (path.starts_with('/')) path.erase(0, 1);
  // The token stays as the page has it: encoded once.
  if (const auto token = parameters.find("token");
      token != parameters.end() && path.find("token=") == path.npos)
    path += fmt::format("{}token={}", path.find('?') == path.npos ? '?' : '&', token->second);
  return PageSocket{fmt::format("{}://{}/{}", is_secure ? "wss" : "ws", place, path), password};
}

}  // namespace oriel::client
