// The doors of a server, and who comes through them until it speaks the conduit.
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <utility>

#include "oriel/app/conduit/random_text.h"
#include "oriel/app/conduit/server_shared.h"

namespace oriel::conduit {
namespace asio = boost::asio;
namespace {

constexpr std::size_t kSaltBytes = 16;

// What an error of an address calls where it was set.
std::string setting_of(const ServerOptions& options, const char* option) {
  return options.address_setting.empty() ? option : options.address_setting;
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

}  // namespace

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

}  // namespace oriel::conduit
