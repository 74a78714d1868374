#include "tests/integration/fake_proxmox.h"

#include <fmt/format.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <stdexcept>
#include <utility>

#include "oriel/io/net/tcp_stream.h"

namespace oriel::support {
namespace {

using boost::asio::awaitable;
using SharedStream = std::shared_ptr<net::Stream>;

// Passes on what comes from one end, until it or the other has gone.
awaitable<void> pass_on(SharedStream from, SharedStream to) {
  std::array<std::uint8_t, 64 * 1024> bytes;
  bool goes_on = true;
  while (goes_on) {
    const auto count = co_await from->read_some(bytes);
    if (!count) break;
    for (ByteSpan rest(bytes.data(), *count); goes_on && !rest.empty();) {
      const auto written = co_await to->write_some({&rest, 1});
      goes_on = written.has_value();
      if (goes_on) rest = rest.subspan(*written);
    }
  }
  from->close();
  to->close();
}

// Percent-encoded as a value of a query.
std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text)
    out += std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("-._~").contains(c)
               ? std::string(1, c)
               : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return out;
}

}  // namespace

FakeProxmox::FakeProxmox(Machine machine) : machine_(std::move(machine)) {
  const auto pair = authority_.issue("localhost", testing::CertificateUse::kServer);
  net::TlsServerOptions options;
  options.certificate_file = folder_.write("cert.pem", pair.certificate);
  options.key_file = folder_.write("key.pem", pair.key);
  ca_file_ = folder_.write("ca.pem", authority_.pem());
  net::HttpServerConfig config;
  config.tls = *net::TlsServerContext::open(options, {});
  http_.emplace(io_.get_executor(), *this, config);
  auto listener = net::TcpListener::listen(
      io_.get_executor(), {.setting = "--x"},
      [this](net::StreamPointer stream) { http_->serve(std::move(stream)); });
  if (!listener) throw std::runtime_error(listener.error().message);
  listener_ = *std::move(listener);
  port_ = listener_->port();
  thread_ = std::thread([this] {
    const auto work = boost::asio::make_work_guard(io_);
    io_.run();
  });
}

FakeProxmox::~FakeProxmox() {
  io_.stop();
  thread_.join();
  listener_.reset();
  http_.reset();
}

std::vector<std::string> FakeProxmox::requests() const {
  const std::scoped_lock lock(mutex_);
  return requests_;
}

std::string FakeProxmox::path(std::string_view last) const {
  return fmt::format("/api2/json/nodes/{}/qemu/{}/{}", machine_.node, machine_.vmid, last);
}

bool FakeProxmox::may_see(const net::HttpRequest& request) const {
  const auto* authorization = request.find("Authorization");
  return authorization != nullptr && *authorization == "PVEAPIToken=" + machine_.token;
}

void FakeProxmox::note(const net::HttpRequest& request) {
  const std::scoped_lock lock(mutex_);
  requests_.push_back(fmt::format("{} {}{}{}", request.method, request.path,
                                  request.query.empty() ? "" : "?", request.query));
}

void FakeProxmox::handle(net::HttpRequest request, net::HttpAnswer answer) {
  note(request);
  if (!may_see(request)) return answer(net::http_sentence(401, "No ticket"));
  if (request.method != "POST" || request.path != path("vncproxy") ||
      !request.body.contains("websocket=1"))
    return answer(net::http_sentence(501, "Not implemented"));
  answer(net::http_body(
      200, "application/json",
      fmt::format(R"({{"data": {{"ticket": "{}", "port": "5900"}}}})", machine_.ticket)));
}

bool FakeProxmox::is_websocket_path(std::string_view asked) const {
  return asked == path("vncwebsocket");
}

std::optional<net::HttpResponse> FakeProxmox::websocket_refusal(const net::HttpRequest& request) {
  note(request);
  if (may_see(request) &&
      request.query == fmt::format("port=5900&vncticket={}", encoded(machine_.ticket)))
    return {};
  return net::http_sentence(401, "Permission check failed");
}

void FakeProxmox::on_websocket(const net::HttpRequest&, net::StreamPointer stream) {
  boost::asio::ip::tcp::socket socket(io_);
  boost::system::error_code error;
  const auto port = static_cast<std::uint16_t>(machine_.vnc_port);
  socket.connect({boost::asio::ip::address_v4::loopback(), port}, error);
  if (error) return stream->close();
  const SharedStream viewer = std::move(stream);
  const SharedStream screen = net::make_socket_stream(std::move(socket));
  boost::asio::co_spawn(io_, pass_on(viewer, screen), boost::asio::detached);
  boost::asio::co_spawn(io_, pass_on(screen, viewer), boost::asio::detached);
}

}  // namespace oriel::support
