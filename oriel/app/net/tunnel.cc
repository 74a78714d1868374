#include "oriel/app/net/tunnel.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <string_view>

#include "oriel/app/net/uri_authority.h"
#include "oriel/app/net/websocket_uri.h"
#include "oriel/base/byte_writer.h"

namespace oriel::net {
namespace {

using boost::asio::awaitable;

constexpr std::size_t kAnswerBytesMax = 8192;

awaitable<Status> write_all(Stream& stream, ByteSpan rest) {
  while (!rest.empty()) {
    const auto count = co_await stream.write_some({&rest, 1});
    if (!count) co_return std::unexpected(count.error());
    rest = rest.subspan(*count);
  }
  co_return Status{};
}

awaitable<Status> read_exactly(Stream& stream, std::span<std::uint8_t> into) {
  while (!into.empty()) {
    const auto count = co_await stream.read_some(into);
    if (!count) co_return std::unexpected(count.error());
    into = into.subspan(*count);
  }
  co_return Status{};
}

// Says something and reads an answer of a known length.
awaitable<Status> ask(Stream& stream, ByteSpan question, std::span<std::uint8_t> answer) {
  const auto written = co_await write_all(stream, question);
  if (!written) co_return written;
  co_return co_await read_exactly(stream, answer);
}

// ---- HTTP ---------------------------------------------------------------------------------------

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

awaitable<Status> open_http_tunnel(Stream& stream, const std::string& host, std::uint16_t port,
                                   const Proxy& proxy) {
  const auto place = fmt::format("{}:{}", host_in_uri(host), port);
  auto request = fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n", place);
  if (!proxy.user.empty() || !proxy.password.empty())
    request +=
        fmt::format("Proxy-Authorization: {}\r\n", basic_authorization(proxy.user, proxy.password));
  request += "\r\n";
  const auto written = co_await write_all(stream, as_bytes(request));
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
  const auto status = status_of(answer);
  if (!status) co_return std::unexpected(status.error());
  if (*status / 100 == 2) co_return Status{};
  co_return fail(*status == 407 ? ErrorCode::kRefused : ErrorCode::kUnavailable,
                 fmt::format("it does not let us through (HTTP {})", *status));
}

// ---- SOCKS 5 (RFC 1928) -------------------------------------------------------------------------
//
//   greeting := 5, count, methods                      answer := 5, method
//   login    := 1, length, user, length, password      answer := 1, 0 when it is right (RFC 1929)
//   request  := 5, 1 (CONNECT), 0, address, port:2     answer := 5, reply, 0, address, port:2
//   address  := 1, 4 bytes | 3, length, name | 4, 16 bytes

constexpr std::uint8_t kSocksVersion = 5, kLoginVersion = 1;
constexpr std::uint8_t kNoLogin = 0, kLogin = 2, kNoMethod = 0xff;
constexpr std::uint8_t kIpv4 = 1, kName = 3, kIpv6 = 4;
constexpr std::size_t kTextMax = 255, kPortBytes = 2;

constexpr auto kReplies = std::to_array<const char*>(
    {"", "has failed", "may not connect to the host", "finds no way to its network",
     "finds no way to the host", "was refused by the host", "was not answered by the host in time",
     "knows no CONNECT", "knows no such addresses"});

Status wrong_socks(const char* where) {
  return fail(ErrorCode::kInvalid, fmt::format("what it answers to the {} is no SOCKS 5", where));
}

void write_text(std::string_view text, ByteWriter& to) {
  to.u8(static_cast<std::uint8_t>(text.size()));
  to.bytes(as_bytes(text));
}

// Names are for the proxy to look up.
Bytes connect_request(const std::string& host, std::uint16_t port) {
  Bytes request;
  ByteWriter writer(request);
  for (const std::uint8_t byte : {kSocksVersion, std::uint8_t{1}, std::uint8_t{0}}) writer.u8(byte);
  boost::system::error_code is_name;
  const auto address = boost::asio::ip::make_address(host, is_name);
  if (is_name) {
    writer.u8(kName);
    write_text(host, writer);
  } else if (address.is_v4()) {
    writer.u8(kIpv4);
    writer.bytes(address.to_v4().to_bytes());
  } else {
    writer.u8(kIpv6);
    writer.bytes(address.to_v6().to_bytes());
  }
  writer.u16(port);
  return request;
}

awaitable<Status> log_in(Stream& stream, const Proxy& proxy) {
  Bytes login;
  ByteWriter writer(login);
  writer.u8(kLoginVersion);
  write_text(proxy.user, writer);
  write_text(proxy.password, writer);
  std::array<std::uint8_t, 2> answer{};
  const auto asked = co_await ask(stream, login, answer);
  if (!asked) co_return asked;
  if (answer[0] != kLoginVersion) co_return wrong_socks("user and password");
  if (answer[1] == 0) co_return Status{};
  co_return fail(ErrorCode::kRefused, "it does not take the user and password");
}

awaitable<Status> greet(Stream& stream, const Proxy& proxy) {
  const bool has_login = !proxy.user.empty() || !proxy.password.empty();
  Bytes greeting{kSocksVersion, 1, kNoLogin};
  if (has_login) greeting = {kSocksVersion, 2, kNoLogin, kLogin};
  std::array<std::uint8_t, 2> answer{};
  const auto asked = co_await ask(stream, greeting, answer);
  if (!asked) co_return asked;
  if (answer[0] != kSocksVersion) co_return wrong_socks("greeting");
  if (answer[1] == kNoLogin) co_return Status{};
  if (answer[1] == kLogin && has_login) co_return co_await log_in(stream, proxy);
  if (answer[1] == kNoMethod || answer[1] == kLogin)
    co_return fail(ErrorCode::kRefused, has_login
                                            ? "it wants another way to log in than by password"
                                            : "it wants a user and a password");
  co_return wrong_socks("greeting");
}

// The address that the proxy has bound, up to its port.
awaitable<Status> skip_address(Stream& stream, std::uint8_t kind) {
  std::size_t length = kind == kIpv4 ? 4 : kind == kIpv6 ? 16 : 0;
  std::array<std::uint8_t, kTextMax + kPortBytes> room{};
  if (kind == kName) {
    const auto read = co_await read_exactly(stream, std::span(room).first(1));
    if (!read) co_return read;
    length = room[0];
  } else if (length == 0) {
    co_return wrong_socks("request");
  }
  co_return co_await read_exactly(stream, std::span(room).first(length + kPortBytes));
}

awaitable<Status> open_socks_tunnel(Stream& stream, const std::string& host, std::uint16_t port,
                                    const Proxy& proxy) {
  if (std::max({host.size(), proxy.user.size(), proxy.password.size()}) > kTextMax)
    co_return fail(ErrorCode::kInvalid, fmt::format("it takes at most {} bytes of a host's name, a "
                                                    "user and a password",
                                                    kTextMax));
  const auto greeted = co_await greet(stream, proxy);
  if (!greeted) co_return greeted;
  const auto request = connect_request(host, port);
  std::array<std::uint8_t, 4> answer{};
  const auto asked = co_await ask(stream, request, answer);
  if (!asked) co_return asked;
  if (answer[0] != kSocksVersion) co_return wrong_socks("request");
  const std::size_t reply = answer[1];
  if (reply != 0)
    co_return fail(ErrorCode::kUnavailable,
                   fmt::format("it {} (SOCKS reply {})",
                               reply < kReplies.size() ? kReplies[reply] : "has failed", reply));
  co_return co_await skip_address(stream, answer[3]);
}

}  // namespace

awaitable<Status> open_tunnel(Stream& stream, std::string host, std::uint16_t port, Proxy proxy) {
  if (proxy.kind == ProxyKind::kSocks5)
    co_return co_await open_socks_tunnel(stream, host, port, proxy);
  co_return co_await open_http_tunnel(stream, host, port, proxy);
}

}  // namespace oriel::net
