#include "oriel/app/server/server.h"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <thread>

#include "oriel/app/net/peer_address.h"
#include "oriel/app/server/desktop_name.h"
#include "oriel/app/server/limits.h"
#include "oriel/base/check.h"
#include "oriel/base/version.h"

namespace oriel::server {
namespace {

std::vector<std::string_view> encoding_names() {
  std::vector<std::string_view> names;
  for (const auto& encoding : codec::encoding_table())
    if (encoding.can_encode()) names.push_back(encoding.name);
  return names;
}

rfb::Limits session_limits(const config::Settings& settings) {
  rfb::Limits limits;
  limits.handshake_timeout = std::chrono::seconds(settings.handshake_timeout_s);
  limits.messages_per_s = settings.max_messages_per_second;
  return limits;
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
      name_(settings.name.empty() ? default_desktop_name() : settings.name),
      access_({static_cast<std::size_t>(settings.max_connections),
               static_cast<std::size_t>(settings.max_connections_per_address),
               kUnauthenticatedMax}),
      control_(settings.is_control_single ? ControlPolicy::kSingle : ControlPolicy::kShared,
               std::chrono::seconds(settings.control_idle_s)),
      control_timer_(io) {}

Server::~Server() = default;

Status Server::listen() {
  if (const auto& door = settings_.vnc_listen) {
    ORIEL_TRY(vnc_, net::TcpListener::listen(
                        io_.get_executor(), {door->host, door->port, "--vnc"},
                        [this](net::StreamPointer stream) { accept(std::move(stream)); }));
  }
  return {};
}

void Server::serve(desktop::Desktop& desktop) {
  ORIEL_CHECK(!show_);
  const int encoder_threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  // NOLINTNEXTLINE(modernize-make-unique): its members cannot be moved into it.
  show_.reset(
      new Show{desktop, {io_.get_executor(), desktop, encoder_threads}, InputPipeline(desktop)});
  clipboard_.emplace(io_.get_executor(), desktop.clipboard(), clipboard_config(), logger_);
  show_->frames.forward_to(*this);
  show_->frames.start();
  desktop_renamed();
}

// What the settings say goes before what the desktop says.
void Server::desktop_renamed() {
  const auto name = show_->desktop.name();
  if (!settings_.name.empty() || name.empty()) return;
  name_ = name;
  tell_titles();
}

void Server::accept(net::StreamPointer stream, Arrival arrival) {
  const auto id = next_id_++;
  if (!show_ || stopped_) {
    logger_.with_id(fmt::format("c{}", id))
        .info("connection refused: there is no desktop to show", {{"peer", stream->peer()}});
    stream->close();
    return;
  }
  const auto admission = access_.admit(id, net::address_of(stream->peer()));
  if (admission.yields) {
    const auto oldest = viewers_.find(*admission.yields);
    if (oldest != viewers_.end())
      oldest->second->close(
          {ErrorCode::kTooLarge, "it had not authenticated, and its place was needed for another"});
  }
  if (!admission.is_admitted) {
    logger_.with_id(fmt::format("c{}", id))
        .warning(fmt::format("connection refused: {}", admission.refusal),
                 {{"peer", stream->peer()},
                  {"max_connections", settings_.max_connections},
                  {"max_connections_per_address", settings_.max_connections_per_address}});
    metrics_.connections_total().increment();
    metrics_.connections_failed_total().increment();
    metrics_.errors_total(ErrorCode::kTooLarge).increment();
    stream->close();
    return;
  }
  const ViewerEnvironment environment{
      io_.get_executor(),
      show_->frames,
      show_->input,
      metrics_,
      settings_.max_rate,
      settings_.draws_cursor ? CursorDrawing::kForWhoKnowsNone : CursorDrawing::kNever};
  rfb::ServerSessionConfig session{
      title_for(id),
      show_->frames.screen().size(),
      security_for(arrival),
      session_limits(settings_),
      arrival.is_trusted ? "" : refusal_for(stream->peer()),
      arrival.is_trusted && arrival.is_view_only,
      ClipboardHub::caps(settings_.takes_clipboard, settings_.gives_clipboard),
      [this, peer = stream->peer()] { return refusal_for(peer); },
      [this, peer = stream->peer()] { lockout_.failed(peer, Clock::now()); }};
  const auto viewer =
      std::make_shared<Viewer>(id, environment, std::move(stream), std::move(session), logger_,
                               callbacks(), std::move(arrival));
  viewers_[id] = viewer;
  viewer->start();
}

rfb::SecurityServerConfig Server::security_for(const Arrival& arrival) const {
  if (arrival.is_trusted) return {{}, {}, random_challenge()};
  return {settings_.password.reveal(), settings_.view_password.reveal(), random_challenge()};
}

Viewer::Callbacks Server::callbacks() {
  return {[this](Viewer& viewer) { viewer_joined(viewer); },
          [this](Viewer& viewer, const Error& reason) { viewer_ended(viewer, reason); },
          [this](Viewer& viewer) { return may_act(viewer.id()); },
          [this](Viewer& viewer, image::Size size, std::function<void(Status)> done) {
            resize(viewer, size, std::move(done));
          },
          [this](const Viewer& viewer) { return resize_cause(viewer); },
          [this](Viewer& viewer, const rfb::CutTextEvent& event) {
            clipboard_->viewer_said(viewer.id(), event);
          },
          [this] { return leds_; },
          [this] { return screens(); }};
}

std::string Server::refusal_for(std::string_view peer) const {
  const auto wait_s = lockout_.wait_s(peer, Clock::now());
  return wait_s > 0 ? net::Lockout::refusal(wait_s) : "";
}

void Server::viewer_joined(Viewer& viewer) {
  access_.authenticated(viewer.id());
  if (!viewer.is_view_only()) clipboard_->add(viewer);
  // The view-only password proves nothing about the full one, and who came by another door has been
  // judged there.
  if (!settings_.password.is_empty() && !viewer.is_view_only() && !viewer.arrival().is_trusted)
    lockout_.succeeded(viewer.peer());
  if (!viewer.is_shared() && !viewer.is_view_only() && settings_.disconnect_others) {
    for (const auto& [id, other] : std::map(viewers_))
      if (id != viewer.id() && other->is_joined())
        other->close({ErrorCode::kClosed, "another viewer asked to be alone (the shared flag)"});
  }
  events_.publish(
      ViewerJoined{viewer.id(), viewer.peer(), viewer.is_view_only(), viewer.arrival().tag});
}

bool Server::may_act(ViewerId actor) {
  const bool may = control_.act(actor, Clock::now());
  if (!settings_.is_control_single) return may;
  if (may) let_go_for(actor);
  tell_control();
  return may;
}

void Server::give_control(ViewerId viewer) {
  control_.give(viewer, Clock::now());
  if (settings_.is_control_single) let_go_for(viewer);
  tell_control();
}

void Server::release_control(ViewerId viewer) {
  if (control_.owner(Clock::now()) == viewer && show_) show_->input.forget(viewer);
  control_.release(viewer);
  tell_control();
}

// What the former owner holds is let go of before the first input of the new one: what the former
// does itself is not heard any more.
void Server::let_go_for(ViewerId owner) {
  const auto former = std::exchange(last_owner_, owner);
  if (former != 0 && former != owner && show_) show_->input.forget(former);
}

// Tells all who has control when that is another one than they know, and looks again when it may
// have become free.
void Server::tell_control() {
  const auto owner = control_.owner(Clock::now()).value_or(0);
  if (owner != 0) {
    control_timer_.expires_after(std::chrono::seconds(settings_.control_idle_s));
    control_timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error) tell_control();
    });
  }
  if (owner == std::exchange(told_owner_, owner)) return;
  const auto found = viewers_.find(owner);
  const auto who = found == viewers_.end() ? std::string() : found->second->peer();
  logger_.info(owner == 0 ? "control is free" : "control changed",
               {{"owner", owner}, {"peer", who}});
  tell_titles();
  events_.publish(ControlChanged{owner});
}

std::string Server::title_for(ViewerId viewer) const {
  if (lost_reason_)
    return fmt::format("{} (disconnected from the display: {})", name_, *lost_reason_);
  const auto owner = viewers_.find(told_owner_);
  if (owner == viewers_.end() || told_owner_ == viewer) return name_;
  return fmt::format("{} (controlled by {})", name_, owner->second->peer());
}

void Server::tell_titles() {
  for (const auto& [id, viewer] : std::map(viewers_)) {
    auto title = title_for(id);
    if (title == viewer->title()) continue;
    if (!viewer->can_be_renamed()) viewer->ring_bell();  // the least that it can be told
    viewer->rename_desktop(std::move(title));
  }
}

// The desktop's monitors when there are several, as long as they fit to the screen that viewers
// know.
std::vector<rfb::ScreenLayout> Server::screens() const {
  const auto bounds = image::Rect::of(show_->frames.screen().size());
  std::vector<rfb::ScreenLayout> layout;
  for (const auto& screen : show_->desktop.screens()) {
    if (!bounds.contains(screen.rect)) return {};
    layout.push_back({screen.id, screen.rect, 0});
  }
  return layout;
}

void Server::resize(Viewer& viewer, image::Size size, std::function<void(Status)> done) {
  if (is_resizing_) return done(fail(ErrorCode::kUnavailable, "another resize is under way"));
  is_resizing_ = true;
  resize_wish_ = ResizeWish{viewer.id(), size};
  show_->desktop.resize(size, [this, done = std::move(done)](const Status& status) {
    is_resizing_ = false;
    if (!status) resize_wish_.reset();
    done(status);
  });
}

ResizeCause Server::resize_cause(const Viewer& viewer) const {
  if (!resize_wish_ || resize_wish_->size != show_->frames.screen().size())
    return ResizeCause::kServer;
  return resize_wish_->viewer == viewer.id() ? ResizeCause::kThisViewer : ResizeCause::kOtherViewer;
}

bool Server::tell(ViewerId viewer, std::string_view text) {
  const auto found = viewers_.find(viewer);
  if (found == viewers_.end()) return false;
  found->second->rename_desktop(fmt::format("{}: {}", name_, text));
  found->second->ring_bell();
  const auto timer =
      std::make_shared<boost::asio::steady_timer>(io_, boost::asio::chrono::seconds(15));
  timer->async_wait([this, timer, viewer](const boost::system::error_code& error) {
    if (const auto still = viewers_.find(viewer); !error && still != viewers_.end())
      still->second->rename_desktop(title_for(viewer));
  });
  return true;
}

void Server::end_log_in(std::uint64_t log_in) {
  if (log_in == 0) return;
  for (const auto& [id, viewer] : std::map(viewers_))
    if (viewer->arrival().log_in == log_in)
      viewer->close({ErrorCode::kClosed, "you have logged out"});
}

void Server::resize_desktop(image::Size size, std::function<void(Status)> done) {
  if (is_resizing_) return done(fail(ErrorCode::kUnavailable, "another resize is under way"));
  is_resizing_ = true;
  show_->desktop.resize(size, [this, done = std::move(done)](const Status& status) {
    is_resizing_ = false;
    done(status);
  });
}

bool Server::kick(ViewerId viewer, std::string_view reason) {
  const auto found = viewers_.find(viewer);
  if (found == viewers_.end()) return false;
  std::shared_ptr(found->second)
      ->close({ErrorCode::kClosed, fmt::format("disconnected by an admin: {}", reason)});
  return true;
}

void Server::desktop_resized(image::Size size) {
  for (const auto& [id, viewer] : viewers_)
    if (!viewer->is_joined()) viewer->screen_resized(show_->frames.screen());
  resize_wish_.reset();
  events_.publish(DesktopResized{size});
}

void Server::desktop_lost(const Error& error) {
  lost_reason_ = error.message;
  metrics_.errors_total(error.code).increment();
  tell_titles();
  events_.publish(DesktopLost{error.message});
  if (desktop_lost_) desktop_lost_(error);
}

void Server::desktop_found_again() {
  lost_reason_.reset();
  tell_titles();
  events_.publish(DesktopFound{});
  if (desktop_found_) desktop_found_();
}

void Server::desktop_screens_changed() {
  for (const auto& [id, viewer] : std::map(viewers_)) viewer->screens_changed();
}

void Server::desktop_leds_changed(std::uint8_t leds) {
  leds_ = leds;
  for (const auto& [id, viewer] : std::map(viewers_)) viewer->show_leds(leds);
}

void Server::desktop_bell() {
  for (const auto& [id, viewer] : std::map(viewers_)) viewer->ring_bell();
}

void Server::desktop_pointer_moved(image::Point position) { show_->input.set_position(position); }

ClipboardHubConfig Server::clipboard_config() {
  ClipboardHubConfig config;
  config.record.max_bytes = static_cast<std::size_t>(settings_.clipboard_max_bytes);
  config.record.history_entries = static_cast<std::size_t>(settings_.clipboard_history);
  config.takes = settings_.takes_clipboard;
  config.gives = settings_.gives_clipboard;
  config.may_copy = [this](ViewerId id) {
    const auto found = viewers_.find(id);
    return found != viewers_.end() && may_act(id);
  };
  config.changed = [this](bool is_by_viewer) { events_.publish(ClipboardChanged{is_by_viewer}); };
  return config;
}

void Server::desktop_clipboard_changed(desktop::ClipboardFormats formats) {
  clipboard_->desktop_changed(formats);
}

void Server::viewer_ended(Viewer& viewer, const Error& reason) {
  if (clipboard_) clipboard_->remove(viewer.id());
  control_.release(viewer.id());
  access_.left(viewer.id());
  viewers_.erase(viewer.id());
  if (settings_.is_control_single) tell_control();
  if (viewer.is_joined()) events_.publish(ViewerLeft{viewer.id(), reason.message});
  if (stopped_ && viewers_.empty()) std::exchange(stopped_, nullptr)();
}

void Server::stop(std::function<void()> stopped) {
  vnc_.reset();
  if (viewers_.empty()) return stopped();
  stopped_ = std::move(stopped);
  for (const auto& [id, viewer] : std::map(viewers_))
    viewer->close({ErrorCode::kClosed, "the server stops"});
}

std::string Server::health_json() const {
  boost::json::object health;
  health["status"] = !show_ ? "starting" : lost_reason_ ? "desktop lost" : "ok";
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
