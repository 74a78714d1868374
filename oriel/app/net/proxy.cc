#include "oriel/app/net/proxy.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "oriel/app/net/uri_authority.h"
#include "oriel/app/net/websocket_uri.h"

namespace oriel::net {
namespace {

constexpr std::uint16_t kProxyPort = 1080;  // as curl has it

// The first of `names` that has a value.
std::string first_set(const Environment& environment, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (auto value = environment(name); value && !value->empty()) return *std::move(value);
  return {};
}

std::string proxy_text(StreamCarrier carrier, const Environment& environment) {
  if (carrier == StreamCarrier::kWebSocket)
    return first_set(environment, {"http_proxy", "all_proxy", "ALL_PROXY"});
  if (carrier == StreamCarrier::kSecureWebSocket)
    return first_set(environment, {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
  return first_set(environment, {"all_proxy", "ALL_PROXY"});
}

bool is_this_machine(const std::string& host) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  return error ? host == "localhost" || host.ends_with(".localhost") : address.is_loopback();
}

// The entries of no_proxy, without blanks around them.
std::vector<std::string> entries_of(std::string_view list) {
  std::vector<std::string> entries(1);
  for (const char c : list) {
    if (c == ',')
      entries.emplace_back();
    else if (!std::isspace(static_cast<unsigned char>(c)))
      entries.back() += c;
  }
  return entries;
}

// Whether a host that is an address is one of NETWORK/PREFIX.
bool is_in_network(const std::string& host, std::string_view entry) {
  const auto slash = entry.rfind('/');
  if (slash == entry.npos) return false;
  const auto digits = entry.substr(slash + 1);
  unsigned prefix = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  if (failed != std::errc() || end != digits.data() + digits.size()) return false;
  auto name = entry.substr(0, slash);
  if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
  boost::system::error_code error, network_error;
  const auto address = boost::asio::ip::make_address(host, error);
  const auto network = boost::asio::ip::make_address(std::string(name), network_error);
  if (error || network_error || address.is_v4() != network.is_v4()) return false;
  const auto is_same_beginning = [prefix](const auto& one, const auto& other) {
    if (prefix > one.size() * 8) return false;
    const auto whole = prefix / 8;
    if (!std::equal(one.begin(), one.begin() + whole, other.begin())) return false;
    const unsigned rest = prefix % 8;
    return rest == 0 || (one[whole] ^ other[whole]) >> (8 - rest) == 0;
  };
  return address.is_v4()
             ? is_same_beginning(address.to_v4().to_bytes(), network.to_v4().to_bytes())
             : is_same_beginning(address.to_v6().to_bytes(), network.to_v6().to_bytes());
}

bool is_excepted(const std::string& host, std::string_view list) {
  for (const auto& entry : entries_of(lower_case(list))) {
    if (entry == "*" || entry == host || entry == host_in_uri(host)) return true;
    if (is_in_network(host, entry)) return true;
    const auto domain = entry.starts_with('.') ? entry : "." + entry;
    if (domain.size() > 1 && (host.ends_with(domain) || host == domain.substr(1))) return true;
  }
  return false;
}

Result<ProxyKind> parse_kind(std::string_view scheme) {
  if (scheme == "http") return ProxyKind::kHttp;
  // Names are the proxy's matter in either case, as with socks5h of curl.
  if (scheme == "socks5" || scheme == "socks5h") return ProxyKind::kSocks5;
  return fail(ErrorCode::kInvalid,
              "the proxy of the environment is not one of http://, socks5:// and socks5h://, which "
              "alone are known; no_proxy excepts hosts from it");
}

Result<Proxy> parse_proxy(std::string_view text) {
  auto kind = ProxyKind::kHttp;
  if (const auto scheme = text.find("://"); scheme != text.npos) {
    ORIEL_TRY(kind, parse_kind(lower_case(text.substr(0, scheme))));
    text.remove_prefix(scheme + 3);
  }
  if (text.ends_with('/')) text.remove_suffix(1);
  auto authority = parse_uri_authority(text);
  if (!authority)
    return fail(ErrorCode::kInvalid,
                fmt::format("the proxy of the environment: {}", authority.error().message));
  return Proxy{std::move(authority->host), authority->port.value_or(kProxyPort),
               std::move(authority->user), std::move(authority->password), kind};
}

}  // namespace

std::string Proxy::shown() const { return fmt::format("{}:{}", host_in_uri(host), port); }

std::optional<std::string> process_environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): see the header
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

Result<std::optional<Proxy>> proxy_for(const StreamTarget& target, const Environment& environment) {
  if (target.carrier == StreamCarrier::kUnix || is_this_machine(target.host)) return std::nullopt;
  const auto text = proxy_text(target.carrier, environment);
  if (text.empty()) return std::nullopt;
  if (is_excepted(target.host, first_set(environment, {"no_proxy", "NO_PROXY"})))
    return std::nullopt;
  ORIEL_TRY(auto proxy, parse_proxy(text));
  return proxy;
}

}  // namespace oriel::net
