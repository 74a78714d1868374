#include "oriel/app/conduit/server_shared.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "oriel/app/conduit/await_callback.h"
#include "oriel/app/conduit/random_text.h"
#include "oriel/app/net/peer_address.h"

namespace oriel::conduit {
namespace asio = boost::asio;
namespace {

constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kTokenBytes = 64;
constexpr std::size_t kNonceBytes = 18;
constexpr std::string_view kUnixPeer = "unix";

// What an error of an address calls where it was set.
std::string setting_of(const ServerOptions& options, const char* option) {
  return options.address_setting.empty() ? option : options.address_setting;
}

std::int64_t unix_ms_now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

Bytes random_salt() {
  const auto text = random_hex(kSaltBytes);
  return Bytes(text.begin(), text.end());
}

LoginBook make_book(const ServerOptions& options) {
  std::vector<LoginBook::Password> passwords{{.identity = {}, .password = options.password}};
  for (const auto& login : options.logins) passwords.push_back({login.identity, login.password});
  return {passwords, random_salt(), options.scram_iterations};
}

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

// What one connection counted, for the sums.
void add_to(ConnectionStats& sum, const ConnectionStats& one) {
  sum.session.frames_in += one.session.frames_in;
  sum.session.frames_out += one.session.frames_out;
  sum.session.pings_sent += one.session.pings_sent;
  sum.session.pongs_received += one.session.pongs_received;
  sum.session.pings_received += one.session.pings_received;
  sum.session.pauses_sent += one.session.pauses_sent;
  sum.session.resumes_sent += one.session.resumes_sent;
  sum.session.pauses_received += one.session.pauses_received;
  sum.session.resumes_received += one.session.resumes_received;
  sum.session.messages_dropped += one.session.messages_dropped;
  sum.bytes_in += one.bytes_in;
  sum.bytes_out += one.bytes_out;
  sum.calls_made += one.calls_made;
  sum.calls_answered += one.calls_answered;
  sum.calls_timed_out += one.calls_timed_out;
  sum.replies_unexpected += one.replies_unexpected;
  sum.messages_in += one.messages_in;
  sum.messages_out += one.messages_out;
}

Status threw(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& exception) {
    return fail(ErrorCode::kUnavailable, exception.what());
  } catch (...) {
    return fail(ErrorCode::kUnavailable, "it threw what is no exception");
  }
}

template <typename Argument>
bool are_all_plain(const Hooks<Argument>& hooks) {
  return std::ranges::all_of(
      hooks, [](const auto& hook) { return std::holds_alternative<PlainHook<Argument>>(hook); });
}

}  // namespace

Server::Shared::Shared(Server& server, asio::any_io_executor strand,
                       std::function<bool()> is_inside, ServerOptions options,
                       std::shared_ptr<OwnLoop> loop)
    : loop_(std::move(loop)),
      server_(server),
      options_(std::move(options)),
      core_(std::make_shared<ConnectionShared>(options_.workers_max)),
      strand_(strand),
      log_(options_.logger.with_name("conduit")),
      lockout_(options_.lockout != nullptr ? *options_.lockout : own_lockout_),
      wake_(strand) {
  core_->executor = std::move(strand);
  core_->is_inside = std::move(is_inside);
  core_->log = log_;
  core_->numbers = options_.error_numbers;
  core_->compression = options_.enable_compression ? Compression::kWhenSmaller : Compression::kNone;
  core_->handed_over_max = options_.send_queue_size;
  core_->owner = this;
  for (const auto& login : options_.logins) {
    auto& roles = roles_[login.identity];
    roles.insert(roles.end(), login.roles.begin(), login.roles.end());
  }
}

// ---- what it knows

ServerState Server::Shared::state() const {
  std::lock_guard lock(mutex_);
  return state_;
}

std::optional<Error> Server::Shared::failure() const {
  std::lock_guard lock(mutex_);
  return failure_;
}

std::string Server::Shared::address() const {
  std::lock_guard lock(mutex_);
  return address_;
}

std::uint16_t Server::Shared::port() const {
  std::lock_guard lock(mutex_);
  return port_;
}

std::vector<ConnectionPointer> Server::Shared::connections() const {
  std::vector<ConnectionPointer> all;
  std::lock_guard lock(mutex_);
  all.reserve(open_.size());
  for (const auto& [id, connection] : open_) all.push_back(connection);
  return all;
}

std::size_t Server::Shared::connection_count() const {
  std::lock_guard lock(mutex_);
  return open_.size();
}

ConnectionPointer Server::Shared::find_connection(std::string_view id) const {
  std::lock_guard lock(mutex_);
  const auto found = open_.find(id);
  return found != open_.end() ? found->second : nullptr;
}

ServerStatistics Server::Shared::statistics() const {
  const auto now = Clock::now();
  std::vector<ConnectionPointer> open;
  ServerStatistics statistics;
  {
    std::lock_guard lock(mutex_);
    statistics = totals_;
    statistics.connections = open_.size();
    if (running_since_) statistics.uptime = now - *running_since_;
    for (const auto& [id, connection] : open_) open.push_back(connection);
  }
  for (const auto& connection : open) add_to(statistics.traffic, connection->stats());
  const auto& traffic = statistics.traffic;
  const auto seconds = std::chrono::duration<double>(statistics.uptime).count();
  if (seconds > 0)
    statistics.messages_per_second =
        static_cast<double>(traffic.messages_in + traffic.messages_out) / seconds;
  return statistics;
}

// ---- the doors

Status Server::Shared::listen() {
  {
    std::lock_guard lock(mutex_);
    if (state_ == ServerState::kClosed)
      return fail(ErrorCode::kUnavailable, "a stopped server is not started again; make another");
    if (state_ != ServerState::kCreated)
      return fail(ErrorCode::kUnavailable, "the server has been started already");
    state_ = ServerState::kInitializing;
    failure_.reset();
  }
  auto status = open_doors();
  if (!status) fail_start(status.error());
  return status;
}

Status Server::Shared::open_doors() {
  ORIEL_TRY_VOID(check(options_));
  if (!book_) book_.emplace(make_book(options_));
  if (options_.has_tcp) ORIEL_TRY_VOID(open_tcp());
  if (!options_.unix_path.empty()) ORIEL_TRY_VOID(open_unix());
  return {};
}

Status Server::Shared::open_tcp() {
  if (!options_.tls.certificate_file.empty()) {
    const auto check = options_.tls.client_ca_file.empty() ? net::TlsClientCheck::kNone
                       : options_.tls.verify_client        ? net::TlsClientCheck::kRequired
                                                           : net::TlsClientCheck::kOptional;
    ORIEL_TRY(tls_, net::TlsServerContext::open(
                        {.certificate_file = options_.tls.certificate_file,
                         .key_file = options_.tls.key_file,
                         .application_protocol = {},
                         .notice = [log = log_](const std::string& text) { log.warning(text); },
                         .client_check = check,
                         .client_ca_file = options_.tls.client_ca_file},
                        Clock::now()));
  }
  ORIEL_TRY(doors_.tcp,
            net::TcpListener::listen(strand_,
                                     {.host = listen_host(options_),
                                      .port = options_.port,
                                      .setting = setting_of(options_, "host")},
                                     [weak = weak_from_this()](net::StreamPointer stream) {
                                       if (const auto self = weak.lock())
                                         self->arrived(std::move(stream));
                                     }));
  std::lock_guard lock(mutex_);
  address_ = doors_.tcp->address();
  port_ = doors_.tcp->port();
  return {};
}

Status Server::Shared::open_unix() {
  ORIEL_TRY(doors_.unix_socket,
            net::UnixListener::listen(
                strand_, {.path = options_.unix_path, .setting = setting_of(options_, "unix_path")},
                [weak = weak_from_this()](net::StreamPointer stream) {
                  if (const auto self = weak.lock()) self->accept(std::move(stream), {});
                }));
  return {};
}

void Server::Shared::fail_start(const Error& error) {
  doors_ = {};
  early_.clear();
  {
    std::lock_guard lock(mutex_);
    state_ = ServerState::kCreated;
    failure_ = error;
    address_.clear();
    port_ = 0;
  }
  closed();
}

void Server::Shared::open(Done done) {
  asio::co_spawn(strand_, start_up(std::move(done)), asio::detached);
}

asio::awaitable<void> Server::Shared::start_up(Done done) {
  const auto self = shared_from_this();
  const auto hooks = get(startup_);
  Status status;
  if (hooks != nullptr)
    for (const auto& hook : *hooks) {
      if (is_detached_) co_return;
      auto called = call(hook, server_);
      status = co_await std::move(called);
      if (!status) break;
    }
  if (is_detached_) co_return;
  if (!status) {
    log_.error("the server has not started", {{"reason", status.error().message}});
    fail_start(status.error());
  } else {
    {
      std::lock_guard lock(mutex_);
      state_ = ServerState::kRunning;
      running_since_ = Clock::now();
    }
    if (!address().empty() || !options_.unix_path.empty())
      log_.info("listening", {{"address", address()}, {"unix", options_.unix_path}});
    for (auto& stream : std::exchange(early_, {})) arrived(std::move(stream));
  }
  if (done) done(status);
  if (stop_reason_) begin_stop(*std::exchange(stop_reason_, std::nullopt));
}

// ---- who comes

void Server::Shared::arrived(net::StreamPointer stream) {
  const auto now_state = state();
  if (now_state == ServerState::kInitializing && early_.size() < kArrivalsMax)
    return early_.push_back(std::move(stream));
  if (now_state != ServerState::kRunning) return stream->close();
  if (!tls_ || stream->peer() == kUnixPeer) return begin(std::move(stream), {});
  make_room_for_arrival();
  asio::co_spawn(strand_,
                 shake_hands(net::make_tls_stream(strand_, std::move(stream),
                                                  tls_->make_engine(Clock::now()))),
                 asio::detached);
}

void Server::Shared::accept(net::StreamPointer stream, Arrival arrival) {
  const auto take = [self = shared_from_this(), arrival](net::StreamPointer taken) {
    if (self->state() != ServerState::kRunning) return taken->close();
    self->begin(std::move(taken), arrival);
  };
  if (core_->is_on_strand()) return take(std::move(stream));
  core_->post([take, stream = std::move(stream)]() mutable { take(std::move(stream)); });
}

// Takes as long as the peer likes, up to the time-out; who comes meanwhile does not wait for it.
asio::awaitable<void> Server::Shared::shake_hands(std::unique_ptr<net::TlsStream> stream) {
  const auto self = shared_from_this();
  const auto place = handshakes_.insert(handshakes_.end(), stream.get());
  asio::steady_timer timer(strand_, std::min(options_.auth_timeout, options_.connection_timeout));
  // Shared: the timer's handler may run after all is over.
  auto is_over = std::make_shared<bool>(false);
  timer.async_wait([is_over, raw = stream.get()](const boost::system::error_code& error) {
    if (!error && !*is_over) raw->close();
  });
  auto shaking = stream->handshake();
  const auto status = co_await std::move(shaking);
  *is_over = true;
  handshakes_.erase(place);
  if (!status) {
    log_.info("a connection ended in its TLS handshake",
              {{"peer", stream->peer()}, {"reason", status.error().message}});
    stream->close();
  } else if (state() == ServerState::kRunning) {
    begin(std::move(stream), {});
  } else {
    stream->close();
  }
}

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

// ---- hooks

template <typename Argument>
Status Server::Shared::call_plain(const Hook<Argument>& hook, Argument& argument) {
  try {
    return std::get<PlainHook<Argument>>(hook)(argument);
  } catch (...) {
    return threw(std::current_exception());
  }
}

template <typename Argument>
asio::awaitable<Status> Server::Shared::call(const Hook<Argument>& hook, Argument& argument) {
  const auto* coroutine = std::get_if<CoroutineHook<Argument>>(&hook);
  if (coroutine == nullptr) co_return call_plain(hook, argument);
  try {
    auto work = (*coroutine)(argument);
    co_return co_await std::move(work);
  } catch (...) {
    co_return threw(std::current_exception());
  }
}

void Server::Shared::log_hook(std::string_view when, const Status& status) {
  if (!status)
    log_.warning("a hook has failed", {{"hook", when}, {"reason", status.error().message}});
}

void Server::Shared::greet(const ConnectionPointer& connection) {
  const auto hooks = get(connect_);
  if (hooks == nullptr) return;
  if (are_all_plain(*hooks)) {
    for (const auto& hook : *hooks) log_hook("on_client_connect", call_plain(hook, *connection));
    return;
  }
  connection->hold();
  greeted_.insert(connection.get());
  ++hooks_running_;
  asio::co_spawn(strand_, greet_slowly(connection, hooks), asio::detached);
}

asio::awaitable<void> Server::Shared::greet_slowly(ConnectionPointer connection,
                                                   SharedHooks<Connection> hooks) {
  const auto self = shared_from_this();
  for (const auto& hook : *hooks) {
    if (is_detached_) co_return;
    auto called = call(hook, *connection);
    log_hook("on_client_connect", co_await std::move(called));
  }
  greeted_.erase(connection.get());
  --hooks_running_;
  connection->resume();
  if (gone_while_greeted_.erase(connection.get()) > 0) say_farewell(connection);
  wake_.cancel();
}

void Server::Shared::say_farewell(const ConnectionPointer& connection) {
  const auto hooks = get(disconnect_);
  if (hooks == nullptr || is_detached_) return;
  if (greeted_.contains(connection.get())) {
    gone_while_greeted_.insert(connection.get());
    return;
  }
  if (are_all_plain(*hooks)) {
    for (const auto& hook : *hooks) log_hook("on_client_disconnect", call_plain(hook, *connection));
    return;
  }
  ++hooks_running_;
  asio::co_spawn(strand_, say_farewell_slowly(connection, hooks), asio::detached);
}

asio::awaitable<void> Server::Shared::say_farewell_slowly(ConnectionPointer connection,
                                                          SharedHooks<Connection> hooks) {
  const auto self = shared_from_this();
  for (const auto& hook : *hooks) {
    if (is_detached_) co_return;
    auto called = call(hook, *connection);
    log_hook("on_client_disconnect", co_await std::move(called));
  }
  --hooks_running_;
  wake_.cancel();
}

// ---- to all

void Server::Shared::set_topic_policy(std::string_view type, TopicPolicy policy) {
  std::lock_guard lock(mutex_);
  policies_.insert_or_assign(std::string(type), policy);
}

// Nothing when it cannot be sent at all, which is logged.
std::optional<Server::Shared::Packet> Server::Shared::make_packet(std::string_view type,
                                                                  const Value& data,
                                                                  const BroadcastOptions& options) {
  auto frame =
      make_message_frame(type, data, core_->compression, static_cast<std::uint64_t>(unix_ms_now()));
  if (!frame) {
    log_.warning("a broadcast was not sent", {{"type", type}, {"reason", frame.error().message}});
    return std::nullopt;
  }
  // A number for the name; 0 is what belongs to no topic.
  const auto topic = std::max<TopicId>(1, std::hash<std::string_view>()(type));
  Packet packet{.frame = std::move(*frame), .topic = topic, .exclude = options.exclude};
  std::lock_guard lock(mutex_);
  ++totals_.broadcasts;
  if (options.policy) {
    packet.policy = *options.policy;
  } else if (const auto known = policies_.find(type); known != policies_.end()) {
    packet.policy = known->second;
  }
  return packet;
}

std::size_t Server::Shared::broadcast(std::string_view type, const Value& data,
                                      const BroadcastOptions& options) {
  auto packet = make_packet(type, data, options);
  if (!packet) return 0;
  if (core_->is_on_strand()) return spread(*packet);
  std::size_t count = 0;
  {
    std::lock_guard lock(mutex_);
    count = open_.size();
    for (const auto& id : options.exclude) count -= open_.contains(id) ? 1 : 0;
  }
  if (handed_over_.fetch_add(1) >= core_->handed_over_max) {
    --handed_over_;
    return 0;
  }
  const bool is_posted = core_->post([self = shared_from_this(), packet = std::move(*packet)] {
    --self->handed_over_;
    self->spread(packet);
  });
  return is_posted ? count : 0;
}

bool Server::Shared::is_for(const Packet& packet, const Client& client) const {
  return client.has_opened && !client.is_surplus &&
         std::ranges::find(packet.exclude, client.connection->id()) == packet.exclude.end();
}

Sent Server::Shared::offer(const Packet& packet, Connection& connection) {
  const auto sent = connection.offer(packet.frame, packet.topic, packet.policy);
  if (sent == Sent::kTooSlow)
    connection.close_now({ErrorCode::kUnavailable, "too slow: it does not read what it is sent"},
                         net::Farewell::kPolicy);
  return sent;
}

std::size_t Server::Shared::spread(const Packet& packet) {
  std::size_t queued = 0;
  for (auto& [raw, client] : clients_)
    if (is_for(packet, client) && offer(packet, *client.connection) == Sent::kQueued) ++queued;
  return queued;
}

struct Server::Shared::Spreading {
  Packet packet;
  std::function<void(std::size_t)> done;
  std::size_t queued = 0;
  std::size_t waiting = 1;

  void one_less() {
    if (--waiting == 0) done(queued);
  }
};

asio::awaitable<std::size_t> Server::Shared::async_broadcast(std::string type, Value data,
                                                             BroadcastOptions options) {
  const auto self = shared_from_this();
  auto packet = make_packet(type, data, options);
  if (!packet) co_return 0;
  std::function<void(std::function<void(std::size_t)>)> start =
      [self, packet = std::move(*packet)](const std::function<void(std::size_t)>& done) {
        auto spreading = std::make_shared<Spreading>(Spreading{.packet = packet, .done = done});
        if (!self->core_->post([self, spreading] { self->spread_to_all(spreading); })) done(0);
      };
  auto waiting = await_callback<std::size_t>(std::move(start));
  co_return co_await std::move(waiting);
}

void Server::Shared::spread_to_all(const std::shared_ptr<Spreading>& spreading) {
  std::vector<ConnectionPointer> to;  // those that wait may change clients_
  for (auto& [raw, client] : clients_)
    if (is_for(spreading->packet, client)) to.push_back(client.connection);
  for (const auto& connection : to) {
    ++spreading->waiting;
    offer_again(spreading, connection);
  }
  spreading->one_less();
}

void Server::Shared::offer_again(const std::shared_ptr<Spreading>& spreading,
                                 const ConnectionPointer& to) {
  const auto sent = offer(spreading->packet, *to);
  if (sent == Sent::kFull)
    return to->when_room([self = shared_from_this(), spreading, to](const Status& room) {
      if (room) return self->offer_again(spreading, to);
      spreading->one_less();
    });
  if (sent == Sent::kQueued) ++spreading->queued;
  spreading->one_less();
}

// ---- the end

void Server::Shared::stop(std::string reason) {
  const auto work = [self = shared_from_this(), reason = std::move(reason)] {
    self->begin_stop(reason);
  };
  if (core_->is_on_strand()) return work();
  core_->post(work);
}

void Server::Shared::begin_stop(std::string reason) {
  {
    std::lock_guard lock(mutex_);
    if (state_ == ServerState::kInitializing) {
      stop_reason_ = std::move(reason);
      return;
    }
    if (state_ != ServerState::kRunning) return;
    state_ = ServerState::kStopping;
  }
  asio::co_spawn(strand_, shut_down(std::move(reason)), asio::detached);
}

// Until `rests`, at most stop_timeout.
asio::awaitable<void> Server::Shared::wait_for_rest(bool (Shared::*rests)() const) {
  const auto until = Clock::now() + options_.stop_timeout;
  while (!(this->*rests)() && Clock::now() < until) {
    wake_.expires_at(until);
    co_await wake_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

asio::awaitable<void> Server::Shared::shut_down(std::string reason) {
  const auto self = shared_from_this();
  log_.info("stopping", {{"reason", reason}});
  doors_ = {};
  for (auto* handshake : handshakes_) handshake->close();
  core_->is_stopping = true;
  for (auto& [raw, client] : clients_) client.connection->stop_handlers();
  auto handlers = wait_for_rest(&Shared::do_handlers_rest);
  co_await std::move(handlers);
  if (!do_handlers_rest())
    log_.warning("handlers are still at work", {{"count", core_->handlers_running}});
  for (auto& [raw, client] : clients_)
    client.connection->close_now({ErrorCode::kClosed, reason}, net::Farewell::kGoingAway);
  auto gone = wait_for_rest(&Shared::have_all_gone);
  co_await std::move(gone);
  if (const auto hooks = get(shutdown_); hooks != nullptr)
    for (const auto& hook : *hooks) {
      if (is_detached_) co_return;
      auto called = call(hook, server_);
      log_hook("on_shutdown", co_await std::move(called));
    }
  core_->workers.stop();
  {
    std::lock_guard lock(mutex_);
    state_ = ServerState::kClosed;
    address_.clear();
    port_ = 0;
  }
  log_.info("stopped");
  closed();
}

void Server::Shared::closed() {
  changed_.notify_all();
  for (const auto& waiter : std::exchange(closed_waiters_, {})) waiter();
}

void Server::Shared::when_closed(std::function<void()> done) {
  const auto work = [self = shared_from_this(), done] {
    const auto now_state = self->state();
    if (now_state == ServerState::kCreated || now_state == ServerState::kClosed) return done();
    self->closed_waiters_.push_back(done);
  };
  if (!core_->post(work)) done();
}

bool Server::Shared::wait(std::optional<std::chrono::milliseconds> timeout) {
  std::unique_lock lock(mutex_);
  const auto is_over = [this] {
    return state_ == ServerState::kCreated || state_ == ServerState::kClosed;
  };
  if (timeout) return changed_.wait_for(lock, *timeout, is_over);
  changed_.wait(lock, is_over);
  return true;
}

void Server::Shared::detach() {
  is_detached_ = true;
  core_->end();
}

void Server::Shared::abandon() {
  core_->owner = nullptr;
  core_->kicks.clear();
  doors_ = {};
  early_.clear();
  for (auto* handshake : handshakes_) handshake->close();
  arrivals_.clear();
  for (auto& [raw, client] : std::exchange(clients_, {})) client.connection->abandon();
  {
    std::lock_guard lock(mutex_);
    open_.clear();
    state_ = ServerState::kClosed;
  }
  closed();
}

}  // namespace oriel::conduit
