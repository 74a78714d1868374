#include "oriel/app/client/remote_screen.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <random>
#include <utility>

#include "oriel/app/client/connect_failure.h"
#include "oriel/app/client/encoding_choice.h"
#include "oriel/app/client/limits.h"
#include "oriel/app/client/vnc_target.h"
#include "oriel/app/net/connector.h"
#include "oriel/core/codec/encoding_table.h"
#include "oriel/core/rfb/constants.h"
#include "oriel/core/screen/changed_rects.h"
#include "oriel/io/net/tls_upgrade.h"

namespace oriel::client {

using agent::AgentError;
using agent::AgentStatus;
using agent::ErrorKind;
using boost::asio::awaitable;

namespace {

// To make room for the picture takes 2 ms and more. Servers answer the first wish at once with what
// is no pixels, and want another before they begin with those; they take longer to compress them.
constexpr std::chrono::milliseconds kFrameDelay{2};

AgentError ended() { return {ErrorKind::kState, "the client has ended"}; }

std::string_view resize_refusal(std::uint16_t result) {
  switch (result) {
    case rfb::kResizeProhibited:
      return "it is not allowed";
    case rfb::kResizeOutOfResources:
      return "it has not the means for it";
    case rfb::kResizeInvalidLayout:
      return "it cannot have such a size";
    default:
      return "for a reason that is not known";
  }
}

}  // namespace

RemoteScreen::RemoteScreen(boost::asio::any_io_executor executor, ConnectionOptions options,
                           net::Environment environment)
    : executor_(std::move(executor)),
      options_(std::move(options)),
      environment_(std::move(environment)),
      screen_(std::make_unique<screen::Screen>(image::Size{1, 1})),
      signs_of_life_(executor_),
      clipboard_(executor_, [this](desktop::ClipboardFormats formats) {
        tell([formats](auto& listener) { listener.clipboard_changed(formats); });
      }) {
  input_.set_view_only(options_.is_view_only);
  clipboard_.set_view_only(options_.is_view_only);
}

RemoteScreen::~RemoteScreen() {
  *alive_ = false;
  listeners_.clear();
  observer_ = nullptr;
  end_pending(ended());
  for (auto& pending : {opening_, ending_, pause_})
    if (pending) pending->finish(std::unexpected(ended()));
  if (connector_) connector_->cancel();
  if (!link_) return;
  input_.release_all();
  link_->detach();
  link_->close({ErrorCode::kClosed, "the client has ended"});
  clipboard_.use(nullptr);
}

// ---- the connection ----------------------------------------------------------------------------

awaitable<AgentStatus> RemoteScreen::connect() {
  if (state_ == RemoteState::kConnected)
    co_return agent::failure(ErrorKind::kState, "already connected");
  if (state_ == RemoteState::kConnecting || state_ == RemoteState::kReconnecting || link_)
    co_return agent::failure(ErrorKind::kState, "already connecting");
  auto planned = plan_connection(options_, environment_);
  if (!planned) co_return std::unexpected(planned.error());
  // Also where no TLS comes to read them.
  if (auto files = net::check_tls_options(options_.tls); !files)
    co_return agent::failure(ErrorKind::kInput, files.error().message);
  plan_ = *std::move(planned);
  state_ = RemoteState::kConnecting;
  failure_.reset();
  is_closing_ = false;
  const auto alive = alive_;
  auto status = co_await open();
  if (!*alive || status) co_return status;
  state_ = RemoteState::kIdle;
  failure_ = status.error();
  log("failed: " + status.error().message);
  co_return status;
}

awaitable<AgentStatus> RemoteScreen::open() {
  const auto deadline = Clock::now() + options_.timeout;
  const auto alive = alive_;
  const auto executor = executor_;
  const auto connector = std::make_shared<net::StreamConnector>(executor);
  connector_ = connector;
  log("connecting to " + plan_.shown);
  auto stream = co_await connector->connect(plan_.target, plan_.connect);
  if (!*alive) co_return std::unexpected(ended());
  connector_.reset();
  if (!stream) co_return std::unexpected(failure_of(stream.error()));
  if (is_closing_) co_return agent::failure(ErrorKind::kConnection, "connecting was given up");
  log("connected to " + (*stream)->peer());
  begin(std::move(*stream), deadline);
  const auto opening = std::make_shared<Pending>(executor);
  opening_ = opening;
  const auto status = co_await Pending::wait(opening, deadline);
  if (!*alive) co_return std::unexpected(ended());
  if (opening_ == opening) opening_.reset();
  if (status && *status) co_return AgentStatus();
  const auto error = status ? status->error() : not_ready_in_time();
  drop_link({ErrorCode::kTimeout, error.message});
  co_return std::unexpected(error);
}

AgentError RemoteScreen::not_ready_in_time() const {
  const bool is_open = link_ && link_->session().is_connected();
  return connection_timeout(plan_.shown, is_open ? "the first picture" : "the server's answer");
}

void RemoteScreen::begin(net::StreamPointer stream, TimePoint deadline) {
  has_fence_ = has_continuous_updates_ = is_continuous_ = false;
  was_uniform_ = is_uniform_so_far_ = false;
  updates_ = 0;
  taken_over_ = 0;
  first_picture_.reset();
  const auto carrier = plan_.target.carrier;
  is_local_ = stream->is_private() &&
              (carrier == net::StreamCarrier::kTcp || carrier == net::StreamCarrier::kUnix);
  rfb::ClientSessionConfig config;
  config.security.username = plan_.user;
  config.security.password = plan_.password;
  config.security.requires_encryption = needs_encryption();
  config.security.allows_plain_password = stream->is_private();
  std::random_device random;
  for (auto& byte : config.security.entropy) byte = static_cast<std::uint8_t>(random());
  config.is_shared = options_.is_shared;
  // open() has a deadline of its own, which says more.
  config.limits.handshake_timeout = deadline - Clock::now() + std::chrono::seconds(1);
  link_ = RemoteLink::start(executor_, std::move(stream), std::move(config), make_tls(), *this,
                            options_.log);
}

// Of the server itself.
bool RemoteScreen::needs_encryption() const {
  return options_.requires_encryption && !plan_.target.is_tls();
}

// For servers that begin TLS in the middle of the handshake (VeNCrypt).
net::TlsEngineMaker RemoteScreen::make_tls() const {
  const auto& tls = options_.tls;
  net::TlsClientOptions trust;
  trust.trust = tls.verify ? net::TlsTrust::kVerify : net::TlsTrust::kAnyone;
  trust.anchors_pem = tls.ca_pem;
  trust.anchors_file = tls.ca_file;
  trust.certificate_file = tls.certificate_file;
  trust.key_file = tls.key_file;
  const auto& host = plan_.target.host;
  return net::make_client_upgrade(std::move(trust), host.empty() ? "localhost" : host);
}

// Of a connection that has not come about.
void RemoteScreen::drop_link(Error reason) {
  if (!link_) return;
  input_.use(nullptr);
  clipboard_.use(nullptr);
  link_->detach();
  link_->abort(std::move(reason));
  link_.reset();
  if (ending_) std::exchange(ending_, nullptr)->finish({});
}

void RemoteScreen::close() {
  is_closing_ = true;
  if (connector_) connector_->cancel();
  if (pause_) pause_->finish(std::unexpected(ended()));
  if (opening_) opening_->finish(agent::failure(ErrorKind::kConnection, "connecting was given up"));
  if (state_ == RemoteState::kReconnecting || state_ == RemoteState::kLost)
    state_ = RemoteState::kIdle;
  failure_.reset();
  if (state_ != RemoteState::kConnected) return;
  input_.release_all();
  link_->close({ErrorCode::kClosed, "disconnected"});
}

awaitable<void> RemoteScreen::disconnect() {
  close();
  const auto alive = alive_;
  while (*alive && link_ && state_ != RemoteState::kIdle) {
    if (!ending_) ending_ = std::make_shared<Pending>(executor_);
    const auto ending = ending_;
    co_await Pending::wait(ending, TimePoint::max());
  }
}

void RemoteScreen::ready() {
  first_picture_.reset();
  is_uniform_so_far_ = false;
  const bool is_again = state_ == RemoteState::kReconnecting;
  state_ = RemoteState::kConnected;
  failure_.reset();
  enable_continuous_updates();
  if (opening_) std::exchange(opening_, nullptr)->finish({});
  if (is_again) tell([](auto& listener) { listener.target_found(); });
}

void RemoteScreen::link_ended(const Error& reason) {
  const auto link = std::exchange(link_, nullptr);
  auto error = failure_of(reason, link->session(), plan_.shown);
  if (needs_encryption() && reason.code == ErrorCode::kUnsupported && opening_)
    error = {ErrorKind::kInput,
             fmt::format("{}: encryption is required, as whoever says whom to trust or gives a "
                         "certificate wants it (--ca, --cert, --insecure; ca_file, cert_file), and "
                         "neither the target nor the server has it: {}; vncs:// and wss:// are TLS "
                         "from the first byte on",
                         plan_.shown, reason.message)};
  input_.use(nullptr);
  clipboard_.use(nullptr);
  if (opening_) {
    opening_->finish(std::unexpected(std::move(error)));
    if (ending_) std::exchange(ending_, nullptr)->finish({});
    return;
  }
  if (is_closing_) error = {ErrorKind::kState, "not connected: it was disconnected"};
  lost(std::move(error));
}

void RemoteScreen::lost(AgentError error) {
  const bool is_wanted = !is_closing_;
  state_ = !is_wanted           ? RemoteState::kIdle
           : options_.reconnect ? RemoteState::kReconnecting
                                : RemoteState::kLost;
  if (is_wanted) failure_ = error;
  end_pending(error);
  if (ending_) std::exchange(ending_, nullptr)->finish({});
  tell([&error](auto& listener) { listener.target_lost(error); });
  if (state_ == RemoteState::kReconnecting)
    boost::asio::co_spawn(executor_, reconnect(), boost::asio::detached);
}

void RemoteScreen::end_pending(const AgentError& error) {
  signs_of_life_.end(error);
  if (resizing_) std::exchange(resizing_, nullptr)->finish(std::unexpected(error));
}

awaitable<void> RemoteScreen::reconnect() {
  const auto alive = alive_;
  std::minstd_rand random(std::random_device{}());
  for (unsigned attempt = 1;; ++attempt) {
    const double chance = std::uniform_real_distribution<double>(0, 1)(random);
    const auto until = Clock::now() + net::reconnect_delay(*options_.reconnect, attempt, chance);
    const auto pause = std::make_shared<Pending>(executor_);
    pause_ = pause;
    co_await Pending::wait(pause, until);
    if (!*alive || state_ != RemoteState::kReconnecting) co_return;
    pause_.reset();
    const auto status = co_await open();
    if (!*alive || status) co_return;
    if (state_ != RemoteState::kReconnecting) co_return;
    log("failed again: " + status.error().message);
    failure_ = status.error();
    // Asking again with the same password helps nobody, and may lock us out.
    if (failure_->kind != ErrorKind::kAuthentication) continue;
    state_ = RemoteState::kLost;
    const auto error = *failure_;
    tell([&error](auto& listener) { listener.target_lost(error); });
    co_return;
  }
}

AgentStatus RemoteScreen::check() const {
  if (state_ == RemoteState::kConnected && !is_closing_) return {};
  if (failure_) return std::unexpected(*failure_);
  return agent::failure(ErrorKind::kState, state_ == RemoteState::kConnecting
                                               ? "not connected yet"
                                               : "not connected: connect first");
}

AgentStatus RemoteScreen::check_input() const {
  if (options_.is_view_only)
    return agent::failure(ErrorKind::kState, "this connection only looks on: it sends no input");
  return check();
}

// ---- what the server says ----------------------------------------------------------------------

// Nobody looks at the first picture before it is complete: the server draws on while we take over.
void RemoteScreen::link_progressed() {
  if (state_ != RemoteState::kConnecting || !first_picture_ || is_uniform_so_far_) return;
  const auto come = link_->session().come_so_far();
  if (come.size() <= taken_over_) return;
  take_over(come.subspan(taken_over_));
  taken_over_ = come.size();
}

void RemoteScreen::link_event(const rfb::ClientEvent& event) {
  std::visit([this](const auto& known) { on(known); }, event);
}

void RemoteScreen::on(const rfb::Connected& event) {
  name_ = event.name;
  size_ = event.geometry;
  first_picture_.emplace(size_);
  input_.use(link_);
  clipboard_.use(link_);
  link_->say(rfb::SetPixelFormat{image::kBgrx});
  link_->say(rfb::SetEncodings{may_be_large(options_) && is_on_this_machine()
                                   ? raw_only(plan_.encodings)
                                   : plan_.encodings});
  request_update(false);
  after(kFrameDelay, [this] {
    (void)link_->session().frame();
    use_size(size_);
  });
}

// Unless the connection ends before.
void RemoteScreen::after(Clock::duration delay, std::function<void()> work) {
  auto timer = std::make_shared<boost::asio::steady_timer>(executor_, delay);
  timer->async_wait([this, timer, work = std::move(work), alive = alive_,
                     weak = std::weak_ptr(link_)](boost::system::error_code) {
    if (*alive && link_ && weak.lock() == link_) work();
  });
}

// The end of an SSH tunnel is here too, but its server is not.
bool RemoteScreen::is_on_this_machine() const {
  const auto& session = link_->session();
  return is_local_ && !session.tls_peer() && session.handshake_took() <= kSameMachineHandshake;
}

void RemoteScreen::on(const rfb::Updated& event) {
  ++updates_;
  if (!is_continuous_) request_update(true);
  commit(event.rects);
  signs_of_life_.update_came(*link_, event.rects);
  if (is_uniform_so_far_ && !is_uniform(screen_->view())) return ready();
  if (!first_picture_ || is_uniform_so_far_) return;
  first_picture_->add(event.rects);
  if (!first_picture_->is_complete()) return;
  if (is_uniform(screen_->view())) return wait_for_uniform();
  ready();
}

// A server that has just started may show nothing yet.
void RemoteScreen::wait_for_uniform() {
  is_uniform_so_far_ = true;
  after(kUniformWait, [this] {
    if (!is_uniform_so_far_) return;
    was_uniform_ = true;
    ready();
    link_->flush();
  });
}

void RemoteScreen::on(const rfb::Resized& event) {
  if (event.size != size_) {
    size_ = event.size;
    taken_over_ = 0;
    use_size(size_);
    if (first_picture_) {
      first_picture_.emplace(size_);
      is_uniform_so_far_ = false;
    }
    if (is_continuous_) link_->say(rfb::EnableContinuousUpdates{true, image::Rect::of(size_)});
  }
  if (event.reason != rfb::kResizedByThisClient || !resizing_) return;
  std::exchange(resizing_, nullptr)
      ->finish(event.result == rfb::kResizeDone
                   ? AgentStatus()
                   : agent::failure(ErrorKind::kAction,
                                    fmt::format("the server does not change its size: {}",
                                                resize_refusal(event.result))));
}

void RemoteScreen::on(const rfb::FenceCame& event) {
  if ((event.flags & rfb::kFenceRequest) != 0) {
    has_fence_ = true;
    if (state_ == RemoteState::kConnected) enable_continuous_updates();
    return;
  }
  signs_of_life_.fence_came(event);
}

void RemoteScreen::on(const rfb::ContinuousUpdatesEnded&) {
  const bool was_on = std::exchange(is_continuous_, false);
  if (!std::exchange(has_continuous_updates_, true)) {
    if (state_ == RemoteState::kConnected) enable_continuous_updates();
  } else if (was_on) {
    request_update(true);
  }
}

void RemoteScreen::on(const rfb::Bell&) {
  tell([](auto& listener) { listener.bell_rang(); });
}

void RemoteScreen::on(const rfb::Renamed& event) {
  name_ = event.name;
  if (observer_ != nullptr) observer_->remote_renamed(name_);
}

void RemoteScreen::on(const rfb::Confirmed& event) {
  if (event.encoding == rfb::kPseudoQemuExtendedKey) input_.use_scancodes(true);
}

void RemoteScreen::on(const rfb::CutText& event) { clipboard_.came(event); }
void RemoteScreen::on(const rfb::ClipboardCame& event) { clipboard_.came(event.message); }
void RemoteScreen::on(const rfb::ClipboardRefused& event) { clipboard_.refused(event.reason); }

void RemoteScreen::on(const rfb::CursorCame& event) {
  cursor_ = event.cursor;
  if (observer_ != nullptr) observer_->remote_cursor_changed();
}

void RemoteScreen::on(const rfb::PointerMoved& event) {
  input_.set_position(event.position);
  if (observer_ != nullptr) observer_->remote_pointer_moved(event.position);
}

void RemoteScreen::on(const rfb::LedStateCame& event) {
  leds_ = event.leds;
  if (observer_ != nullptr) observer_->remote_leds_changed(leds_);
}

// ---- the picture -------------------------------------------------------------------------------

void RemoteScreen::use_size(image::Size size) {
  if (size == screen_->size()) return;
  screen_ = std::make_unique<screen::Screen>(size, screen_->generation() + 1);
  tell([](auto& listener) { listener.screen_resized(); });
}

screen::CommitResult RemoteScreen::take_over(std::span<const image::Rect> rects) {
  if (rects.empty()) return {};
  const auto& frame = link_->session().frame();
  // Of a desktop that has got another size since: what is news comes after it.
  if (frame.size() != size_) return {};
  use_size(size_);
  tell([](auto& listener) { listener.screen_changes_soon(); });
  std::vector<screen::Patch> patches;
  for (const auto& rect : rects) {
    const auto inside = rect.intersected(image::Rect::of(frame.size()));
    if (!inside.is_empty()) patches.push_back({inside, frame.view().crop(inside)});
  }
  return screen_->commit(patches);
}

void RemoteScreen::commit(std::span<const image::Rect> rects) {
  const auto early = std::exchange(taken_over_, 0);
  const auto committed = take_over(rects.subspan(std::min(early, rects.size())));
  std::vector<image::Rect> changed;
  if (early > 0)
    changed.push_back(image::Rect::of(screen_->size()));
  else if (committed.changed_px > 0)
    changed = screen::changed_rects(*screen_, committed.generation, committed.bounds);
  if (changed.empty()) return;
  const agent::ScreenChange change{screen_->generation(), Clock::now(), changed};
  tell([&change](auto& listener) { listener.screen_changed(change); });
}

void RemoteScreen::request_update(bool is_incremental) {
  link_->say(rfb::UpdateRequest{is_incremental, image::Rect::of(link_->session().size())});
}

// Only together with fences, by which the server then keeps from sending more than we take.
void RemoteScreen::enable_continuous_updates() {
  if (!has_continuous_updates_ || !has_fence_ || is_continuous_) return;
  is_continuous_ = true;
  link_->say(rfb::EnableContinuousUpdates{true, image::Rect::of(size_)});
}

const image::Cursor* RemoteScreen::cursor() const {
  return cursor_.is_empty() ? nullptr : &cursor_;
}

// ---- the rest ----------------------------------------------------------------------------------

bool RemoteScreen::can_resize() const {
  return is_connected() && !options_.is_view_only && !link_->session().screens().empty();
}

awaitable<AgentStatus> RemoteScreen::catch_up(TimePoint deadline) {
  if (auto status = check(); !status) co_return status;
  co_return co_await signs_of_life_.next(*link_, has_fence_, deadline);
}

awaitable<AgentStatus> RemoteScreen::resize(image::Size size, TimePoint deadline) {
  if (auto status = check(); !status) co_return status;
  if (!can_resize())
    co_return agent::failure(ErrorKind::kAction, "the server cannot change its size for us");
  if (resizing_)
    co_return agent::failure(ErrorKind::kState, "another change of the size is under way");
  auto screen = link_->session().screens().front();
  screen.rect = image::Rect::of(size);
  rfb::SetDesktopSize message;
  message.size = size;
  message.screens.push_back(screen);
  const auto alive = alive_;
  const auto resizing = std::make_shared<Pending>(executor_);
  resizing_ = resizing;
  link_->say(message);
  link_->flush();
  const auto status = co_await Pending::wait(resizing, deadline);
  if (*alive && resizing_ == resizing) resizing_.reset();
  if (status) co_return *status;
  co_return agent::failure(ErrorKind::kTimeout, "the server does not answer about its size");
}

ServerFacts RemoteScreen::info() const {
  ServerFacts facts;
  facts.target = plan_.shown;
  facts.name = name_;
  facts.size = screen_->size();
  facts.updates = updates_;
  facts.has_fence = has_fence_;
  facts.has_continuous_updates = has_continuous_updates_;
  facts.has_scancodes = input_.has_scancodes();
  facts.has_extended_clipboard = clipboard_.is_extended();
  facts.can_resize = can_resize();
  facts.is_view_only = options_.is_view_only;
  facts.was_uniform = was_uniform_;
  facts.kind = name_.starts_with("QEMU")               ? "qemu"
               : has_fence_ && has_continuous_updates_ ? "tigervnc or alike"
                                                       : "unknown";
  if (!link_) return facts;
  facts.version = link_->session().version_name();
  facts.security = link_->session().security_name();
  facts.bytes_in = link_->bytes_in();
  facts.bytes_out = link_->bytes_out();
  for (const auto& [id, count] : link_->session().rectangles_by_encoding())
    if (const auto* encoding = codec::find_encoding(id))
      facts.encodings.emplace_back(encoding->name);
  return facts;
}

void RemoteScreen::add_listener(agent::AgentTargetListener& listener) {
  listeners_.push_back(&listener);
}

void RemoteScreen::remove_listener(agent::AgentTargetListener& listener) {
  std::ranges::replace(listeners_, &listener, nullptr);
  if (telling_ == 0) std::erase(listeners_, nullptr);
}

template <typename Call>
void RemoteScreen::tell(const Call& call) {
  ++telling_;
  // Whoever is added meanwhile hears of the next.
  const auto count = listeners_.size();
  for (std::size_t i = 0; i < count; ++i)
    if (listeners_[i] != nullptr) call(*listeners_[i]);
  if (--telling_ == 0) std::erase(listeners_, nullptr);
}

void RemoteScreen::log(const std::string& line) const {
  if (options_.log) options_.log(line);
}

}  // namespace oriel::client
