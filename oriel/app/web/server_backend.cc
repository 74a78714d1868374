#include "oriel/app/web/server_backend.h"
#include "oriel/app/api/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "oriel/app/config/setting_table.h"
#include "oriel/app/web/limits.h"
#include "oriel/base/version.h"
#include "oriel/core/clipboard/text.h"

namespace oriel::web {
namespace {

using api::ViewerNumber;
using desktop::ClipboardFormat;

ClipboardFormat format_of(api::ClipboardKind kind) {
  switch (kind) {
    case api::ClipboardKind::kText:
      return ClipboardFormat::kText;
    case api::ClipboardKind::kHtml:
      return ClipboardFormat::kHtml;
    case api::ClipboardKind::kPng:
      return ClipboardFormat::kPng;
  }
  return ClipboardFormat::kText;
}

std::unexpected<Error> no_desktop() {
  return fail(ErrorCode::kUnavailable, "the desktop is not there yet; ask again in a second");
}

// A click beside the screen would hit something else at its edge.
Status check_places(const std::vector<agent::Action>& actions, image::Size screen) {
  for (std::size_t i = 0; i < actions.size(); ++i)
    for (const auto place : agent::places_of(actions[i]))
      if (place.x >= screen.width || place.y >= screen.height)
        return fail(ErrorCode::kInvalid,
                    fmt::format("actions[{}] is at {},{}, which is not on the screen of {}x{}", i,
                                place.x, place.y, screen.width, screen.height));
  return {};
}

// "flag --vnc" is {"flag", "--vnc"}; of others likewise.
std::pair<std::string, std::string> source_of(const std::string& origin) {
  const auto space = origin.find(' ');
  if (space == std::string::npos) return {origin, ""};
  return {origin.substr(0, space), origin.substr(space + 1)};
}

}  // namespace

ServerBackend::ServerBackend(boost::asio::any_io_executor executor,
                             const config::Settings& settings, observe::Logger logger,
                             server::Server& server, Door& door, const observe::LogTail* log)
    : executor_(std::move(executor)),
      settings_(settings),
      logger_(std::move(logger)),
      server_(server),
      door_(door),
      subscription_(server.events().subscribe([this](const server::HappenedEvent& event) {
        if (const auto* left = std::get_if<server::ViewerLeft>(&event)) rates_.forget(left->viewer);
      })),
      hub_(executor_, server.events(), *this, log) {}

ServerBackend::~ServerBackend() {
  server_.events().unsubscribe(subscription_);
  for (const auto& [id, runner] : runners_) runner->cancel();
}

void ServerBackend::desktop_is_there() {
  pictures_.emplace(executor_, server_.frames());
  hub_.watch(server_.frames());
}

api::ServerInfo ServerBackend::server() const {
  return {server_.name(), std::string(kVersion), door_.has_password()};
}

api::ControlInfo ServerBackend::control() const {
  api::ControlInfo info;
  info.is_single = settings_.is_control_single;
  const auto owner = server_.control_owner();
  if (!owner) return info;
  info.owner = *owner;
  if (const auto* viewer = joined_viewer(*owner)) {
    info.owner_tag = viewer->arrival().tag;
    info.owner_peer = viewer->peer();
  } else {
    info.owner_peer = "a program, over HTTP";
  }
  return info;
}

api::DesktopInfo ServerBackend::desktop() const {
  api::DesktopInfo info;
  info.name = server_.name();
  info.state = !server_.has_desktop() ? "starting" : server_.lost_reason() ? "lost" : "ok";
  if (const auto* reason = server_.lost_reason()) info.state_message = *reason;
  info.control = control();
  if (!server_.has_desktop()) return info;
  info.geometry = server_.frames().screen().size();
  info.generation = server_.frames().screen().generation();
  info.is_resizable = server_.desktop().can_resize();
  info.max_geometry = info.is_resizable ? settings_.max_geometry : info.geometry;
  info.pointer = server_.input().position();
  const auto& cursor = server_.frames().cursor().shape;
  if (cursor && !cursor->is_empty()) info.cursor = api::CursorInfo{cursor->size, cursor->hotspot};
  return info;
}

std::vector<api::ViewerInfo> ServerBackend::viewers() const {
  std::vector<api::ViewerInfo> list;
  const auto owner = server_.control_owner();
  const auto now = Clock::now();
  for (const auto& [id, viewer] : server_.viewers()) {
    if (!viewer->is_joined()) continue;
    const auto figures = viewer->figures();
    auto rate = rates_.look(id, figures, now);
    api::ViewerInfo info;
    info.id = id;
    info.tag = viewer->arrival().tag;
    info.peer = viewer->peer();
    info.transport = viewer->arrival().transport;
    info.is_view_only = viewer->is_view_only();
    info.has_control = settings_.is_control_single ? owner == id : !viewer->is_view_only();
    info.encoding = viewer->profile().encoding->name;
    info.pixel_format = fmt::format("{} bits, depth {}", viewer->profile().format.bits_per_pixel,
                                    viewer->profile().format.depth);
    info.connected = now - figures.connected_at;
    info.frames_per_s = rate.frames_per_s;
    info.bytes_per_s = rate.bytes_per_s;
    info.bytes_sent = figures.bytes_sent;
    info.bytes_received = figures.bytes_received;
    if (!rate.round_trips_ms.empty()) info.latency_ms = rate.round_trips_ms.back();
    info.latency_history_ms = std::move(rate.round_trips_ms);
    list.push_back(std::move(info));
  }
  return list;
}

std::vector<api::SettingInfo> ServerBackend::settings() const {
  std::vector<api::SettingInfo> list;
  for (const auto& setting : config::setting_table()) {
    const std::string key(setting.key);
    const auto found = settings_.origins.find(key);
    auto [source, detail] = source_of(found == settings_.origins.end() ? "default" : found->second);
    auto value = setting.get(settings_);
    // Of a secret only whether there is one; its row in the table never shows it.
    if (setting.kind == config::SettingKind::kSecret)
      value = settings_.password.is_empty() ? "not set" : "set";
    list.push_back(
        {key, std::move(value), std::move(source), std::move(detail), std::string(setting.help)});
  }
  return list;
}

Result<api::LogIn> ServerBackend::log_in(std::string_view peer, std::string_view password,
                                         int& retry_after_s) {
  auto log_in = door_.log_in(peer, password, Clock::now(), retry_after_s);
  if (!log_in)
    logger_.warning("log-in refused", {{"peer", peer}, {"reason", log_in.error().message}});
  else if (!log_in->token.empty())
    logger_.info("logged in",
                 {{"peer", peer}, {"is_admin", log_in->roles.contains(api::Role::kAdmin)}});
  return log_in;
}

void ServerBackend::log_out(std::string_view token) { server_.end_log_in(door_.log_out(token)); }

void ServerBackend::take_picture(const api::PictureRequest& request, PictureDone done) {
  if (!pictures_) return done(no_desktop());
  pictures_->take(request, std::move(done));
}

void ServerBackend::resize(image::Size size, Done done) {
  if (!server_.has_desktop()) return done(no_desktop());
  const auto most = settings_.max_geometry;
  if (size.width > most.width || size.height > most.height)
    return done(fail(ErrorCode::kTooLarge,
                     fmt::format("{}x{} is too large, at most {}x{} is allowed (--max-geometry)",
                                 size.width, size.height, most.width, most.height)));
  // Callbacks of the server are copied.
  server_.resize_desktop(size, [shared = std::make_shared<Done>(std::move(done))](Status status) {
    (*shared)(std::move(status));
  });
}

const server::Viewer* ServerBackend::joined_viewer(ViewerNumber viewer) const {
  const auto found = server_.viewers().find(viewer);
  return found == server_.viewers().end() || !found->second->is_joined() ? nullptr
                                                                         : found->second.get();
}

bool ServerBackend::kick(ViewerNumber viewer, std::string_view reason) {
  return joined_viewer(viewer) != nullptr && server_.kick(viewer, reason);
}

bool ServerBackend::tell(ViewerNumber viewer, std::string_view text) {
  const auto* known = joined_viewer(viewer);
  if (known == nullptr) return false;
  return hub_.tell(known->arrival().tag, text) || server_.tell(viewer, text);
}

ViewerNumber ServerBackend::find_viewer(std::string_view name) const {
  for (const auto& [id, viewer] : server_.viewers())
    if (viewer->is_joined() && !name.empty() && viewer->arrival().tag == name) return id;
  ViewerNumber number = 0;
  const auto [rest, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  const bool is_whole = rest == name.data() + name.size();
  return error == std::errc() && is_whole && joined_viewer(number) != nullptr ? number : 0;
}

bool ServerBackend::take_control(ViewerNumber viewer, bool is_forced) {
  const auto owner = server_.control_owner();
  if (owner && *owner != viewer && !is_forced) return false;
  server_.give_control(viewer);
  return true;
}

void ServerBackend::release_control(ViewerNumber viewer) { server_.release_control(viewer); }

void ServerBackend::read_clipboard(api::ClipboardKind kind, BytesDone done) {
  if (!server_.has_desktop()) return done(no_desktop());
  server_.clipboard_hub().read_copied(
      format_of(kind), [done = std::move(done)](const Result<SharedBytes>& bytes) mutable {
        if (!bytes) return done(std::unexpected(bytes.error()));
        done(**bytes);
      });
}

Status ServerBackend::write_clipboard(api::ClipboardKind kind, Bytes bytes) {
  if (!server_.has_desktop()) return no_desktop();
  if (kind != api::ClipboardKind::kPng && !clipboard::is_utf8(as_text(bytes)))
    return fail(ErrorCode::kInvalid, "the text is not valid UTF-8");
  return server_.clipboard_hub().copy(format_of(kind), std::move(bytes));
}

Result<std::vector<api::CopiedText>> ServerBackend::clipboard_history() const {
  if (!server_.has_desktop()) return no_desktop();
  ORIEL_TRY(const auto entries, server_.clipboard_hub().read_history());
  std::vector<api::CopiedText> texts;
  std::size_t bytes = 0;
  for (const auto& entry : entries) {
    bytes += entry.text.size();
    if (bytes > api::kClipboardHistoryBytesMax && !texts.empty()) break;
    texts.push_back({entry.text, Clock::now() - entry.time});
  }
  return texts;
}

void ServerBackend::perform(std::vector<agent::Action> actions, std::string_view,
                            ActionsDone done) {
  if (!server_.has_desktop()) return done(no_desktop());
  if (const auto* reason = server_.lost_reason())
    return done(fail(ErrorCode::kUnavailable, "the desktop is lost: " + *reason));
  if (runners_.size() >= kRunnersMax)
    return done(fail(
        ErrorCode::kTooLarge,
        fmt::format("{} programs act on the desktop already; ask again in a second", kRunnersMax)));
  if (auto status = check_places(actions, server_.frames().screen().size()); !status)
    return done(std::unexpected(status.error()));
  const auto id = server_.new_id();
  const auto runner = std::make_shared<ActionRunner>(
      executor_,
      ActionRunner::Site{server_.input(), id, [this, id] { return server_.may_act(id); }},
      std::move(actions), [this, id, done = std::move(done)](const Status& status) mutable {
        server_.release_control(id);
        const auto ended = runners_.extract(id);
        if (!status) return done(std::unexpected(status.error()));
        server_.frames().refresh([this, done = std::move(done)](const Status& shown) mutable {
          if (!shown) return done(std::unexpected(shown.error()));
          done(server_.frames().screen().generation());
        });
      });
  runners_[id] = runner;
  runner->start();
}

Result<std::shared_ptr<net::HttpBodyStream>> ServerBackend::subscribe(
    const api::EventsRequest& request) {
  return hub_.subscribe(request);
}

}  // namespace oriel::web
