#include "oriel/io/net/host_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace oriel::net {
namespace {

constexpr std::size_t kHostNameMaxBytes = 255;  // RFC 1035

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string in_lower_case(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), lower);
  return result;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_char(char c) {
  c = lower(c);
  return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_';
}
bool is_ipv6_char(char c) {
  c = lower(c);
  return is_digit(c) || (c >= 'a' && c <= 'f') || c == ':' || c == '.';
}

std::optional<std::uint16_t> parse_number(std::string_view text, unsigned max) {
  unsigned value = 0;
  if (text.empty() || text.size() > 5 || !std::ranges::all_of(text, is_digit)) return {};
  std::from_chars(text.data(), text.data() + text.size(), value);
  if (value > max) return {};
  return static_cast<std::uint16_t>(value);
}

// Four decimal numbers of which the first is 127, as browsers write it; "127.1" or
// "127.0.0.1.example.org" are names that somebody else could own.
bool is_ipv4_loopback(std::string_view host) {
  for (int part = 0; part < 4; ++part) {
    auto dot = host.find('.');
    if ((dot == std::string_view::npos) != (part == 3)) return false;
    auto number = parse_number(host.substr(0, dot), 255);
    if (!number || (part == 0 && *number != 127)) return false;
    host.remove_prefix(part == 3 ? host.size() : dot + 1);
  }
  return true;
}

bool is_among(const std::vector<std::string>& names, std::string_view host) {
  return std::ranges::any_of(names, [&](const std::string& name) {
    auto parsed = parse_host_and_port(name);
    return parsed && parsed->host == host;
  });
}

bool is_known(const HostPolicy& policy, std::string_view host) {
  return is_loopback_name(host) || is_among(policy.own_names, host) ||
         is_among(policy.allowed_hosts, host);
}

struct Origin {
  HostAndPort where;
  std::uint16_t default_port;
  bool is_https;
};

std::optional<Origin> parse_origin(std::string_view text) {
  constexpr std::string_view kHttp = "http://";
  constexpr std::string_view kHttps = "https://";
  bool is_https = text.starts_with(kHttps);
  if (!is_https && !text.starts_with(kHttp)) return {};
  auto where = parse_host_and_port(text.substr(is_https ? kHttps.size() : kHttp.size()));
  if (!where) return {};
  return Origin{*std::move(where), static_cast<std::uint16_t>(is_https ? 443 : 80), is_https};
}

}  // namespace

bool is_loopback_name(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost") || host == "[::1]" ||
         is_ipv4_loopback(host);
}

std::vector<std::string> names_of_machine(const std::string& host_name) {
  if (host_name.empty()) return {};
  std::vector<std::string> names{host_name};
  if (host_name.find('.') == std::string::npos) names.push_back(host_name + ".local");
  return names;
}

std::vector<std::string> split_host_list(std::string_view list) {
  std::vector<std::string> names;
  while (!list.empty()) {
    auto comma = std::min(list.find(','), list.size());
    auto name = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    if (!name.empty()) names.emplace_back(name);
  }
  return names;
}

std::optional<HostAndPort> parse_host_and_port(std::string_view text) {
  if (text.empty() || text.size() > kHostNameMaxBytes) return {};
  bool is_ipv6 = text.front() == '[';
  auto host_size = std::min(is_ipv6 ? text.find(']') : text.find(':'), text.size());
  auto inside = is_ipv6 ? text.substr(1, host_size - 1) : text.substr(0, host_size);
  if (is_ipv6 && host_size == text.size()) return {};
  if (is_ipv6) ++host_size;
  if (inside.empty() || !std::ranges::all_of(inside, is_ipv6 ? is_ipv6_char : is_name_char)) {
    return {};
  }
  HostAndPort result{in_lower_case(text.substr(0, host_size)), {}};
  if (result.host.ends_with('.')) result.host.pop_back();
  if (result.host.empty()) return {};
  auto rest = text.substr(host_size);
  if (rest.empty()) return result;
  if (rest.front() != ':') return {};
  result.port = parse_number(rest.substr(1), 65535);
  if (!result.port) return {};
  return result;
}

Status check_host_claim(const HostPolicy& policy, const HostClaim& claim) {
  auto host = parse_host_and_port(claim.host);
  if (!host) {
    return fail(ErrorCode::kRefused, "the Host header is missing or is not a host name and port");
  }
  auto local = parse_host_and_port(claim.local);
  bool is_local_address = local && local->host == host->host;
  if (!is_local_address && !is_known(policy, host->host)) {
    return fail(ErrorCode::kRefused,
                fmt::format("the host name {0} is not allowed here; to allow it, start the server "
                            "with --http-allowed-hosts {0}",
                            host->host));
  }
  if (!claim.origin) return {};
  auto origin = parse_origin(*claim.origin);
  if (!origin) {
    return fail(ErrorCode::kRefused,
                "the Origin header is not the http or https address of a page of this server");
  }
  if (claim.is_secure && !origin->is_https) {
    return fail(ErrorCode::kRefused,
                "a page that came without TLS may not use this server: open it at https://");
  }
  auto port_of = [&](const HostAndPort& where) {
    return where.port.value_or(origin->default_port);
  };
  bool is_same = origin->where.host == host->host && port_of(origin->where) == port_of(*host);
  if (is_same || is_among(policy.allowed_hosts, origin->where.host)) return {};
  return fail(ErrorCode::kRefused,
              fmt::format("pages from {0} may not use this server; to allow it, start the server "
                          "with --http-allowed-hosts {0}",
                          origin->where.host));
}

}  // namespace oriel::net
