#include "oriel/app/server/server.h"

#include <openssl/rand.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <thread>

#include "oriel/app/server/limits.h"
#include "oriel/base/check.h"
#include "oriel/base/version.h"
#include "oriel/io/net/host_policy.h"

namespace oriel::server {
namespace {

std::string name_of(const config::Settings& settings) {
  if (!settings.name.empty()) return settings.name;
  char host[256] = "";
  ::gethostname(host, sizeof host - 1);
  const char* user = ::getenv("USER");
  return user != nullptr && *user != 0 ? std::string(user) + "@" + host : std::string(host);
}

std::vector<std::string_view> encoding_names() {
  std::vector<std::string_view> names;
  for (const auto& encoding : codec::encoding_table()) names.push_back(encoding.name);
  return names;
}

crypto::Challenge random_challenge() {
  crypto::Challenge challenge;
  ORIEL_CHECK(RAND_bytes(challenge.data(), challenge.size()) == 1);
  return challenge;
}

}  // namespace

Server::Server(boost::asio::io_context& io, const config::Settings& settings,
               observe::Logger logger)
    : io_(io),
      settings_(settings),
      logger_(std::move(logger)),
      metrics_(encoding_names(), Clock::now()),
      started_(Clock::now()),
      name_(name_of(settings)),
      access_(static_cast<std::size_t>(settings.max_connections), kUnauthenticatedMax),
      http_api_({[this] { return health_json(); },
                 settings.enable_metrics ? std::function<std::string()>([this] {
                   return metrics_.to_prometheus_text(Clock::now());
                 })
                                         : nullptr,
                 [this](net::StreamPointer stream) { accept(std::move(stream)); }}) {}

Server::~Server() = default;

Status Server::listen() {
  if (const auto& door = settings_.vnc_listen) {
    ORIEL_TRY(vnc_, net::TcpListener::listen(
                        io_.get_executor(), {door->host, door->port, "--vnc"},
                        [this](net::StreamPointer stream) { accept(std::move(stream)); }));
  }
  if (const auto& door = settings_.http_listen) {
    net::HttpServerConfig config;
    config.hosts.allowed_hosts = net::split_host_list(settings_.allowed_hosts);
    http_.emplace(io_.get_executor(), http_api_, std::move(config));
    ORIEL_TRY(http_listener_,
              net::TcpListener::listen(
                  io_.get_executor(), {door->host, door->port, "--http"},
                  [this](net::StreamPointer stream) { http_->serve(std::move(stream)); }));
  }
  return {};
}

void Server::serve(desktop::Desktop& desktop) {
  ORIEL_CHECK(!show_);
  const int encoder_threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  // NOLINTNEXTLINE(modernize-make-unique): its members cannot be moved into it.
  show_.reset(
      new Show{desktop, {io_.get_executor(), desktop, encoder_threads}, InputPipeline(desktop)});
  show_->frames.on_lost([this](const Error& error) {
    is_desktop_lost_ = true;
    metrics_.errors_total(error.code).increment();
    if (desktop_lost_) desktop_lost_(error);
  });
  show_->frames.start();
}

void Server::accept(net::StreamPointer stream) {
  const auto id = next_id_++;
  if (!show_ || stopped_) {
    stream->close();
    return;
  }
  const auto admission = access_.admit(id);
  if (admission.yields) {
    const auto oldest = viewers_.find(*admission.yields);
    if (oldest != viewers_.end())
      oldest->second->close(
          {ErrorCode::kTooLarge, "it had not authenticated, and its place was needed for another"});
  }
  if (!admission.is_admitted) {
    logger_.warning("connection refused: all places are taken",
                    {{"peer", stream->peer()}, {"max_connections", settings_.max_connections}});
    metrics_.connections_total().increment();
    metrics_.connections_failed_total().increment();
    metrics_.errors_total(ErrorCode::kTooLarge).increment();
    stream->close();
    return;
  }
  const ViewerEnvironment environment{io_.get_executor(), show_->frames, show_->input, metrics_,
                                      settings_.max_rate};
  rfb::ServerSessionConfig session{
      name_, show_->frames.screen().size(), {settings_.password.reveal(), random_challenge()}, {}};
  const auto viewer = std::make_shared<Viewer>(
      id, environment, std::move(stream), std::move(session), logger_,
      Viewer::Callbacks{[this](Viewer& joined) { access_.authenticated(joined.id()); },
                        [this](Viewer& ended) { viewer_ended(ended); }});
  viewers_[id] = viewer;
  viewer->start();
}

void Server::viewer_ended(Viewer& viewer) {
  access_.left(viewer.id());
  viewers_.erase(viewer.id());
  if (stopped_ && viewers_.empty()) std::exchange(stopped_, nullptr)();
}

void Server::stop(std::function<void()> stopped) {
  vnc_.reset();
  http_listener_.reset();
  http_.reset();
  if (viewers_.empty()) return stopped();
  stopped_ = std::move(stopped);
  for (const auto& [id, viewer] : std::map(viewers_))
    viewer->close({ErrorCode::kClosed, "the server stops"});
}

std::string Server::health_json() const {
  boost::json::object health;
  health["status"] = !show_ ? "starting" : is_desktop_lost_ ? "desktop lost" : "ok";
  health["version"] = kVersion;
  health["uptime_seconds"] = std::chrono::duration<double>(Clock::now() - started_).count();
  health["viewers"] = access_.authenticated_count();
  if (show_) {
    const auto size = show_->frames.screen().size();
    health["geometry"] = {{"width", size.width}, {"height", size.height}};
    boost::json::object desktop;
    for (const auto& [key, value] : show_->desktop.details()) desktop[key] = value;
    health["desktop"] = std::move(desktop);
  }
  return boost::json::serialize(health) + "\n";
}

}  // namespace oriel::server
