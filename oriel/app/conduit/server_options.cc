#include "oriel/app/conduit/server_options.h"

#include <fmt/format.h>

#include <boost/asio/ip/address.hpp>
#include <set>
#include <string_view>

#include "oriel/core/conduit/session_config.h"

namespace oriel::conduit {
namespace {

constexpr std::size_t kBufferBytesMin = 1024;
constexpr std::size_t kBufferBytesMax = 64 * 1024 * 1024;
constexpr std::uint32_t kScramIterationsMin = 4096;  // RFC 7677, 4
constexpr std::string_view kProtocolVersion = "1.0";
constexpr std::string_view kAnyIpv4 = "0.0.0.0";

std::unexpected<Error> wrong(std::string clause) {
  return fail(ErrorCode::kInvalid, std::move(clause));
}

Status check_identity(const ServerOptions& options) {
  if (options.takes_anyone && !(options.password.empty() && options.logins.empty()))
    return wrong("takes_anyone goes with neither password nor logins: they would protect nothing");
  if (options.password.empty() && !options.takes_anyone)
    return wrong("password is empty; it needs at least 1 character, or anybody could log in");
  std::set<std::string_view> passwords{options.password};
  for (const auto& login : options.logins) {
    if (login.identity.empty()) return wrong("logins has an entry without an identity");
    if (login.password.empty())
      return wrong(
          fmt::format("the password of the log-in {} is empty; it needs at least 1 "
                      "character",
                      login.identity));
    if (!passwords.insert(login.password).second)
      return wrong(
          fmt::format("the password of the log-in {} is also that of another one; who "
                      "logs in is told by the password",
                      login.identity));
  }
  for (const auto& [setting, text] :
       {std::pair("name", &options.name), std::pair("version", &options.version)})
    if (text->empty() || text->size() > kFactBytesMax)
      return wrong(
          fmt::format("{} has {} bytes, expected 1 to {}", setting, text->size(), kFactBytesMax));
  if (options.description.size() > kDescriptionBytesMax)
    return wrong(fmt::format("description has {} bytes, at most {}", options.description.size(),
                             kDescriptionBytesMax));
  if (options.protocol_version != kProtocolVersion)
    return wrong(fmt::format("protocol_version is \"{}\", but only {} is spoken here",
                             options.protocol_version, kProtocolVersion));
  return {};
}

Status check_doors(const ServerOptions& options) {
  if (!options.has_tcp && options.unix_path.empty() && !options.has_other_doors)
    return wrong("neither TCP nor a Unix socket: set has_tcp or unix_path");
  boost::system::error_code error;
  const auto host = listen_host(options);
  const auto address =
      boost::asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, error);
  if (error)
    return wrong(
        fmt::format("host is \"{}\", expected a numeric address or localhost", options.host));
  if (options.ipv6 && !address.is_v6())
    return wrong(
        fmt::format("ipv6 is set, but host \"{}\" is an IPv4 address; use \"::\" for all "
                    "addresses, or \"::1\" for this machine",
                    options.host));
  const auto& tls = options.tls;
  if (tls.certificate_file.empty() != tls.key_file.empty())
    return wrong("tls needs both certificate_file and key_file, or neither");
  if (tls.certificate_file.empty() && (tls.verify_client || !tls.client_ca_file.empty()))
    return wrong("tls.verify_client and tls.client_ca_file need certificate_file and key_file");
  if (tls.verify_client && tls.client_ca_file.empty())
    return wrong("tls.verify_client needs client_ca_file: whom to trust for what clients show");
  return {};
}

template <typename T>
Status check_range(std::string_view setting, T value, T least, T most) {
  if (value >= least && value <= most) return {};
  return wrong(fmt::format("{} is {}, expected {} to {}", setting, value, least, most));
}

Status check_time(std::string_view setting, std::chrono::milliseconds value) {
  constexpr auto kMost = std::chrono::hours(24);
  if (value > std::chrono::milliseconds::zero() && value <= kMost) return {};
  return wrong(fmt::format("{} is {} s, expected more than 0 and at most {}", setting,
                           std::chrono::duration<double>(value).count(),
                           std::chrono::seconds(kMost).count()));
}

Status check_times(const ServerOptions& options) {
  ORIEL_TRY_VOID(check_time("connection_timeout", options.connection_timeout));
  ORIEL_TRY_VOID(check_time("auth_timeout", options.auth_timeout));
  ORIEL_TRY_VOID(check_time("heartbeat_interval", options.heartbeat_interval));
  ORIEL_TRY_VOID(check_time("heartbeat_timeout", options.heartbeat_timeout));
  ORIEL_TRY_VOID(check_time("stop_timeout", options.stop_timeout));
  if (options.heartbeat_timeout <= options.heartbeat_interval)
    return wrong(fmt::format(
        "heartbeat_timeout is {} s, expected more than heartbeat_interval, which is {} s",
        std::chrono::duration<double>(options.heartbeat_timeout).count(),
        std::chrono::duration<double>(options.heartbeat_interval).count()));
  return {};
}

Status check_sizes(const ServerOptions& options) {
  ORIEL_TRY_VOID(
      check_range<std::size_t>("max_connections", options.max_connections, 1, kConnectionsAtMost));
  ORIEL_TRY_VOID(check_range<std::size_t>("buffer_size", options.buffer_size, kBufferBytesMin,
                                          kBufferBytesMax));
  ORIEL_TRY_VOID(
      check_range<std::size_t>("send_queue_size", options.send_queue_size, 1, kQueueAtMost));
  ORIEL_TRY_VOID(
      check_range<std::size_t>("receive_queue_size", options.receive_queue_size, 1, kQueueAtMost));
  ORIEL_TRY_VOID(check_range<std::size_t>("max_message_size", options.max_message_size, 1024,
                                          kWirePayloadBytesMax));
  ORIEL_TRY_VOID(check_range<std::size_t>("workers_max", options.workers_max, 1, kWorkersAtMost));
  ORIEL_TRY_VOID(check_range<std::uint32_t>("scram_iterations", options.scram_iterations,
                                            kScramIterationsMin, kScramIterationsMax));
  if (!options.rate_limit_enabled) return {};
  // More than a day for one message is a mistake.
  ORIEL_TRY_VOID(check_range("rate_limit_messages_per_second",
                             options.rate_limit_messages_per_second, 1e-5, 1e9));
  return check_range("rate_limit_bytes_per_second", options.rate_limit_bytes_per_second, 1.0, 1e12);
}

}  // namespace

std::string listen_host(const ServerOptions& options) {
  return options.ipv6 && options.host == kAnyIpv4 ? "::" : options.host;
}

Status check(const ServerOptions& options) {
  ORIEL_TRY_VOID(check_identity(options));
  ORIEL_TRY_VOID(check_doors(options));
  ORIEL_TRY_VOID(check_times(options));
  return check_sizes(options);
}

}  // namespace oriel::conduit
