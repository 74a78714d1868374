#include "oriel/app/conduit/client_options.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "oriel/app/net/uri_authority.h"

namespace oriel::conduit {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTimeMax{24 * 3600 * 1000};
constexpr std::size_t kQueueMax = 1'000'000;
constexpr std::size_t kBufferMax = 16 * 1024 * 1024;
constexpr std::size_t kPasswordBytesMax = 1024;

struct TimeRow {
  const char* name;
  milliseconds ClientOptions::* value;
};
constexpr TimeRow kTimes[] = {
    {"connect_timeout", &ClientOptions::connect_timeout},
    {"reconnect_delay", &ClientOptions::reconnect_delay},
    {"reconnect_delay_max", &ClientOptions::reconnect_delay_max},
    {"rpc_timeout", &ClientOptions::rpc_timeout},
    {"send_timeout", &ClientOptions::send_timeout},
    {"heartbeat_interval", &ClientOptions::heartbeat_interval},
    {"heartbeat_timeout", &ClientOptions::heartbeat_timeout},
    {"stop_timeout", &ClientOptions::stop_timeout},
};

struct SizeRow {
  const char* name;
  std::size_t ClientOptions::* value;
  std::size_t least;
  std::size_t most;
};
constexpr SizeRow kSizes[] = {
    {"max_message_size", &ClientOptions::max_message_size, 1024, kWirePayloadBytesMax},
    {"buffer_size", &ClientOptions::buffer_size, 1024, kBufferMax},
    {"send_queue_size", &ClientOptions::send_queue_size, 1, kQueueMax},
    {"receive_queue_size", &ClientOptions::receive_queue_size, 1, kQueueMax},
    {"workers_max", &ClientOptions::workers_max, 1, 1000},
};

std::unexpected<ClientError> wrong(std::string message) {
  return client_failure(ClientErrorKind::kOptions, std::move(message));
}

ClientStatus check_texts(const ClientOptions& options) {
  for (const auto& [name, text] : {std::pair{"name", &options.name}, {"version", &options.version}})
    if (text->size() > kFactBytesMax)
      return wrong(fmt::format("{} has {} bytes, at most {} are allowed", name, text->size(),
                               kFactBytesMax));
  if (options.tls.certificate_file.empty() != options.tls.key_file.empty())
    return wrong("tls: certificate_file and key_file belong together, only one of them is given");
  return {};
}

ClientStatus check_numbers(const ClientOptions& options) {
  for (const auto& row : kTimes) {
    const auto value = options.*row.value;
    if (value < milliseconds(1) || value > kTimeMax)
      return wrong(fmt::format("{} is {} ms, allowed are 1 to {} ms", row.name, value.count(),
                               kTimeMax.count()));
  }
  for (const auto& row : kSizes) {
    const auto value = options.*row.value;
    if (value < row.least || value > row.most)
      return wrong(
          fmt::format("{} is {}, allowed are {} to {}", row.name, value, row.least, row.most));
  }
  const auto multiplier = options.reconnect_delay_multiplier;
  if (!(multiplier >= 1 && multiplier <= 1000))
    return wrong(
        fmt::format("reconnect_delay_multiplier is {}, allowed are 1 to 1000", multiplier));
  if (options.reconnect_delay_max < options.reconnect_delay)
    return wrong(fmt::format("reconnect_delay_max is {} ms, shorter than reconnect_delay, {} ms",
                             options.reconnect_delay_max.count(), options.reconnect_delay.count()));
  if (options.heartbeat_timeout <= options.heartbeat_interval)
    return wrong(
        fmt::format("heartbeat_timeout is {} ms, it must be longer than heartbeat_interval, {} ms",
                    options.heartbeat_timeout.count(), options.heartbeat_interval.count()));
  return {};
}

}  // namespace

std::expected<net::StreamTarget, ClientError> target_of(const ClientOptions& options) {
  if (options.target.empty() == options.server_host.empty())
    return wrong(options.target.empty()
                     ? "where is the server? neither target nor server_host is given"
                     : "both target and server_host are given, expected is one of them");
  net::StreamTarget target;
  if (options.target.empty()) {
    if (options.server_port == 0) return wrong("server_port is 0, allowed are 1 to 65535");
    // Read as a target, so that a host that is none is told.
    auto parsed = net::parse_stream_target(
        fmt::format("{}:{}", net::host_in_uri(options.server_host), options.server_port));
    if (!parsed) return wrong("server_host: " + parsed.error().message);
    target = std::move(*parsed);
  } else {
    auto parsed = net::parse_stream_target(options.target);
    if (!parsed) return wrong("target: " + parsed.error().message);
    target = std::move(*parsed);
  }
  if (!options.tls.enabled) return target;
  if (target.carrier == net::StreamCarrier::kUnix)
    return wrong("tls: a Unix socket has no TLS, and needs none");
  if (target.carrier == net::StreamCarrier::kTcp) target.carrier = net::StreamCarrier::kTls;
  if (target.carrier == net::StreamCarrier::kWebSocket)
    target.carrier = net::StreamCarrier::kSecureWebSocket;
  return target;
}

ClientStatus check(const ClientOptions& options) {
  const auto target = target_of(options);
  if (!target) return std::unexpected(target.error());
  const auto& password = options.password.empty() ? target->password : options.password;
  if (password.empty() && !options.allow_no_password)
    return wrong(
        "password is empty; a conduit has one, or allow_no_password is set for a server without");
  if (password.size() > kPasswordBytesMax)
    return wrong(fmt::format("password has {} bytes, at most {} are allowed", password.size(),
                             kPasswordBytesMax));
  if (options.login == Login::kScram && options.allow_bare_hash)
    return wrong("login is SCRAM only, and allow_bare_hash permits what it never does");
  if (options.use_ipv6 && target->carrier == net::StreamCarrier::kUnix)
    return wrong("use_ipv6: a Unix socket has no IP address");
  auto status = check_texts(options);
  return status ? check_numbers(options) : status;
}

}  // namespace oriel::conduit
