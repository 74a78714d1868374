#include "oriel/app/net/uri_authority.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address_v6.hpp>
#include <cctype>
#include <charconv>
#include <system_error>

#include "oriel/app/net/percent.h"

namespace oriel::net {
namespace {

std::unexpected<Error> wrong(std::string clause) {
  return fail(ErrorCode::kInvalid, std::move(clause));
}

Status set_user(std::string_view text, UriAuthority& into) {
  const auto colon = text.find(':');
  const auto user = percent_decoded(text.substr(0, colon));
  const auto password =
      percent_decoded(colon == text.npos ? std::string_view() : text.substr(colon + 1));
  if (!user || !password) return wrong("the user or password has a stray %");
  if (user->find(':') != user->npos) return wrong("the user contains a colon");
  into.user = *user;
  into.password = *password;
  return {};
}

// Letters, digits, and what names of hosts have besides; what is beyond ASCII has to come encoded.
bool is_host_name(std::string_view host) {
  constexpr std::size_t kNameBytesMax = 253;
  return !host.empty() && host.size() <= kNameBytesMax &&
         std::ranges::all_of(host, [](unsigned char c) {
           return std::isalnum(c) || c == '.' || c == '-' || c == '_';
         });
}

bool is_v6_address(const std::string& host) {
  boost::system::error_code error;
  boost::asio::ip::make_address_v6(host, error);
  return !error;
}

Status set_port(std::string_view text, UriAuthority& into) {
  if (text.empty()) return {};
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  // What is no number is not repeated: it may be a password with a stray slash.
  if (end != text.data() + text.size() || error == std::errc::invalid_argument)
    return wrong("the port is not a number");
  if (error != std::errc() || port < 1 || port > 65535) {
    return wrong(fmt::format("the port is {}, allowed are 1 to 65535", text.substr(0, 20)));
  }
  into.port = static_cast<std::uint16_t>(port);
  return {};
}

// HOST, HOST:PORT, [IPV6], [IPV6]:PORT.
Status set_host(std::string_view text, UriAuthority& into) {
  std::string_view rest;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == text.npos) return wrong("there is a [ without ] around an IPv6 address");
    into.host = lower_case(text.substr(1, end - 1));
    if (!is_v6_address(into.host)) {
      return wrong(fmt::format("[{}] is no IPv6 address", into.host));
    }
    rest = text.substr(end + 1);
    if (!rest.empty() && rest[0] != ':') return wrong("there is text between ] and the port");
  } else {
    const auto colon = text.find(':');
    into.host = lower_case(text.substr(0, colon));
    if (!is_host_name(into.host)) {
      return wrong(into.host.empty()
                       ? std::string("no host is named, expected is HOST or HOST:PORT")
                       : fmt::format("\"{}\" is not a host name", into.host));
    }
    if (colon != text.npos) rest = text.substr(colon);
  }
  return set_port(rest.empty() ? rest : rest.substr(1), into);
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (auto& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

std::string host_in_uri(const std::string& host) {
  return host.find(':') == host.npos ? host : fmt::format("[{}]", host);
}

Result<UriAuthority> parse_uri_authority(std::string_view text) {
  UriAuthority authority;
  if (const auto at = text.rfind('@'); at != text.npos) {
    ORIEL_TRY_VOID(set_user(text.substr(0, at), authority));
    text.remove_prefix(at + 1);
  }
  ORIEL_TRY_VOID(set_host(text, authority));
  return authority;
}

}  // namespace oriel::net
