#include "oriel/app/web/event_hub.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>
#include <variant>

#include "oriel/app/api/control_document.h"
#include "oriel/app/api/viewer_document.h"
#include "oriel/app/config/setting_value.h"
#include "oriel/app/observe/escape.h"
#include "oriel/app/web/limits.h"
#include "oriel/base/version.h"
#include "oriel/core/screen/sent_cells.h"

namespace oriel::web {

namespace json = boost::json;

const EventHub::KindRow EventHub::kKinds[] = {
    {"hello", kHello, api::Role::kView, true},
    {"viewer_joined", kViewerJoined, api::Role::kView, true},
    {"viewer_left", kViewerLeft, api::Role::kView, true},
    {"resized", kResized, api::Role::kView, true},
    {"damage", kDamage, api::Role::kView, false},
    {"clipboard", kClipboard, api::Role::kClipboard, true},
    {"control", kControl, api::Role::kView, true},
    {"desktop", kDesktop, api::Role::kView, true},
    {"message", kMessage, api::Role::kView, true},
    {"viewers", kViewers, api::Role::kAdmin, false},
    {"log", kLog, api::Role::kAdmin, false},
};

namespace {

// Lines of the log that a new reader gets at once.
constexpr std::uint64_t kFirstLogLines = 200;

json::value log_document(const observe::LogRecord& record) {
  json::object fields;
  for (const auto* pairs : {&record.context, &record.fields})
    for (const auto& [key, value] : *pairs)
      std::visit([&](const auto& each) { fields[key] = each; }, value);
  const auto ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(record.time.time_since_epoch()).count();
  return {{"time_ms", ms},
          {"level", config::log_level_name(record.level)},
          {"id", record.id},
          {"message", record.message},
          {"fields", std::move(fields)}};
}

}  // namespace

EventHub::EventHub(boost::asio::any_io_executor executor, server::EventBus& events,
                   const api::Backend& backend, const observe::LogTail* log)
    : executor_(std::move(executor)),
      events_(events),
      backend_(backend),
      log_(log),
      subscription_(events.subscribe([this](const auto& event) { take(event); })),
      timer_(executor_) {}

EventHub::~EventHub() {
  is_alive_.reset();
  if (frames_ != nullptr) frames_->on_damaged(nullptr);
  events_.unsubscribe(subscription_);
  for (auto& [id, listener] : listeners_) listener.stream->end();
}

void EventHub::watch(server::FramePipeline& frames) {
  frames_ = &frames;
  frames.on_damaged([this] {
    if (!is_anyone(kDamage)) return;
    is_damaged_ = true;
    set_timer();
  });
}

Result<std::uint16_t> EventHub::kinds_of(const api::EventsRequest& request) const {
  std::uint16_t kinds = 0;
  if (request.types.empty())
    for (const auto& row : kKinds)
      if (row.is_default && request.roles.contains(row.role)) kinds |= row.kind;
  for (const auto& name : request.types) {
    const auto found = std::ranges::find(kKinds, std::string_view(name), &KindRow::name);
    if (found == std::end(kKinds))
      return fail(ErrorCode::kInvalid, fmt::format("there are no events of the kind \"{}\"", name));
    if (!request.roles.contains(found->role))
      return fail(ErrorCode::kRefused, fmt::format("events of the kind {} need the role {}", name,
                                                   api::role_name(found->role)));
    kinds |= found->kind;
  }
  return kinds;
}

Result<std::shared_ptr<net::HttpBodyStream>> EventHub::subscribe(
    const api::EventsRequest& request) {
  ORIEL_TRY(const auto kinds, kinds_of(request));
  if (listeners_.size() >= kListenersMax)
    return fail(ErrorCode::kTooLarge, fmt::format("{} programs listen already", kListenersMax));
  const auto id = ++last_id_;
  auto stream = std::make_shared<net::HttpBodyStream>(executor_, kListenerBytesMax);
  stream->on_gone([this, alive = std::weak_ptr(is_alive_), id] {
    if (alive.lock()) listeners_.erase(id);
  });
  auto& listener = listeners_[id];
  listener = {.stream = stream, .kinds = kinds, .tag = request.tag};
  if (frames_ != nullptr) listener.told = frames_->screen().generation();
  // The desktop speaks up once; until somebody looks, it says no more.
  if (kinds & kDamage) is_damaged_ = frames_ != nullptr;
  send(listener, kHello, hello());
  if (kinds & kViewers) send(listener, kViewers, api::viewers_document(backend_.viewers()));
  if (kinds & kControl) send(listener, kControl, api::control_document(backend_.desktop().control));
  if ((kinds & kLog) && log_ != nullptr) {
    const auto count = log_->count();
    listener.log_lines = count - std::min(count, kFirstLogLines);
    send_log(listener);
  }
  set_timer();
  return stream;
}

bool EventHub::tell(std::string_view tag, std::string_view text) {
  bool is_told = false;
  for (auto& [id, listener] : listeners_) {
    if (tag.empty() || listener.tag != tag || !(listener.kinds & kMessage)) continue;
    send(listener, kMessage,
         {{"text", json::string_view(text.data(), text.size())}, {"from", "admin"}});
    is_told = true;
  }
  return is_told;
}

json::value EventHub::hello() const {
  const auto desktop = backend_.desktop();
  return {{"version", kVersion}, {"name", desktop.name}, {"generation", desktop.generation}};
}

void EventHub::take(const server::HappenedEvent& event) {
  if (listeners_.empty()) return;
  struct Teller {
    EventHub& hub;
    void operator()(const server::ViewerJoined& joined) const {
      hub.send_all(kViewerJoined, {{"viewer", joined.viewer},
                                   {"peer", joined.peer},
                                   {"tag", joined.tag},
                                   {"view_only", joined.is_view_only}});
    }
    void operator()(const server::ViewerLeft& left) const {
      hub.send_all(kViewerLeft, {{"viewer", left.viewer}, {"reason", left.reason}});
    }
    void operator()(const server::DesktopResized& resized) const {
      hub.send_all(kResized, {{"width", resized.size.width}, {"height", resized.size.height}});
    }
    void operator()(const server::ControlChanged&) const {
      hub.send_all(kControl, api::control_document(hub.backend_.desktop().control));
    }
    void operator()(const server::ClipboardChanged& changed) const {
      hub.send_all(kClipboard, {{"by", changed.is_by_viewer ? "viewer" : "desktop"}});
    }
    void operator()(const server::DesktopLost& lost) const {
      hub.send_all(kDesktop, {{"state", "lost"}, {"message", lost.reason}});
    }
    void operator()(const server::DesktopFound&) const {
      hub.send_all(kDesktop, {{"state", "ok"}, {"message", ""}});
    }
  };
  std::visit(Teller{*this}, event);
}

void EventHub::send(Listener& listener, Kind kind, const json::value& data) {
  const auto* row = std::ranges::find(kKinds, kind, &KindRow::kind);
  listener.stream->push(fmt::format("id: {}\nevent: {}\ndata: {}\n\n", ++listener.sent, row->name,
                                    observe::valid_utf8(json::serialize(data))));
}

void EventHub::send_all(Kind kind, const json::value& data) {
  for (auto& [id, listener] : listeners_)
    if (listener.kinds & kind) send(listener, kind, data);
}

bool EventHub::is_anyone(std::uint16_t kinds) const {
  return std::ranges::any_of(
      listeners_, [kinds](const auto& each) { return (each.second.kinds & kinds) != 0; });
}

json::value EventHub::damage_since(screen::Generation told) const {
  const auto& screen = frames_->screen();
  const auto whole = image::Rect::of(screen.size());
  std::vector<image::Rect> boxes{whole};
  if (told >= screen.first_generation())
    boxes = screen::SentCells(screen.grid(), told).lacking(screen, image::Region(whole));
  if (boxes.size() > kBoxesMax) {
    image::Rect bounds;
    for (const auto& box : boxes) bounds = bounds.united(box);
    boxes = {bounds};
  }
  json::array list;
  for (const auto& box : boxes) list.push_back(json::array{box.x, box.y, box.width, box.height});
  return {{"generation", screen.generation()}, {"boxes", std::move(list)}};
}

void EventHub::send_log(Listener& listener) {
  const auto count = log_->count();
  for (const auto& record : log_->since(listener.log_lines))
    send(listener, kLog, log_document(record));
  listener.log_lines = count;
}

void EventHub::tell_damage() {
  const auto generation = frames_->screen().generation();
  for (auto& [id, listener] : listeners_) {
    if (!(listener.kinds & kDamage) || listener.told == generation) continue;
    send(listener, kDamage, damage_since(listener.told));
    listener.told = generation;
  }
}

// What is due at intervals. One timer for all: it runs only while somebody listens.
void EventHub::tick() {
  const auto now = Clock::now();
  const auto is_due = [now](TimePoint& next, Duration interval) {
    if (next > now) return false;
    next = now + interval;
    return true;
  };
  if (is_damaged_ && is_due(next_damage_, kDamageInterval)) {
    is_damaged_ = false;
    frames_->refresh([this, alive = std::weak_ptr(is_alive_)](const Status& status) {
      if (status && alive.lock()) tell_damage();
    });
  }
  if (is_anyone(kViewers) && is_due(next_viewers_, kViewersInterval))
    send_all(kViewers, api::viewers_document(backend_.viewers()));
  if (log_ != nullptr && is_anyone(kLog) && is_due(next_log_, kLogInterval))
    for (auto& [id, listener] : listeners_)
      if (listener.kinds & kLog) send_log(listener);
  if (is_due(next_keep_alive_, kKeepAlive))
    for (auto& [id, listener] : listeners_) listener.stream->push(": keep-alive\n\n");
}

void EventHub::set_timer() {
  if (listeners_.empty()) return;
  auto next = next_keep_alive_;
  if (is_damaged_) next = std::min(next, next_damage_);
  if (is_anyone(kViewers)) next = std::min(next, next_viewers_);
  if (is_anyone(kLog)) next = std::min(next, next_log_);
  if (is_timer_set_ && timer_.expiry() <= next) return;
  is_timer_set_ = true;
  timer_.expires_at(next);
  timer_.async_wait(
      [this, alive = std::weak_ptr(is_alive_)](const boost::system::error_code& error) {
        if (error || !alive.lock()) return;
        is_timer_set_ = false;
        tick();
        set_timer();
      });
}

}  // namespace oriel::web
