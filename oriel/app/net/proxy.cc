#include "oriel/app/net/proxy.h"

#include <fmt/format.h>

#include <array>
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
constexpr std::size_t kAnswerBytesMax = 8192;

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

bool is_excepted(const std::string& host, std::string_view list) {
  for (const auto& entry : entries_of(lower_case(list))) {
    if (entry == "*" || entry == host || entry == host_in_uri(host)) return true;
    const auto domain = entry.starts_with('.') ? entry : "." + entry;
    if (domain.size() > 1 && (host.ends_with(domain) || host == domain.substr(1))) return true;
  }
  return false;
}

Result<Proxy> parse_proxy(std::string_view text) {
  if (const auto scheme = text.find("://"); scheme != text.npos) {
    if (lower_case(text.substr(0, scheme)) != "http")
      return fail(ErrorCode::kInvalid,
                  "the proxy of the environment is not one of http://, which alone are known; "
                  "no_proxy excepts hosts from it");
    text.remove_prefix(scheme + 3);
  }
  if (text.ends_with('/')) text.remove_suffix(1);
  auto authority = parse_uri_authority(text);
  if (!authority)
    return fail(ErrorCode::kInvalid,
                fmt::format("the proxy of the environment: {}", authority.error().message));
  return Proxy{std::move(authority->host), authority->port.value_or(kProxyPort),
               std::move(authority->user), std::move(authority->password)};
}

// "HTTP/1.1 200 Connection established"
Result<int> status_of(std::string_view answer) {
  const auto blank = answer.find(' ');
  int status = 0;
  const auto digits = blank == answer.npos ? std::string_view() : answer.substr(blank + 1, 3);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), status);
  if (!answer.starts_with("HTTP/1.") || error != std::errc() ||
      end != digits.data() + digits.size() || status < 100)
    return fail(ErrorCode::kInvalid, "what it answers is no HTTP");
  return status;
}

boost::asio::awaitable<Status> write_all(Stream& stream, std::string_view text) {
  for (auto rest = as_bytes(text); !rest.empty();) {
    const auto count = co_await stream.write_some({&rest, 1});
    if (!count) co_return std::unexpected(count.error());
    rest = rest.subspan(*count);
  }
  co_return Status{};
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

boost::asio::awaitable<Result<int>> open_tunnel(Stream& stream, std::string host,
                                                std::uint16_t port, Proxy proxy) {
  const auto place = fmt::format("{}:{}", host_in_uri(host), port);
  auto request = fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n", place);
  if (!proxy.user.empty() || !proxy.password.empty())
    request +=
        fmt::format("Proxy-Authorization: {}\r\n", basic_authorization(proxy.user, proxy.password));
  const auto written = co_await write_all(stream, request + "\r\n");
  if (!written) co_return std::unexpected(written.error());
  // Byte by byte: behind the empty line the host itself may speak already.
  std::string answer;
  std::array<std::uint8_t, 1> byte;
  while (!answer.ends_with("\r\n\r\n")) {
    if (answer.size() >= kAnswerBytesMax)
      co_return fail(ErrorCode::kInvalid,
                     fmt::format("its answer has more than {} bytes", kAnswerBytesMax));
    const auto count = co_await stream.read_some(byte);
    if (!count) co_return std::unexpected(count.error());
    answer += static_cast<char>(byte[0]);
  }
  co_return status_of(answer);
}

}  // namespace oriel::net
