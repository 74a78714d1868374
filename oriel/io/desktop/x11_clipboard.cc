#include "oriel/io/desktop/x11_clipboard.h"

#include <xcb/xcb.h>
#include <xcb/xfixes.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "oriel/core/clipboard/text.h"
#include "oriel/io/desktop/limits.h"

namespace oriel::desktop {
namespace {

constexpr std::string_view kAtomNames[] = {
    "CLIPBOARD",
    "TARGETS",
    "TIMESTAMP",
    "INCR",
    "UTF8_STRING",
    "TEXT",
    "text/plain;charset=utf-8",
    "text/plain",
    "text/html",
    "text/rtf",
    "application/rtf",
    "image/png",
};
// Several, used in turn, so that what comes late of one transfer is not taken for the next.
constexpr std::string_view kPropertyPrefix = "ORIEL_SELECTION_";

constexpr int kClipboard = 0;
constexpr int kPrimary = 1;

// How often it is looked for transfers that make no progress, while there are any.
constexpr auto kTick = kClipboardTimeout / 4;

constexpr char kEscape = '\x1b';

// Of type STRING, COMPOUND_TEXT or UTF8_STRING; the second only as far as it is Latin-1.
Result<Bytes> text_of(Bytes bytes, std::uint32_t type, std::uint32_t utf8_type) {
  const std::string_view raw = as_text(bytes);
  if (type != utf8_type && type != XCB_ATOM_STRING && raw.contains(kEscape)) {
    return fail(ErrorCode::kUnsupported, "the program gives its text only as compound text");
  }
  const std::string text =
      type == XCB_ATOM_STRING ? clipboard::latin1_to_utf8(raw) : clipboard::to_utf8(raw);
  return Bytes(text.begin(), text.end());
}

template <typename Atoms>
bool contains(const Atoms& atoms, std::uint32_t atom) {
  return std::ranges::find(atoms, atom) != std::ranges::end(atoms);
}

std::vector<std::uint32_t> atoms_in(const Bytes& bytes) {
  std::vector<std::uint32_t> atoms(bytes.size() / sizeof(std::uint32_t));
  std::copy_n(bytes.begin(), atoms.size() * sizeof(std::uint32_t),
              reinterpret_cast<std::uint8_t*>(atoms.data()));
  return atoms;
}

}  // namespace

struct X11Clipboard::Timer {
  explicit Timer(boost::asio::io_context& io) : timer(io) {}

  boost::asio::steady_timer timer;
  bool is_set = false;
  // Handlers and providers that answer after the end see that it has come.
  std::shared_ptr<bool> alive = std::make_shared<bool>(true);
};

X11Clipboard::X11Clipboard(X11Display& display,
                           std::move_only_function<void(ClipboardFormats)> changed)
    : display_(display),
      changed_(std::move(changed)),
      timer_(std::make_unique<Timer>(display.io())) {
  auto* connection = display_.connection();
  intern();
  selections_[kClipboard].atom = atom(kClipboardAtom);
  selections_[kPrimary].atom = XCB_ATOM_PRIMARY;
  window_ = xcb_generate_id(connection);
  const std::uint32_t mask = XCB_EVENT_MASK_PROPERTY_CHANGE;
  xcb_create_window(connection, XCB_COPY_FROM_PARENT, window_, display_.root(), -1, -1, 1, 1, 0,
                    XCB_WINDOW_CLASS_INPUT_ONLY, XCB_COPY_FROM_PARENT, XCB_CW_EVENT_MASK, &mask);
}

X11Clipboard::~X11Clipboard() {
  *timer_->alive = false;
  display_lost();
}

// All questions first: one round trip.
void X11Clipboard::intern() {
  auto* connection = display_.connection();
  std::array<xcb_intern_atom_cookie_t, kAtoms> cookies{};
  for (int i = 0; i < kAtoms; ++i) {
    const std::string name =
        i < kFirstProperty ? std::string(kAtomNames[i])
                           : std::string(kPropertyPrefix) + std::to_string(i - kFirstProperty);
    cookies[i] =
        xcb_intern_atom(connection, false, static_cast<std::uint16_t>(name.size()), name.data());
  }
  for (int i = 0; i < kAtoms; ++i) {
    auto* reply = xcb_intern_atom_reply(connection, cookies[i], nullptr);
    if (reply != nullptr) atoms_[i] = reply->atom;
    std::free(reply);
  }
}

X11Clipboard::Selection* X11Clipboard::find_selection(std::uint32_t atom) {
  const auto found = std::ranges::find(selections_, atom, &Selection::atom);
  return found == selections_.end() ? nullptr : &*found;
}

void X11Clipboard::select(ClipboardSelections selections) {
  if (display_.is_lost()) return;
  auto* connection = display_.connection();
  for (int i = 0; i < kSelections; ++i) {
    Selection& selection = selections_[i];
    const bool is_wanted = i == kClipboard ? selections.clipboard : selections.primary;
    if (is_wanted == selection.is_followed) continue;
    if (!is_wanted) {
      if (selection.is_ours) claim(selection, XCB_NONE);
      xcb_xfixes_select_selection_input(connection, window_, selection.atom, 0);
      selection = {.atom = selection.atom};
      continue;
    }
    selection.is_followed = true;
    xcb_xfixes_select_selection_input(connection, window_, selection.atom,
                                      XCB_XFIXES_SELECTION_EVENT_MASK_SET_SELECTION_OWNER |
                                          XCB_XFIXES_SELECTION_EVENT_MASK_SELECTION_WINDOW_DESTROY |
                                          XCB_XFIXES_SELECTION_EVENT_MASK_SELECTION_CLIENT_CLOSE);
    if (provider_) {
      claim(selection, window_);
      continue;
    }
    // What was copied before.
    display_.expect_reply(
        xcb_get_selection_owner(connection, selection.atom).sequence,
        [this, i](X11Display::OwnedReply data) {
          const auto* reply = static_cast<const xcb_get_selection_owner_reply_t*>(data.get());
          if (reply == nullptr || reply->owner == XCB_NONE || reply->owner == window_) return;
          if (selections_[i].changed_at == XCB_CURRENT_TIME) ask_targets(i);
        });
  }
  display_.flush();
}

void X11Clipboard::take_event(const void* event, SelectionEvent kind) {
  switch (kind) {
    case SelectionEvent::kOwner:
      return owner_changed(event);
    case SelectionEvent::kNotify:
      return selection_notified(event);
    case SelectionEvent::kProperty:
      return property_changed(event);
    case SelectionEvent::kRequest:
      return paste_requested(event);
    case SelectionEvent::kClear:
      return;  // XFIXES says it too
  }
}

void X11Clipboard::display_lost() {
  const auto alive = timer_->alive;
  auto readings = std::exchange(readings_, {});
  asked_.clear();
  pastes_.clear();
  provider_.reset();
  for (Reading& reading : readings) {
    reading.done(fail(ErrorCode::kClosed, "the desktop of the clipboard has gone"));
  }
}

// --- What programs copy -------------------------------------------------------------------------

void X11Clipboard::owner_changed(const void* data) {
  const auto* event = static_cast<const xcb_xfixes_selection_notify_event_t*>(data);
  Selection* selection = find_selection(event->selection);
  if (selection == nullptr || !selection->is_followed) return;
  if (!selection->claims.empty()) {
    // Anything else is older than our own doing, and has had its day.
    if (selection->claims.front() != event->owner) return;
    selection->claims.pop_front();
    selection->changed_at = event->selection_timestamp;
    return;
  }
  selection->is_ours = false;
  selection->changed_at = event->timestamp;
  selection->targets.clear();
  if (std::ranges::none_of(selections_, &Selection::is_ours)) provider_.reset();
  newest_ = static_cast<int>(selection - selections_.data());
  if (event->owner == XCB_NONE) return changed_({});
  ask_targets(newest_);
}

void X11Clipboard::ask_targets(int selection) {
  read({.selection = selection,
        .targets = {atom(kTargets)},
        .done = [this, selection, asked_at = selections_[selection].changed_at](
                    Result<Bytes> atoms) { take_targets(selection, asked_at, atoms); }});
}

void X11Clipboard::take_targets(int number, std::uint32_t asked_at, const Result<Bytes>& atoms) {
  Selection& selection = selections_[number];
  if (selection.is_ours || !selection.is_followed || selection.changed_at != asked_at) return;
  if (atoms) {
    selection.targets = atoms_in(*atoms);
  } else if (atoms.error().code == ErrorCode::kRefused) {
    selection.targets = {atom(kUtf8String), XCB_ATOM_STRING};  // an old program
  } else {
    return;  // a dead one
  }
  newest_ = number;
  changed_(formats_of(selection.targets));
}

std::vector<std::uint32_t> X11Clipboard::targets_of(ClipboardFormat format) const {
  switch (format) {
    case ClipboardFormat::kText:
      return {atom(kUtf8String), atom(kPlainUtf8), XCB_ATOM_STRING, atom(kText), atom(kPlain)};
    case ClipboardFormat::kRtf:
      return {atom(kRtf), atom(kApplicationRtf)};
    case ClipboardFormat::kHtml:
      return {atom(kHtml)};
    case ClipboardFormat::kPng:
      return {atom(kPng)};
  }
  return {};
}

std::optional<ClipboardFormat> X11Clipboard::format_of(std::uint32_t target) const {
  for (int i = 0; i < kClipboardFormats; ++i) {
    const auto format = static_cast<ClipboardFormat>(i);
    if (contains(targets_of(format), target)) return format;
  }
  return std::nullopt;
}

ClipboardFormats X11Clipboard::formats_of(const std::vector<std::uint32_t>& targets) const {
  ClipboardFormats formats;
  for (const std::uint32_t target : targets) {
    if (const auto format = format_of(target)) formats.insert(*format);
  }
  return formats;
}

void X11Clipboard::request(ClipboardFormat format, ClipboardDone done) {
  const Selection& selection = selections_[newest_];
  if (display_.is_lost() || !selection.is_followed || selection.is_ours) {
    return done(fail(ErrorCode::kUnavailable, "no program on the desktop has copied anything"));
  }
  auto targets = targets_of(format);
  // As long as the owner has not said what it has, all are tried.
  if (!selection.targets.empty()) {
    std::erase_if(targets,
                  [&](std::uint32_t target) { return !contains(selection.targets, target); });
  }
  if (targets.empty()) {
    return done(fail(ErrorCode::kUnavailable, "what was copied is not there in this format"));
  }
  read({.selection = newest_,
        .targets = std::move(targets),
        .done = std::move(done),
        .is_text = format == ClipboardFormat::kText});
}

void X11Clipboard::read(Reading reading) {
  if (readings_.size() >= kMaxClipboardRequests) {
    return reading.done(fail(ErrorCode::kTooLarge, "too many requests of the clipboard at a time"));
  }
  readings_.push_back(std::move(reading));
  if (readings_.size() == 1) start_reading();
}

void X11Clipboard::start_reading() {
  Reading& reading = readings_.front();
  reading.is_started = true;
  reading.property = atoms_[kFirstProperty + next_property_];
  next_property_ = (next_property_ + 1) % kProperties;
  convert();
}

void X11Clipboard::convert() {
  const Reading& reading = readings_.front();
  const Selection& selection = selections_[reading.selection];
  xcb_convert_selection(display_.connection(), window_, selection.atom, reading.targets.front(),
                        reading.property, selection.changed_at);
  display_.flush();
  reading_deadline_ = Clock::now() + kClipboardTimeout;
  set_timer();
}

void X11Clipboard::selection_notified(const void* data) {
  const auto* event = static_cast<const xcb_selection_notify_event_t*>(data);
  if (readings_.empty() || event->requestor != window_) return;
  Reading& reading = readings_.front();
  if (reading.is_answered || event->target != reading.targets.front()) return;
  if (event->property == reading.property) {
    reading.is_answered = true;
    return fetch(0);
  }
  if (event->property != XCB_NONE) return;  // of one that was given up
  reading.targets.erase(reading.targets.begin());
  if (!reading.targets.empty()) return convert();
  finish_reading(fail(ErrorCode::kRefused, "the program that has copied refuses to give it"));
}

void X11Clipboard::property_changed(const void* data) {
  const auto* event = static_cast<const xcb_property_notify_event_t*>(data);
  const bool is_deleted = event->state == XCB_PROPERTY_DELETE;
  if (event->window != window_) {
    if (!is_deleted) return;
    const auto paste = std::ranges::find_if(pastes_, [event](const Paste& candidate) {
      return candidate.requestor == event->window && candidate.property == event->atom;
    });
    if (paste != pastes_.end()) continue_paste(paste);
    return;
  }
  if (is_deleted) return;
  if (readings_.empty() || event->atom != readings_.front().property) {
    // The rest of a transfer that was given up: nobody else would free it.
    if (contains(atoms_, event->atom)) {
      xcb_delete_property(display_.connection(), window_, event->atom);
      display_.flush();
    }
    return;
  }
  Reading& reading = readings_.front();
  if (!reading.is_answered) return;  // SelectionNotify comes next
  if (reading.is_fetching) {
    reading.is_news_waiting = true;
  } else if (reading.is_incremental) {
    fetch(0);
  }
}

// The property is deleted with its last piece, which asks the owner for more.
void X11Clipboard::fetch(std::uint32_t offset_words) {
  Reading& reading = readings_.front();
  reading.is_fetching = true;
  reading_deadline_ = Clock::now() + kClipboardTimeout;
  const auto cookie =
      xcb_get_property(display_.connection(), true, window_, reading.property, XCB_ATOM_ANY,
                       offset_words, kClipboardReadBytes / sizeof(std::uint32_t));
  display_.expect_reply(cookie.sequence, [this, offset_words, property = reading.property](
                                             X11Display::OwnedReply reply) {
    if (readings_.empty() || readings_.front().property != property) return;
    take_piece(reply.get(), offset_words);
  });
  display_.flush();
}

void X11Clipboard::take_piece(const void* data, std::uint32_t offset_words) {
  const auto* reply = static_cast<const xcb_get_property_reply_t*>(data);
  if (reply == nullptr) return finish_reading(fail(ErrorCode::kClosed, "the desktop has gone"));
  Reading& reading = readings_.front();
  reading.is_fetching = false;
  const auto size = static_cast<std::size_t>(xcb_get_property_value_length(reply));
  const auto* value = static_cast<const std::uint8_t*>(xcb_get_property_value(reply));
  const bool is_announcement = reply->type == atom(kIncr) && !reading.is_incremental;
  if (is_announcement) {
    reading.is_incremental = true;  // its lower bound of the size is not to be relied on
  } else {
    if (reading.bytes.size() + size + reply->bytes_after > kMaxClipboardBytes) {
      xcb_delete_property(display_.connection(), window_, reading.property);
      display_.flush();
      return finish_reading(
          fail(ErrorCode::kTooLarge,
               "what was copied is larger than " + std::to_string(kMaxClipboardBytes) + " bytes"));
    }
    reading.type = reply->type;
    reading.bytes.insert(reading.bytes.end(), value, value + size);
    if (reply->bytes_after > 0) {
      return fetch(offset_words + static_cast<std::uint32_t>(size / sizeof(std::uint32_t)));
    }
    const bool is_end = !reading.is_incremental || (offset_words == 0 && size == 0);
    if (is_end) return finish_reading({});
  }
  if (std::exchange(reading.is_news_waiting, false)) fetch(0);
}

void X11Clipboard::finish_reading(Status status) {
  Reading reading = std::move(readings_.front());
  readings_.pop_front();
  const auto alive = timer_->alive;
  if (!status) {
    reading.done(std::unexpected(status.error()));
  } else if (reading.is_text) {
    reading.done(text_of(std::move(reading.bytes), reading.type, atom(kUtf8String)));
  } else {
    reading.done(std::move(reading.bytes));
  }
  if (*alive && !readings_.empty() && !readings_.front().is_started) start_reading();
}

// --- What viewers have --------------------------------------------------------------------------

void X11Clipboard::offer(ClipboardFormats formats, ClipboardProvider provider) {
  if (display_.is_lost()) return;
  offered_ = formats;
  provider_ = std::make_shared<ClipboardProvider>(std::move(provider));
  for (Selection& selection : selections_) {
    if (selection.is_followed) claim(selection, window_);
  }
  display_.flush();
}

void X11Clipboard::withdraw() {
  provider_.reset();
  if (display_.is_lost()) return;
  for (Selection& selection : selections_) {
    if (selection.is_ours) claim(selection, XCB_NONE);
  }
  display_.flush();
}

void X11Clipboard::claim(Selection& selection, std::uint32_t owner) {
  selection.is_ours = owner == window_;
  selection.targets.clear();
  if (selection.is_followed) selection.claims.push_back(owner);
  xcb_set_selection_owner(display_.connection(), owner, selection.atom, XCB_CURRENT_TIME);
}

void X11Clipboard::paste_requested(const void* data) {
  const auto* event = static_cast<const xcb_selection_request_event_t*>(data);
  Paste paste{.requestor = event->requestor,
              .selection = event->selection,
              .target = event->target,
              // An old program leaves the choice to the owner (ICCCM, section 2.2).
              .property = event->property != XCB_NONE ? event->property : event->target,
              .time = event->time,
              .deadline = Clock::now() + kClipboardTimeout};
  forget_pastes(paste.requestor, paste.property);
  const Selection* selection = find_selection(paste.selection);
  const bool is_ours = selection != nullptr && selection->is_ours && provider_;
  if (!is_ours || paste.requestor == window_ || paste.requestor == display_.root()) {
    return answer(paste, Answer::kRefused);
  }
  if (paste.target == atom(kTargets)) {
    std::vector<std::uint32_t> atoms{atom(kTargets), atom(kTimestamp)};
    for (int i = 0; i < kClipboardFormats; ++i) {
      const auto format = static_cast<ClipboardFormat>(i);
      if (!offered_.contains(format)) continue;
      for (const std::uint32_t target : targets_of(format)) atoms.push_back(target);
    }
    return answer_words(paste, XCB_ATOM_ATOM, atoms);
  }
  if (paste.target == atom(kTimestamp)) {
    return answer_words(paste, XCB_ATOM_INTEGER, {selection->changed_at});
  }
  const auto format = format_of(paste.target);
  if (!format || !offered_.contains(*format) ||
      asked_.size() + pastes_.size() >= kMaxClipboardPastes) {
    return answer(paste, Answer::kRefused);
  }
  const std::uint64_t id = next_id_++;
  asked_.emplace(id, std::move(paste));
  set_timer();
  const auto provider = provider_;
  (*provider)(*format, [this, id, alive = timer_->alive](Result<Bytes> bytes) {
    if (*alive) provided(id, std::move(bytes));
  });
}

void X11Clipboard::provided(std::uint64_t id, Result<Bytes> bytes) {
  const auto found = asked_.find(id);
  if (found == asked_.end()) return;  // too late
  Paste paste = std::move(found->second);
  asked_.erase(found);
  if (!bytes || bytes->size() > kMaxClipboardBytes) return answer(paste, Answer::kRefused);
  paste.bytes = std::move(*bytes);
  paste.type = paste.target == atom(kText) ? atom(kUtf8String) : paste.target;
  if (paste.target == XCB_ATOM_STRING) {
    const std::string latin1 = clipboard::utf8_to_latin1(as_text(paste.bytes));
    paste.bytes.assign(latin1.begin(), latin1.end());
  }
  auto* connection = display_.connection();
  if (paste.bytes.size() <= kClipboardChunkBytes) {
    xcb_change_property(connection, XCB_PROP_MODE_REPLACE, paste.requestor, paste.property,
                        paste.type, 8, static_cast<std::uint32_t>(paste.bytes.size()),
                        paste.bytes.data());
    return answer(paste, Answer::kGiven);
  }
  const auto size = static_cast<std::uint32_t>(paste.bytes.size());
  watch(paste.requestor, XCB_EVENT_MASK_PROPERTY_CHANGE);
  xcb_change_property(connection, XCB_PROP_MODE_REPLACE, paste.requestor, paste.property,
                      atom(kIncr), 32, 1, &size);
  answer(paste, Answer::kGiven);
  paste.deadline = Clock::now() + kClipboardTimeout;
  pastes_.push_back(std::move(paste));
  set_timer();
}

// The requestor has deleted the piece before: the next one, an empty one at the end.
void X11Clipboard::continue_paste(Pastes::iterator paste) {
  if (paste->is_last_sent) return end_paste(paste);
  const std::size_t size = std::min(kClipboardChunkBytes, paste->bytes.size() - paste->sent);
  xcb_change_property(display_.connection(), XCB_PROP_MODE_REPLACE, paste->requestor,
                      paste->property, paste->type, 8, static_cast<std::uint32_t>(size),
                      paste->bytes.data() + paste->sent);
  display_.flush();
  paste->sent += size;
  paste->is_last_sent = size == 0;
  paste->deadline = Clock::now() + kClipboardTimeout;
}

// Who asks anew for the same property of the same window has nothing to do with what was asked
// before: the program died, and the X server gave its window's number to another. The pieces of the
// one would be taken for those of the other.
void X11Clipboard::forget_pastes(std::uint32_t requestor, std::uint32_t property) {
  const auto is_same = [&](const Paste& paste) {
    return paste.requestor == requestor && paste.property == property;
  };
  std::erase_if(pastes_, is_same);
  std::erase_if(asked_, [&](const auto& entry) { return is_same(entry.second); });
}

void X11Clipboard::end_paste(Pastes::iterator paste) {
  const std::uint32_t requestor = paste->requestor;
  pastes_.erase(paste);
  if (std::ranges::find(pastes_, requestor, &Paste::requestor) != pastes_.end()) return;
  watch(requestor, 0);
  display_.flush();
}

// Of a window of others; an error, when it has gone, is not heard.
void X11Clipboard::watch(std::uint32_t window, std::uint32_t event_mask) {
  xcb_change_window_attributes(display_.connection(), window, XCB_CW_EVENT_MASK, &event_mask);
}

void X11Clipboard::answer(const Paste& paste, Answer answer) {
  xcb_selection_notify_event_t event{};
  event.response_type = XCB_SELECTION_NOTIFY;
  event.time = paste.time;
  event.requestor = paste.requestor;
  event.selection = paste.selection;
  event.target = paste.target;
  event.property = answer == Answer::kGiven ? paste.property : XCB_NONE;
  // Events are 32 bytes on the wire, this one is shorter.
  std::array<char, 32> wire{};
  std::copy_n(reinterpret_cast<const char*>(&event), sizeof event, wire.data());
  xcb_send_event(display_.connection(), false, paste.requestor, XCB_EVENT_MASK_NO_EVENT,
                 wire.data());
  display_.flush();
}

void X11Clipboard::answer_words(const Paste& paste, std::uint32_t type,
                                const std::vector<std::uint32_t>& words) {
  xcb_change_property(display_.connection(), XCB_PROP_MODE_REPLACE, paste.requestor, paste.property,
                      type, 32, static_cast<std::uint32_t>(words.size()), words.data());
  answer(paste, Answer::kGiven);
}

// --- Time ---------------------------------------------------------------------------------------

void X11Clipboard::set_timer() {
  if (timer_->is_set || (readings_.empty() && asked_.empty() && pastes_.empty())) return;
  timer_->is_set = true;
  timer_->timer.expires_after(kTick);
  timer_->timer.async_wait([this, alive = timer_->alive](const boost::system::error_code& error) {
    if (!*alive || error) return;
    timer_->is_set = false;
    time_passed();
  });
}

void X11Clipboard::time_passed() {
  const TimePoint now = Clock::now();
  std::erase_if(asked_, [&](const auto& entry) {
    if (entry.second.deadline > now) return false;
    answer(entry.second, Answer::kRefused);
    return true;
  });
  for (auto paste = pastes_.begin(); paste != pastes_.end();) {
    const auto late = paste++;
    if (late->deadline <= now) end_paste(late);
  }
  const auto alive = timer_->alive;
  if (!readings_.empty() && reading_deadline_ <= now) {
    finish_reading(
        fail(ErrorCode::kTimeout, "the program that has copied does not answer the clipboard"));
  }
  if (*alive) set_timer();
}

}  // namespace oriel::desktop
