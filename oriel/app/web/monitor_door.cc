#include "oriel/app/web/monitor_door.h"

#include <fmt/format.h>

#include <utility>

#include "oriel/app/config/door_policy.h"
#include "oriel/app/web/accepted_hosts.h"

namespace oriel::web {
namespace {

bool has_parameter(std::string_view query, std::string_view parameter) {
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    if (query.substr(0, end) == parameter) return true;
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return false;
}

}  // namespace

std::optional<net::HttpResponse> refuse_monitoring(Door& door, const net::HttpRequest& request,
                                                   TimePoint now) {
  const auto visitor = door.program_visitor_of(request, now);
  if (!visitor) {
    const bool must_wait = visitor.error().code == ErrorCode::kUnavailable;
    return net::http_sentence(must_wait ? 429 : 401, visitor.error().message);
  }
  if (visitor->roles.contains(api::Role::kMonitor)) return std::nullopt;
  if (!visitor->roles.empty())
    return net::http_sentence(403, "the monitoring stream needs the role monitor");
  auto response = net::http_sentence(
      401,
      "this server has a password: log in first, send its token as \"Authorization: Bearer\", or "
      "the password as \"Authorization: Basic\"");
  response.fields.push_back({"WWW-Authenticate", "Bearer realm=\"oriel\""});
  return response;
}

monitor::ClientIdentity monitoring_client(Door& door, const net::HttpRequest& request,
                                          TimePoint now) {
  return {.dialect = has_parameter(request.query, "dialect=seed") ? monitor::Dialect::kSeed
                                                                  : monitor::Dialect::kServer,
          .log_in = door.session_of(door.visitor_of(request, now), now)};
}

MonitorDoor::MonitorDoor(boost::asio::any_io_executor executor, const config::Settings& settings,
                         observe::Logger logger, Door& door, monitor::Publisher& publisher)
    : executor_(std::move(executor)),
      settings_(settings),
      logger_(std::move(logger)),
      door_(door),
      publisher_(publisher) {}

Status MonitorDoor::listen() {
  const auto& address = *settings_.monitor_listen;
  net::HttpServerConfig config;
  config.hosts = host_policy(settings_);
  if (config::uses_tls(settings_, address)) {
    ORIEL_TRY(tls_, open_tls_door(settings_, address.host, [this](const std::string& sentence) {
                logger_.warning(sentence);
              }));
    config.tls = tls_->context;
  }
  net::HttpRoutes& routes = *this;
  http_.emplace(executor_, routes, std::move(config));
  ORIEL_TRY(listener_, net::TcpListener::listen(
                           executor_, {address.host, address.port, "--monitor"},
                           [this](net::StreamPointer stream) { http_->serve(std::move(stream)); }));
  return {};
}

std::string MonitorDoor::uri() const {
  if (!listener_) return "";
  return fmt::format("{}://{}/", tls_ ? "wss" : "ws", reachable_address(listener_->address()));
}

std::string MonitorDoor::self_signed_fingerprint() const {
  return tls_ && tls_->is_self_signed ? tls_->context->fingerprint() : "";
}

// Only asked for a WebSocket, as every path is one.
void MonitorDoor::handle(net::HttpRequest, net::HttpAnswer answer) {
  answer(net::http_sentence(404, "there is nothing at this path"));
}

std::optional<net::HttpResponse> MonitorDoor::websocket_refusal(const net::HttpRequest& request) {
  return refuse_monitoring(door_, request, Clock::now());
}

void MonitorDoor::on_websocket(const net::HttpRequest& request, net::StreamPointer stream) {
  publisher_.accept(std::move(stream), monitoring_client(door_, request, Clock::now()));
}

void MonitorDoor::refused(const std::string& peer, int status, std::string_view sentence) {
  logger_.with_id(fmt::format("m{}", ++refusals_))
      .warning("request refused", {{"peer", peer}, {"status", status}, {"reason", sentence}});
}

std::string reachable_address(std::string_view address) {
  const auto colon = address.rfind(':');
  const auto host = address.substr(0, colon), port = address.substr(colon);
  if (host == "0.0.0.0") return fmt::format("127.0.0.1{}", port);
  if (host == "[::]") return fmt::format("[::1]{}", port);
  return std::string(address);
}

}  // namespace oriel::web
