#include "oriel/io/net/tcp_listener.h"

#include <fmt/format.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <utility>

#include "oriel/io/net/accept_loop.h"
#include "oriel/io/net/tcp_stream.h"

namespace oriel::net {
namespace {

using boost::asio::ip::tcp;
namespace sys = boost::system;

std::string in_brackets(const std::string& host) {
  return host.find(':') == std::string::npos ? host : fmt::format("[{}]", host);
}

std::string failure_sentence(const ListenOptions& options, const sys::error_code& error) {
  const auto& [host, port, setting] = options;
  auto with_port = [&](int other) {
    return fmt::format("{} {}:{}", setting, in_brackets(host), other);
  };
  if (error == sys::errc::address_in_use) {
    return fmt::format(
        "port {} on {} is already in use (EADDRINUSE); stop the other program, choose another port "
        "or ask for any that is free with {}",
        port, host, with_port(0));
  }
  if (error == sys::errc::permission_denied) {
    return fmt::format(
        "port {} on {} needs more rights (EACCES); choose a port of 1024 or more with {}", port,
        host, with_port(port + 8000));
  }
  if (error == sys::errc::address_not_available) {
    return fmt::format(
        "this machine has no address {} (EADDRNOTAVAIL); choose one that it has with {} "
        "ADDRESS:{}",
        host, setting, port);
  }
  return fmt::format("cannot listen on {}:{}: {}; choose another address with {} ADDRESS:PORT",
                     in_brackets(host), port, error.message(), setting);
}

sys::error_code open_listening(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
  sys::error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && endpoint.address().is_v6() && endpoint.address().is_unspecified()) {
    acceptor.set_option(boost::asio::ip::v6_only(false), error);
  }
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  return error;
}

}  // namespace

struct TcpListener::Accepting : AcceptLoop<tcp> {
  using AcceptLoop::AcceptLoop;

  tcp::endpoint endpoint;
};

Result<std::unique_ptr<TcpListener>> TcpListener::listen(boost::asio::any_io_executor executor,
                                                         const ListenOptions& options,
                                                         OnConnection on_connection) {
  sys::error_code error;
  auto numeric = options.host == "localhost" ? std::string("127.0.0.1") : options.host;
  auto address = boost::asio::ip::make_address(numeric, error);
  if (error) {
    return fail(ErrorCode::kInvalid,
                fmt::format("cannot listen on \"{}\": it is neither a numeric address nor "
                            "localhost; use for example {} 127.0.0.1:{}",
                            options.host, options.setting, options.port));
  }
  auto accepting = std::make_shared<Accepting>(executor, std::move(on_connection));
  error = open_listening(accepting->acceptor, {address, options.port});
  if (error) return fail(ErrorCode::kUnavailable, failure_sentence(options, error));
  accepting->endpoint = accepting->acceptor.local_endpoint(error);
  accepting->start(accepting);
  return std::unique_ptr<TcpListener>(new TcpListener(std::move(accepting)));
}

TcpListener::TcpListener(std::shared_ptr<Accepting> accepting) : accepting_(std::move(accepting)) {}

TcpListener::~TcpListener() { close(); }

std::uint16_t TcpListener::port() const { return accepting_->endpoint.port(); }

std::string TcpListener::address() const { return describe_endpoint(accepting_->endpoint); }

bool TcpListener::is_loopback() const { return accepting_->endpoint.address().is_loopback(); }

void TcpListener::close() { accepting_->close(); }

}  // namespace oriel::net
