#include "oriel/app/web/conduit_door.h"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/json/serialize.hpp>
#include <filesystem>
#include <utility>

#include "oriel/app/api/viewer_document.h"
#include "oriel/app/config/door_policy.h"
#include "oriel/app/monitor/alert_dispatcher.h"
#include "oriel/app/monitor/alert_notice.h"
#include "oriel/app/web/conduit_documents.h"
#include "oriel/app/web/monitor_door.h"
#include "oriel/app/web/monitor_sample.h"
#include "oriel/base/version.h"
#include "oriel/core/conduit/json.h"
#include "oriel/core/monitor/document.h"

namespace oriel::web {
namespace {

using conduit::Run;

// Who logs in with the password for looking only.
constexpr std::string_view kViewIdentity = "view";

std::string role(api::Role one) { return std::string(api::role_name(one)); }

std::vector<std::string> view_only_roles() {
  std::vector<std::string> roles;
  for (std::size_t index = 0; index < api::kRoleNames.size(); ++index)
    if (api::kViewOnlyRoles.contains(static_cast<api::Role>(index)))
      roles.emplace_back(api::kRoleNames[index]);
  return roles;
}

// Our own JSON, which is well formed.
conduit::Value value_of(std::string_view json) {
  auto value = conduit::parse_json(json);
  ORIEL_CHECK(value);
  return std::move(*value);
}

}  // namespace

ConduitDoor::ConduitDoor(boost::asio::any_io_executor executor, const config::Settings& settings,
                         observe::Logger logger, server::Server& server,
                         const api::Backend& backend, OnListeners on_listeners)
    : executor_(std::move(executor)),
      settings_(settings),
      logger_(logger.with_name("oriel.conduit")),
      server_(server),
      backend_(backend),
      on_listeners_(std::move(on_listeners)) {}

ConduitDoor::~ConduitDoor() {
  if (subscription_) server_.events().unsubscribe(*subscription_);
}

Result<conduit::ServerOptions> ConduitDoor::options() {
  conduit::ServerOptions options;
  options.password = settings_.password.reveal();
  // Without a password this machine may do everything, as at the other doors.
  options.takes_anyone = settings_.password.is_empty();
  if (!settings_.view_password.is_empty())
    options.logins.push_back({.identity = std::string(kViewIdentity),
                              .password = settings_.view_password.reveal(),
                              .roles = view_only_roles()});
  options.name = "oriel";
  options.version = kVersion;
  options.description = "the conduit of " + backend_.server().name;
  options.max_connections = static_cast<std::size_t>(settings_.conduit_max_clients);
  options.allow_bare_hash = settings_.conduit_takes_bare_hash;
  options.logger = logger_;
  options.error_numbers = settings_.conduit_error_numbers == config::ConduitErrorNumbers::kSeed
                              ? conduit::ErrorNumbers::kSeed
                              : conduit::ErrorNumbers::kPrograms;
  options.has_tcp = settings_.conduit_listen.has_value();
  options.unix_path = settings_.conduit_socket;
  options.address_setting = "conduit.listen";
  options.has_other_doors = true;  // /conduit of the page, if there is one
  options.lockout = &server_.lockout();
  if (!settings_.conduit_listen) return options;
  options.host = settings_.conduit_listen->host;
  options.port = settings_.conduit_listen->port;
  if (!config::uses_tls(settings_, *settings_.conduit_listen)) return options;
  ORIEL_TRY(auto certificate, door_certificate(settings_, options.host));
  if (certificate.is_self_signed) ca_file_ = certificate.files.certificate;
  options.tls = {.certificate_file = std::move(certificate.files.certificate),
                 .key_file = std::move(certificate.files.key)};
  return options;
}

Status ConduitDoor::open() {
  ORIEL_TRY(auto source, monitor::open_host_source());
  samples_ = std::make_unique<monitor::SampleOnce>(executor_, std::move(source));
  ORIEL_TRY(auto server_options, options());
  conduit_ = std::make_unique<conduit::Server>(executor_, std::move(server_options));
  add_methods();
  if (const auto& folder = settings_.conduit_folder; !folder.empty()) {
    std::error_code error;
    if (!std::filesystem::is_directory(folder, error))
      return fail(ErrorCode::kInvalid,
                  fmt::format("conduit.folder: {} is no folder; make it first", folder));
    ORIEL_TRY(files_, conduit::FileExchange::open(
                          {.folder = settings_.conduit_folder, .role = role(api::Role::kControl)}));
    files_->serve(conduit_->dispatcher());
  }
  conduit_->on_client_connect([this](conduit::Connection&) {
    if (conduit_->connection_count() == 1) on_listeners_(true);
  });
  conduit_->on_client_disconnect([this](conduit::Connection&) {
    if (conduit_->connection_count() == 0) on_listeners_(false);
  });
  subscribe();
  return conduit_->start();
}

void ConduitDoor::add_methods() {
  conduit_->rpc(
      "server.info", [this] { return value_of(server_.health_json()); },
      {.description = "What /healthz tells: state, version, uptime, viewers and the desktop.",
       .run = Run::kLoop,
       .role = role(api::Role::kMonitor),
       .result = conduit::describe_result<ServerInfo>()});
  conduit_->rpc(
      "server.viewers",
      [this] {
        return value_of(boost::json::serialize(api::viewers_document(backend_.viewers())));
      },
      {.description = "The viewers with their links, as GET /api/v1/viewers has them.",
       .run = Run::kLoop,
       .role = role(api::Role::kMonitor),
       .result = conduit::describe_result<ViewerList>()});
  conduit_->rpc(
      "monitor.sample",
      [this]() -> boost::asio::awaitable<conduit::Value> {
        const auto snapshot = co_await samples_->take();
        co_return value_of(
            monitor::to_json(monitor::make_data(*snapshot, monitor::all_but_processes())));
      },
      {.description = "What the host is doing now, as the section \"data\" of the monitoring "
                      "stream has it.",
       .role = role(api::Role::kMonitor),
       .result = conduit::describe_result<MonitorSample>()});
}

void ConduitDoor::subscribe() {
  subscription_ = server_.events().subscribe([this](const server::HappenedEvent& event) {
    if (const auto* joined = std::get_if<server::ViewerJoined>(&event))
      conduit_->broadcast("viewer.joined", ViewerJoined{.id = joined->viewer,
                                                        .peer = joined->peer,
                                                        .view_only = joined->is_view_only});
    if (const auto* left = std::get_if<server::ViewerLeft>(&event))
      conduit_->broadcast("viewer.left", ViewerLeft{.id = left->viewer, .reason = left->reason});
  });
}

void ConduitDoor::tell(const monitor::AlertRules::Event& event) {
  const bool is_ended = event.change.to == monitor::AlertLevel::kNone;
  if (!is_ended && !event.change.is_notice) return;
  const monitor::AlertNotice notice{.alert = event.alert,
                                    .level = is_ended ? event.alert.level : event.change.to,
                                    .is_ended = is_ended,
                                    .time = monitor::wall_now(),
                                    .host = monitor::host_name()};
  conduit_->broadcast("alert", value_of(monitor::to_json(monitor::notice_document(notice))));
}

void ConduitDoor::accept(net::StreamPointer stream) { conduit_->accept(std::move(stream)); }

void ConduitDoor::stop(std::function<void()> stopped) {
  if (!conduit_) return stopped();
  boost::asio::co_spawn(
      executor_, [this] { return conduit_->async_stop("the server is going away"); },
      [stopped = std::move(stopped)](std::exception_ptr) { stopped(); });
}

std::string ConduitDoor::uri() const {
  if (!conduit_) return "";
  if (!settings_.conduit_socket.empty()) return "unix:" + settings_.conduit_socket;
  if (!settings_.conduit_listen) return "";
  const bool has_tls = config::uses_tls(settings_, *settings_.conduit_listen);
  return fmt::format("{}://{}", has_tls ? "tls" : "tcp", reachable_address(conduit_->address()));
}

}  // namespace oriel::web
