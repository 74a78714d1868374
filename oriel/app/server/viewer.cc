#include "oriel/app/server/viewer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "oriel/app/server/limits.h"
#include "oriel/core/rfb/constants.h"
#include "oriel/core/rfb/server_message.h"

namespace oriel::server {
namespace {

const image::Region kNothing;

// Whether a viewer wants the several monitors that there are.
bool has_layout(const std::vector<rfb::ScreenLayout>& wanted,
                const std::vector<rfb::ScreenLayout>& screens) {
  return !screens.empty() && std::ranges::equal(wanted, screens, {}, &rfb::ScreenLayout::rect,
                                                &rfb::ScreenLayout::rect);
}

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

Viewer::Viewer(ViewerId id, const ViewerEnvironment& environment, net::StreamPointer stream,
               rfb::ServerSessionConfig config, const observe::Logger& logger, Callbacks callbacks,
               Arrival arrival)
    : id_(id),
      environment_(environment),
      logger_(logger.with_id(fmt::format("c{}", id)).with({"peer", stream->peer()})),
      callbacks_(std::move(callbacks)),
      arrival_(std::move(arrival)),
      title_(config.name),
      told_title_(title_),
      session_(std::move(config), Clock::now()),
      flow_(environment.max_rate_per_s, Clock::now()),
      profile_{codec::find_encoding(rfb::kEncodingRaw), image::kBgrx},
      screen_size_(environment.frames.screen().size()),
      sent_(environment.frames.screen().grid()),
      cursor_news_(environment.frames.cursor(), environment.cursor_drawing),
      connected_at_(Clock::now()) {
  driver_ = std::make_shared<net::SessionDriver>(environment_.executor, std::move(stream), session_,
                                                 *this);
}

void Viewer::start() {
  logger_.debug("connection accepted");
  environment_.metrics.connections_total().increment();
  driver_->start();
}

void Viewer::close(Error reason) {
  is_closing_ = true;
  driver_->close_after_flush(std::move(reason));
}

ViewerFigures Viewer::figures() const {
  return {connected_at_, session_.stats().updates, driver_->bytes_out(), driver_->bytes_in(),
          driver_->round_trip()};
}

const image::Region& Viewer::wanted() const {
  const bool can_take =
      is_writable_ && !is_closing_ && !session_.is_update_open() && !geometry_waits_;
  return can_take ? wanted_ : kNothing;
}

void Viewer::begin_update(int rectangles, TimePoint now) {
  queue_news();
  session_.begin_update(rectangles);
  missing_rectangles_ = rectangles;
  corner_.reset();
  flow_.sent(now);
  requested_.clear();
  update_wanted();
  is_writable_ = false;
  update_began_ = now;
}

void Viewer::add_rectangle(const image::Rect& rect, const codec::Encoding& encoding,
                           SharedBytes payload) {
  if (is_closing_) return;
  const bool is_corner = rect.right() == screen_size_.width && rect.bottom() == screen_size_.height;
  if (is_corner && missing_rectangles_ > 1) {
    corner_ = {rect, &encoding, std::move(payload)};
    return;
  }
  send_rectangle(rect, encoding, std::move(payload));
  if (corner_ && missing_rectangles_ == 1) {
    send_rectangle(corner_->rect, *corner_->encoding, std::move(corner_->payload));
    corner_.reset();
  }
}

void Viewer::send_rectangle(const image::Rect& rect, const codec::Encoding& encoding,
                            SharedBytes payload) {
  --missing_rectangles_;
  const auto bytes = payload->size();
  session_.add_rectangle(rect, encoding, std::move(payload));
  environment_.metrics.framebuffer_rectangles_total().increment();
  environment_.metrics.encoding_bytes_total(encoding.name).increment(static_cast<double>(bytes));
  if (session_.is_update_open()) return;
  environment_.frames.reached(observe::LatencyMark::kEncoded);
  environment_.metrics.framebuffer_updates_total().increment();
  environment_.metrics.framebuffer_update_duration_seconds().set(
      seconds(Clock::now() - update_began_));
}

void Viewer::flush() {
  if (is_closing_) return;
  // A write for each unit would cost more than the units do with many viewers.
  if (session_.is_update_open() && session_.output().size_bytes() < kStreamedBytes) return;
  driver_->kick();
  environment_.frames.reached(observe::LatencyMark::kSent);
  count_bytes();
}

void Viewer::screen_resized(const screen::Screen& screen) {
  if (!session_.is_joined()) {  // it will be told when it joins
    session_.set_geometry(screen.size());
    sent_ = screen::SentCells(screen.grid());
    screen_size_ = screen.size();
    return;
  }
  const auto& known = session_.capabilities();
  if (!known.desktop_size && !known.extended_desktop_size) {
    return close(
        {ErrorCode::kUnsupported, fmt::format("the desktop changed its size to {}x{}, which this "
                                              "viewer cannot follow: connect again",
                                              screen.size().width, screen.size().height)});
  }
  // What was asked for stays asked for, in the new geometry.
  const auto bounds = image::Rect::of(screen.size());
  const bool wants_all = !requested_.is_empty() && requested_.covers(image::Rect::of(screen_size_));
  const auto before =
      std::exchange(requested_, wants_all ? image::Region(bounds) : image::Region());
  for (const auto& rect : before.rects()) requested_.add(rect.intersected(bounds));
  if (continuous_) continuous_ = bounds;
  update_wanted();
  sent_ = screen::SentCells(screen.grid());
  screen_size_ = screen.size();
  queue_geometry(callbacks_.resize_cause(*this), rfb::kResizeDone);
  send_pseudo_rectangles();
}

void Viewer::session_progressed() {
  environment_.frames.reached(observe::LatencyMark::kInputRead);
  bool has_input = false;
  for (const auto& event : session_.take_events()) {
    has_input = has_input || std::holds_alternative<rfb::KeyEvent>(event) ||
                std::holds_alternative<rfb::QemuKeyEvent>(event) ||
                std::holds_alternative<rfb::PointerEvent>(event);
    std::visit([this](const auto& known) { on(known); }, event);
  }
  // Injected before any output is composed; what it changes on the screen leaves at once.
  if (has_input) {
    environment_.input.flush();
    environment_.frames.reached(observe::LatencyMark::kInjected);
    flow_.input_came(Clock::now());
  }
  if (std::exchange(has_moved_pointer_, false))
    environment_.frames.pointer_moved(*this, environment_.input.position());
  send_pseudo_rectangles();
  count_bytes();
}

void Viewer::session_writable() {
  count_bytes();
  is_writable_ = true;
  send_pseudo_rectangles();
  if (!wanted_.is_empty()) environment_.frames.advance();
}

void Viewer::session_ended(const Error& reason) {
  const auto self = shared_from_this();
  is_closing_ = true;
  count_bytes();
  log_end(reason);
  environment_.input.forget(id_);
  if (session_.is_joined())
    environment_.metrics.connections_active().decrement();
  else
    environment_.metrics.connections_failed_total().increment();
  if (reason.code != ErrorCode::kClosed) environment_.metrics.errors_total(reason.code).increment();
  environment_.frames.remove(*this);
  callbacks_.ended(*this, reason);
}

void Viewer::on(const rfb::Joined& event) {
  is_view_only_ = event.is_view_only;
  is_shared_ = event.is_shared;
  logger_.info("viewer joined", {{"shared", event.is_shared}, {"view_only", event.is_view_only}});
  environment_.metrics.connections_active().increment();
  environment_.frames.add(shared_from_this());
  callbacks_.joined(*this);
}

// A viewer must not change its format while it waits for an update (RFC 6143, 7.5.1), since it
// cannot know from which rectangle on it counts. Ours does: from the next update on. One that is
// under way is finished in the format that it began in.
void Viewer::on(const rfb::SetPixelFormat& event) {
  profile_.format = event.format;
  cursor_news_.format_changed();
  logger_.debug("pixel format", {{"format", image::describe(event.format)}});
}

void Viewer::on(const rfb::SetEncodings& event) {
  const bool knew_geometry = knows_geometry_;
  profile_.encoding = session_.capabilities().encoding;
  knows_geometry_ = session_.capabilities().extended_desktop_size;
  if (knows_geometry_ && !knew_geometry) queue_geometry(ResizeCause::kServer, rfb::kResizeDone);
  show_leds(callbacks_.leds());
  cursor_news_.capabilities_changed(session_.capabilities());
  environment_.frames.pointer_followers_changed();
  logger_.debug("encodings",
                {{"offered", event.encodings.size()}, {"chosen", profile_.encoding->name}});
}

void Viewer::on(const rfb::UpdateRequest& event) {
  const auto rect = event.rect.intersected(image::Rect::of(environment_.frames.screen().size()));
  if (event.is_incremental && continuous_) return;  // it gets everything anyway
  requested_.add(rect);
  update_wanted();
  if (event.is_incremental) return;
  sent_.forget(rect);
  if (knows_geometry_ && !geometry_waits_) queue_geometry(ResizeCause::kServer, rfb::kResizeDone);
}

void Viewer::on(const rfb::KeyEvent& event) {
  if (!may_act()) return;
  environment_.metrics.key_events_total().increment();
  environment_.input.key(id_, event.keysym, event.is_down);
}

void Viewer::on(const rfb::PointerEvent& event) {
  if (!may_act()) return;
  environment_.metrics.pointer_events_total().increment();
  environment_.input.pointer(id_, event.position, event.buttons);
  has_moved_pointer_ = true;
}

void Viewer::on(const rfb::QemuKeyEvent& event) {
  if (!may_act()) return;
  environment_.metrics.key_events_total().increment();
  environment_.input.key(id_, event.keysym, event.is_down, event.scancode);
}

void Viewer::on(const rfb::CutText& event) {
  if (!is_view_only_) callbacks_.clipboard(*this, event);
}

void Viewer::on(const rfb::ClipboardCame& event) {
  if (!is_view_only_) callbacks_.clipboard(*this, event);
}

void Viewer::on(const rfb::ClipboardRefused& event) {
  if (!is_view_only_) callbacks_.clipboard(*this, event);
}

bool Viewer::can_take_clipboard() const {
  if (!session_.is_joined() || is_closing_ || is_view_only_) return false;
  if (session_.pending_bytes() <= kPendingTextMax) return true;
  logger_.warning("clipboard not sent: the viewer has not taken what it was sent before",
                  {{"pending_bytes", session_.pending_bytes()}});
  return false;
}

const rfb::ClipboardCaps* Viewer::clipboard_caps() const {
  return session_.capabilities().extended_clipboard ? &session_.clipboard_caps() : nullptr;
}

void Viewer::say_clipboard(const rfb::ClipboardMessage& message) {
  session_.say_clipboard(message);
  flush();
}

void Viewer::say_clipboard_body(ByteSpan body) {
  session_.say_clipboard_body(body);
  flush();
}

void Viewer::show_clipboard(ByteSpan latin1) {
  Bytes message;
  ByteWriter writer(message);
  rfb::write_server_cut_text(latin1, writer);
  session_.say(message);
  flush();
}

void Viewer::show_leds(std::uint8_t leds) {
  const auto& known = session_.capabilities();
  if (is_closing_ || (!known.qemu_led_state && !known.vmware_led_state)) return;
  Bytes rectangle;
  ByteWriter writer(rectangle);
  if (known.qemu_led_state)
    rfb::write_qemu_led_state(leds, writer);
  else
    rfb::write_vmware_led_state(leds, writer);
  queue_pseudo(rectangle);
  send_pseudo_rectangles();
}

void Viewer::on(const rfb::EnableContinuousUpdates& event) {
  const auto rect = event.rect.intersected(image::Rect::of(environment_.frames.screen().size()));
  continuous_ = event.is_enabled ? std::optional(rect) : std::nullopt;
  update_wanted();
}

void Viewer::update_wanted() {
  wanted_ = requested_;
  if (continuous_) wanted_.add(*continuous_);
}

void Viewer::on(const rfb::SetDesktopSize& event) {
  const auto answer = [this](std::uint16_t result) {
    queue_geometry(ResizeCause::kThisViewer, result);
    send_pseudo_rectangles();
  };
  if (!may_act()) return answer(rfb::kResizeProhibited);
  const bool is_one_screen = event.screens.size() == 1 &&
                             event.screens[0].rect == image::Rect::of(event.size) &&
                             !event.screens[0].rect.is_empty();
  const auto screens = callbacks_.screens();
  if (event.size == environment_.frames.screen().size() && has_layout(event.screens, screens))
    return answer(rfb::kResizeDone);
  if (!is_one_screen) return answer(rfb::kResizeInvalidLayout);
  if (!screens.empty()) {
    logger_.warning("resize refused",
                    {{"reason", fmt::format("the desktop has {} monitors", screens.size())}});
    return answer(rfb::kResizeProhibited);
  }
  screen_id_ = event.screens[0].id;
  if (event.size == environment_.frames.screen().size()) return answer(rfb::kResizeDone);
  callbacks_.resize(*this, event.size, [weak = weak_from_this(), answer](const Status& status) {
    const auto self = weak.lock();
    if (!self || self->is_closing_ || status)
      return;  // a new size is told to all by screen_resized
    self->logger_.warning("resize refused", {{"reason", status.error().message}});
    // Too large is what an admin forbids (--max-geometry).
    const auto code = status.error().code;
    const bool is_never = code == ErrorCode::kTooLarge || code == ErrorCode::kUnsupported;
    answer(is_never ? rfb::kResizeProhibited : rfb::kResizeOutOfResources);
  });
}

bool Viewer::may_act() { return !is_view_only_ && callbacks_.may_act(*this); }

void Viewer::queue_pseudo(ByteSpan rectangle) {
  if (session_.queue_pseudo_rectangle(rectangle)) return;
  close({ErrorCode::kTooLarge,
         fmt::format("{} pseudo-rectangles wait for a viewer that does not take them",
                     rfb::Limits{}.pseudo_rectangles_max)});
}

void Viewer::queue_geometry(ResizeCause cause, std::uint16_t result) {
  const auto size = environment_.frames.screen().size();
  const std::uint16_t reason = cause == ResizeCause::kServer       ? rfb::kResizedByServer
                               : cause == ResizeCause::kThisViewer ? rfb::kResizedByThisClient
                                                                   : rfb::kResizedByOtherClient;
  Bytes rectangle;
  ByteWriter writer(rectangle);
  if (session_.capabilities().extended_desktop_size) {
    auto screens = callbacks_.screens();
    if (screens.empty()) screens.push_back({screen_id_, image::Rect::of(size), 0});
    rfb::write_extended_desktop_size(size, screens, reason, result, writer);
  } else {
    rfb::write_desktop_size(size, writer);
  }
  queue_pseudo(rectangle);
  geometry_waits_ = true;
}

bool Viewer::has_news() const { return session_.has_pseudo_rectangles() || is_title_due(); }

// What waits is told as soon as an update is asked for: a new geometry alone, anything else with
// the pixels that are due (docs/decisions/0012).
void Viewer::send_pseudo_rectangles() {
  const bool is_asked_for = !wanted_.is_empty() || continuous_;
  if (!has_news() || !is_asked_for || !is_writable_ || is_closing_ || session_.is_update_open())
    return;
  if (geometry_waits_ || wanted_.is_empty()) {
    queue_news();
    send_without_pixels();
  } else {
    environment_.frames.advance();
  }
}

// Answers a request like any other update; what was asked for comes with the next. Two updates for
// one request would be allowed, but clients made with libvncclient may leave the second in their
// buffer. Who gets updates without requests reads all of them, and is still owed what it has asked
// for outside of their area.
void Viewer::send_without_pixels() {
  if (is_closing_ || !session_.has_pseudo_rectangles()) return;
  is_writable_ = false;
  geometry_waits_ = false;
  if (!continuous_) requested_.clear();
  update_wanted();
  session_.send_pseudo_update();
  driver_->kick();
}

void Viewer::queue_news() {
  if (is_title_due()) {
    told_title_ = title_;
    Bytes rectangle;
    ByteWriter writer(rectangle);
    rfb::write_desktop_name(title_, writer);
    queue_pseudo(rectangle);
  }
  for (const auto& rectangle : cursor_news_.take(profile_.format)) queue_pseudo(rectangle);
}

void Viewer::send_news(TimePoint now) {
  queue_news();
  flow_.sent(now);
  send_without_pixels();
}

void Viewer::screens_changed() {
  if (!session_.is_joined() || !knows_geometry_ || is_closing_) return;
  queue_geometry(ResizeCause::kServer, rfb::kResizeDone);
  send_pseudo_rectangles();
}

void Viewer::rename_desktop(std::string name) {
  title_ = std::move(name);
  if (!session_.is_joined()) {  // it will be told when it joins
    session_.set_name(title_);
    told_title_ = title_;
  }
  send_pseudo_rectangles();
}

// However often the title changes while a viewer takes nothing, it is told once.
bool Viewer::is_title_due() const {
  return title_ != told_title_ && session_.capabilities().desktop_name;
}

void Viewer::ring_bell() {
  if (!session_.is_joined() || is_closing_ || session_.pending_bytes() > kPendingTextMax) return;
  Bytes message;
  ByteWriter writer(message);
  rfb::write_bell(writer);
  session_.say(message);
  flush();
}

void Viewer::count_bytes() {
  const auto in = driver_->bytes_in(), out = driver_->bytes_out();
  environment_.metrics.bytes_received_total().increment(static_cast<double>(in - counted_in_));
  environment_.metrics.bytes_sent_total().increment(static_cast<double>(out - counted_out_));
  counted_in_ = in;
  counted_out_ = out;
}

void Viewer::log_end(const Error& reason) {
  const auto& stats = session_.stats();
  std::uint64_t rectangles = 0;
  std::string encodings;
  for (const auto& [name, one] : stats.encodings) {
    rectangles += one.rectangles;
    encodings +=
        fmt::format("{}{}: {} rectangles, {} bytes, {} pixels", encodings.empty() ? "" : "; ", name,
                    one.rectangles, one.bytes, one.pixels);
  }
  const observe::Field fields[] = {{"reason", reason.message},
                                   {"type", error_code_name(reason.code)},
                                   {"seconds", seconds(Clock::now() - connected_at_)},
                                   {"updates", stats.updates},
                                   {"rectangles", rectangles},
                                   {"encodings", encodings},
                                   {"bytes_sent", driver_->bytes_out()},
                                   {"bytes_received", driver_->bytes_in()}};
  const bool is_normal = reason.code == ErrorCode::kClosed && session_.is_joined();
  const auto level = is_normal                           ? observe::LogLevel::kInfo
                     : reason.code == ErrorCode::kClosed ? observe::LogLevel::kDebug
                                                         : observe::LogLevel::kWarning;
  logger_.log(level, session_.is_joined() ? "viewer left" : "connection ended", fields);
}

}  // namespace oriel::server
