// The clients of a server, from the first byte to the end.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "oriel/app/conduit/random_text.h"
#include "oriel/app/conduit/server_shared.h"
#include "oriel/app/conduit/server_totals.h"
#include "oriel/app/net/peer_address.h"

namespace oriel::conduit {
namespace {

constexpr std::size_t kTokenBytes = 64;
constexpr std::size_t kNonceBytes = 18;

SessionLimits session_limits(const ServerOptions& options) {
  SessionLimits limits;
  limits.message_bytes = options.max_message_size;
  limits.receive_queue = options.receive_queue_size;
  limits.send_queue = options.send_queue_size;
  limits.has_backpressure = options.enable_backpressure;
  limits.unread_output_bytes = kUnreadOutputBytes;
  if (options.rate_limit_enabled)
    limits.rate = RateLimit{.messages_per_second = options.rate_limit_messages_per_second,
                            .bytes_per_second = options.rate_limit_bytes_per_second};
  limits.auth_timeout = options.auth_timeout;
  limits.connection_timeout = options.connection_timeout;
  limits.heartbeat_interval = options.heartbeat_interval;
  limits.heartbeat_timeout = options.heartbeat_timeout;
  return limits;
}

net::SessionDriverLimits driver_limits(const ServerOptions& options) {
  net::SessionDriverLimits limits;
  limits.read_buffer_bytes = options.buffer_size;
  limits.read_buffer_max_bytes = frame_bytes_max(session_limits(options));
  return limits;
}

}  // namespace

// Who comes and does not log in takes no place from those that do.
void Server::Shared::make_room_for_arrival() {
  if (handshakes_.size() + arrivals_.size() < kArrivalsMax) return;
  if (!handshakes_.empty()) {
    handshakes_.splice(handshakes_.end(), handshakes_, handshakes_.begin());
    return handshakes_.back()->close();
  }
  arrivals_.splice(arrivals_.end(), arrivals_, arrivals_.begin());
  arrivals_.back()->cut({ErrorCode::kUnavailable, "too many others came before it logged in"});
}

bool Server::Shared::is_full() const { return connection_count() >= options_.max_connections; }

std::string Server::Shared::full_sentence() const {
  return fmt::format("the server has reached its limit of {} connections; try again later",
                     options_.max_connections);
}

// Why whoever comes from there is not heard now; empty: it is.
std::string Server::Shared::refusal_for(const std::string& peer) const {
  if (peer == kUnixPeer) return {};
  const auto wait_s = lockout_.wait_s(peer, Clock::now());
  return wait_s > 0 ? net::Lockout::refusal(wait_s) : std::string();
}

ServerSessionConfig Server::Shared::session_config(const net::Stream& stream,
                                                   const std::string& refusal,
                                                   Arrival arrival) const {
  return {.program = {.name = options_.name,
                      .version = options_.version,
                      .is_oriel = true,
                      .description = options_.description,
                      .error_numbers = options_.error_numbers},
          .limits = session_limits(options_),
          .takes_bare_hash =
              options_.allow_bare_hash || arrival.takes_bare_hash.value_or(stream.is_private()),
          .takes_anyone = options_.takes_anyone,
          .lock_out = refusal,
          .session_token = random_hex(kTokenBytes),
          .nonce = random_hex(kNonceBytes)};
}

void Server::Shared::begin(net::StreamPointer stream, Arrival arrival) {
  make_room_for_arrival();
  const auto peer = stream->peer();
  const bool is_surplus = is_full();
  auto session = std::make_unique<ServerSession>(
      session_config(*stream, is_surplus ? full_sentence() : refusal_for(peer), arrival), *book_,
      SessionStart{.now = Clock::now(), .unix_ms = unix_ms_now()});
  auto* raw_session = session.get();
  auto connection = std::make_shared<Connection>(core_, random_uuid(), std::move(stream),
                                                 std::move(session), driver_limits(options_));
  auto* raw = connection.get();
  clients_.emplace(raw, Client{.connection = connection,
                               .session = raw_session,
                               .address = net::address_of(peer),
                               .is_surplus = is_surplus,
                               .arrival = arrivals_.insert(arrivals_.end(), raw)});
  {
    std::lock_guard lock(mutex_);
    ++totals_.connections_accepted;
  }
  connection->start();
}

void Server::Shared::connection_opened(Connection& connection, const Opened& opened) {
  auto& client = clients_.at(&connection);
  arrivals_.erase(client.arrival);
  client.has_opened = true;
  // Only the password that may do everything: with another one in between, whoever knows that could
  // guess this one without end.
  if (opened.identity.empty()) lockout_.succeeded(connection.remote_address());
  // Several may have been let in for one place.
  if (is_full() || state() != ServerState::kRunning) {
    client.is_surplus = true;
    connection.close_now(
        {ErrorCode::kUnavailable, is_full() ? full_sentence() : "the server is stopping"},
        net::Farewell::kPolicy);
    return;
  }
  {
    std::lock_guard lock(mutex_);
    open_.emplace(connection.id(), client.connection);
    totals_.connections_most = std::max(totals_.connections_most, open_.size());
  }
  log_.info("client connected", {{"id", connection.id()},
                                 {"peer", connection.remote_address()},
                                 {"name", opened.peer.name},
                                 {"identity", opened.identity},
                                 {"certificate", connection.certificate_name()}});
  greet(client.connection);
}

void Server::Shared::login_refused(Connection& connection, const LoginRefused& refused) {
  auto& client = clients_.at(&connection);
  if (client.is_surplus) return;  // connection_ended counts it
  {
    std::lock_guard lock(mutex_);
    ++totals_.logins_refused;
  }
  log_.warning("log-in refused",
               {{"peer", connection.remote_address()}, {"reason", refused.reason}});
  if (!refused.is_wrong_password || connection.remote_address() == kUnixPeer) return;
  lockout_.failed(connection.remote_address(), Clock::now());
  // Those from there that have come already count too: guessing on many connections at once is no
  // way round.
  const auto refusal = refusal_for(connection.remote_address());
  if (refusal.empty()) return;
  for (auto* other : arrivals_) {
    const auto& guess = clients_.at(other);
    if (guess.address == client.address && !guess.is_surplus) guess.session->lock_out(refusal);
  }
}

bool Server::Shared::may(const Connection& connection, std::string_view role) {
  if (connection.identity().empty()) return true;
  const auto found = roles_.find(connection.identity());
  return found != roles_.end() && std::ranges::find(found->second, role) != found->second.end();
}

void Server::Shared::connection_ended(Connection& connection, const Error& reason) {
  const auto found = clients_.find(&connection);
  const auto client = std::move(found->second);
  clients_.erase(found);
  if (!client.has_opened) arrivals_.erase(client.arrival);
  const bool was_open = client.has_opened && !client.is_surplus;
  {
    std::lock_guard lock(mutex_);
    open_.erase(connection.id());
    add_to(totals_.traffic, connection.stats());
    if (client.is_surplus) ++totals_.connections_refused;
  }
  if (client.is_surplus) {
    log_.warning("a connection was refused",
                 {{"peer", connection.remote_address()}, {"reason", full_sentence()}});
  } else if (was_open) {
    log_.info("client disconnected", {{"id", connection.id()},
                                      {"peer", connection.remote_address()},
                                      {"reason", reason.message}});
    say_farewell(client.connection);
  } else {
    log_.debug("a connection ended before its log-in",
               {{"peer", connection.remote_address()}, {"reason", reason.message}});
  }
  wake_.cancel();
}

}  // namespace oriel::conduit
