#include "oriel/app/server/http_api.h"

#include "oriel/app/observe/metrics.h"
#include "oriel/app/server/asset_response.h"
#include "oriel/app/server/web_assets.h"

namespace oriel::server {
namespace {

bool is_loopback_peer(std::string_view peer) {
  return peer.starts_with("127.") || peer.starts_with("[::1]:") || peer == "unix";
}

net::HttpResponse live(std::string content_type, std::string_view body) {
  auto response = net::http_body(200, std::move(content_type), body);
  response.fields.push_back({"Cache-Control", "no-store"});
  return response;
}

}  // namespace

net::HttpResponse HttpApi::respond(const net::HttpRequest& request) const {
  if (request.method != "GET") {
    auto response =
        net::http_sentence(405, "only GET and HEAD are understood here, not " + request.method);
    response.fields.push_back({"Allow", "GET, HEAD"});
    return response;
  }
  const bool is_about_server = request.path == "/healthz" || request.path == "/metrics";
  if (is_about_server && sources_.is_guarded && !is_loopback_peer(request.peer))
    return net::http_sentence(
        403, "this server has a password, so it tells about itself to its own machine only");
  if (request.path == "/healthz") {
    const auto health = sources_.health();
    auto response = live("application/json", health.json);
    if (!health.is_well) response.status = 503;
    return response;
  }
  if (request.path == "/metrics" && sources_.metrics_text)
    return live(std::string(observe::kPrometheusContentType), sources_.metrics_text());
  if (const auto* asset = find_web_asset(request.path)) return asset_response(*asset, request);
  return net::http_sentence(404, "there is nothing at this path; the desktop is at /");
}

void HttpApi::on_websocket(const net::HttpRequest&, net::StreamPointer stream) {
  sources_.rfb_over_websocket(std::move(stream));
}

}  // namespace oriel::server
