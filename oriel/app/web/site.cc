#include "oriel/app/web/site.h"

#include <fmt/format.h>

#include <utility>

#include "oriel/app/api/limits.h"
#include "oriel/app/api/reply.h"
#include "oriel/app/config/door_policy.h"
#include "oriel/app/monitor/publisher_settings.h"
#include "oriel/app/net/peer_address.h"
#include "oriel/app/web/accepted_hosts.h"
#include "oriel/app/web/asset_response.h"
#include "oriel/app/web/token_file.h"
#include "oriel/app/web/web_assets.h"

namespace oriel::web {
namespace {

constexpr std::string_view kMonitorPath = "/monitor";
constexpr std::string_view kConduitPath = "/conduit";

net::HttpResponse live(std::string content_type, std::string_view body) {
  auto response = net::http_body(200, std::move(content_type), body);
  response.fields.push_back({"Cache-Control", "no-store"});
  return response;
}

bool is_tag(std::string_view text) {
  const auto is_allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '-';
  };
  return !text.empty() && text.size() <= api::kTagBytesMax && std::ranges::all_of(text, is_allowed);
}

// What a page asks to be known by: "tag=..." in the query; empty when it is not well formed.
std::string tag_of(std::string_view query) {
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.starts_with("tag=") && is_tag(pair.substr(4))) return std::string(pair.substr(4));
  }
  return {};
}

}  // namespace

Site::Site(boost::asio::io_context& io, const config::Settings& settings, observe::Logger logger,
           server::Server& server, const observe::LogTail* log)
    : io_(io),
      settings_(settings),
      logger_(std::move(logger)),
      server_(server),
      token_(settings.token_file.empty() ? "" : api::make_token()),
      door_({settings.password, settings.view_password, token_}, server.lockout()),
      rates_(api::kRequestsPerSecond, api::kRequestsBurst, api::kAddressesMax),
      backend_(io.get_executor(), settings, logger_, server, door_, log),
      router_(backend_) {}

Site::~Site() = default;

Status Site::listen() {
  if (!settings_.http_listen && !settings_.monitor_listen && !settings_.conduit_listen &&
      settings_.conduit_socket.empty())
    return {};
  ORIEL_TRY_VOID(open_publisher());
  conduit_door_.emplace(io_.get_executor(), settings_, logger_, server_, backend_,
                        [this](bool has_listeners) { publisher_->watch_alone(has_listeners); });
  ORIEL_TRY_VOID(conduit_door_->open());
  if (settings_.http_listen) ORIEL_TRY_VOID(listen_http());
  if (settings_.monitor_listen) {
    monitor_door_.emplace(io_.get_executor(), settings_, logger_, door_, *publisher_);
    ORIEL_TRY_VOID(monitor_door_->listen());
  }
  return write_token_file(settings_.token_file, token_);
}

Status Site::open_publisher() {
  ORIEL_TRY(auto config, monitor::publisher_config(settings_, logger_));
  config.on_alert = [this, others = std::move(config.on_alert)](const auto& event) {
    if (others) others(event);
    if (conduit_door_) conduit_door_->tell(event);
  };
  ORIEL_TRY(auto source, monitor::open_host_source());
  ORIEL_TRY(publisher_, monitor::Publisher::make(io_.get_executor(), std::move(config),
                                                 std::move(source), logger_, server_.metrics()));
  door_.on_log_out([this](api::SessionId session) { publisher_->end_log_in(session); });
  return {};
}

Status Site::listen_http() {
  net::HttpServerConfig config;
  config.hosts = host_policy(settings_);
  if (config::uses_tls(settings_)) {
    ORIEL_TRY(tls_,
              open_tls_door(settings_, settings_.http_listen->host,
                            [this](const std::string& sentence) { logger_.warning(sentence); }));
    config.tls = tls_->context;
    config.is_strict_transport = !tls_->is_self_signed;
  }
  net::HttpRoutes& routes = *this;
  http_.emplace(io_.get_executor(), routes, std::move(config));
  ORIEL_TRY(listener_, net::TcpListener::listen(
                           io_.get_executor(),
                           {settings_.http_listen->host, settings_.http_listen->port, "--http"},
                           [this](net::StreamPointer stream) { http_->serve(std::move(stream)); }));
  return {};
}

void Site::close(std::function<void()> closed) {
  listener_.reset();
  http_.reset();
  monitor_door_.reset();
  if (!publisher_) return closed();
  conduit_door_->stop(
      [this, closed = std::move(closed)]() mutable { publisher_->stop(std::move(closed)); });
}

std::string Site::self_signed_fingerprint() const {
  return tls_ && tls_->is_self_signed ? tls_->context->fingerprint() : "";
}

// What is copied may be as large as a clipboard, for those who may copy; nobody else may send much.
std::size_t Site::body_bytes_max(const net::HttpRequest& head, std::size_t usual) {
  const bool is_copy = head.method == "PUT" && head.path == api::kClipboardPath;
  const bool may_copy =
      is_copy && door_.visitor_of(head, Clock::now()).roles.contains(api::Role::kClipboard);
  return may_copy ? static_cast<std::size_t>(settings_.clipboard_max_bytes) : usual;
}

void Site::handle(net::HttpRequest request, net::HttpAnswer answer) {
  const auto now = Clock::now();
  const bool is_api = request.path.starts_with(api::kApiPrefix);
  // The page itself costs next to nothing, and must come up also beside a busy program.
  if (!is_api && find_web_asset(request.path) != nullptr) return answer(respond(request));
  if (!rates_.take(net::address_of(request.peer), now)) {
    constexpr std::string_view kClause = "too many requests came from this address; wait a second";
    auto response = is_api ? api::error_reply(429, "too_many_requests", kClause)
                           : net::http_sentence(429, kClause);
    response.fields.push_back({"Retry-After", "1"});
    return answer(std::move(response));
  }
  if (!is_api) return answer(respond(request));
  auto visitor = door_.visitor_of(request, now);
  router_.handle(std::move(request), std::move(visitor), std::move(answer));
}

net::HttpResponse Site::respond(const net::HttpRequest& request) {
  if (request.method != "GET") {
    auto response =
        net::http_sentence(405, "only GET and HEAD are understood here, not " + request.method);
    response.fields.push_back({"Allow", "GET, HEAD"});
    return response;
  }
  if (auto response = about_server(request)) return *std::move(response);
  if (const auto* asset = find_web_asset(request.path)) return asset_response(*asset, request);
  return net::http_sentence(404, "there is nothing at this path; the desktop is at /");
}

// /healthz and /metrics: for this machine, and for who may monitor.
std::optional<net::HttpResponse> Site::about_server(const net::HttpRequest& request) {
  const bool is_health = request.path == "/healthz";
  if (!is_health && !(request.path == "/metrics" && settings_.enable_metrics)) return std::nullopt;
  const bool may_know = is_loopback_peer(request.peer) || !door_.has_password() ||
                        door_.visitor_of(request, Clock::now()).roles.contains(api::Role::kMonitor);
  if (!may_know)
    return net::http_sentence(403,
                              "this server has a password: log in first, or send its token as "
                              "\"Authorization: Bearer\"");
  if (!is_health)
    return live(std::string(observe::kPrometheusContentType),
                server_.metrics().to_prometheus_text(Clock::now()));
  auto response = live("application/json", server_.health_json());
  if (server_.lost_reason() != nullptr) response.status = 503;
  return response;
}

// Programs get an error of the API, with its code.
net::HttpResponse Site::refusal(std::string_view path, net::HttpResponse plain) {
  if (!path.starts_with(api::kApiPrefix)) return plain;
  auto clause = as_text(plain.content());
  while (clause.ends_with('\n') || clause.ends_with('.')) clause.remove_suffix(1);
  const auto* code = plain.status == 403   ? "foreign"
                     : plain.status == 413 ? "too_large"
                                           : "bad_request";
  auto response = api::error_reply(plain.status, code, clause);
  response.fields.insert(response.fields.end(), plain.fields.begin(), plain.fields.end());
  return response;
}

bool Site::is_websocket_path(std::string_view path) const {
  return path == "/websockify" || path == kMonitorPath || path == kConduitPath;
}

net::WebSocketKind Site::websocket_kind(std::string_view path) const {
  return path == kMonitorPath ? net::WebSocketKind::kLines : net::WebSocketKind::kBytes;
}

// RFB and the conduit ask for the password themselves.
std::optional<net::HttpResponse> Site::websocket_refusal(const net::HttpRequest& request) {
  if (request.path != kMonitorPath) return std::nullopt;
  return refuse_monitoring(door_, request, Clock::now());
}

void Site::on_websocket(const net::HttpRequest& request, net::StreamPointer stream) {
  const auto now = Clock::now();
  if (request.path == kMonitorPath)
    return publisher_->accept(std::move(stream), monitoring_client(door_, request, now));
  if (request.path == kConduitPath) return conduit_door_->accept(std::move(stream));
  server::Arrival arrival{.transport = "websocket", .tag = tag_of(request.query)};
  if (door_.has_password()) {
    // Who has not logged in may still give the password in RFB itself.
    const auto visitor = door_.visitor_of(request, now);
    arrival.is_trusted = visitor.roles.contains(api::Role::kView);
    arrival.is_view_only = !visitor.roles.contains(api::Role::kControl);
    arrival.log_in = door_.session_of(visitor, now);
  }
  server_.accept(std::move(stream), std::move(arrival));
}

void Site::refused(const std::string& peer, int status, std::string_view sentence) {
  logger_.with_id(fmt::format("h{}", ++refusals_))
      .warning("request refused", {{"peer", peer}, {"status", status}, {"reason", sentence}});
}

}  // namespace oriel::web
