#include "oriel/app/server/clipboard_hub.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "oriel/app/server/limits.h"
#include "oriel/core/clipboard/text.h"
#include "oriel/io/desktop/clipboard_formats.h"

namespace oriel::server {
namespace {

using desktop::ClipboardFormat;
using desktop::desktop_formats;

constexpr rfb::FormatBits kTextBit = clipboard::format_bit(clipboard::Format::kText);
constexpr const char* kGivesNone = "this server gives no clipboard (--clipboard-out=false)";
// Of provide messages that are kept written; viewers differ in few sets of formats.
constexpr std::size_t kBodiesMax = 2;

bool is_inside(desktop::ClipboardFormats formats, desktop::ClipboardFormats all) {
  return std::ranges::all_of(each(formats), [&](auto format) { return all.contains(format); });
}

// Whether a conversion of so many bytes would hold up others that share the thread.
bool is_slow(ClipboardFormat format, std::size_t bytes) {
  return format == ClipboardFormat::kPng || bytes > kClipboardInlineBytes;
}

// What a viewer without the extended clipboard makes of it.
std::string as_latin1(const Bytes& text) { return clipboard::utf8_to_latin1(as_text(text)); }

// Of the text on the wire: with CRLF and NUL.
std::size_t wire_size(const Bytes& text) {
  return text.size() + static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
}

}  // namespace

ClipboardHub::ClipboardHub(boost::asio::any_io_executor executor, desktop::Clipboard* desktop,
                           ClipboardHubConfig config, observe::Logger logger)
    : executor_(std::move(executor)),
      desktop_(desktop),
      config_(std::move(config)),
      logger_(std::move(logger)),
      record_(config_.record),
      background_(executor_) {}

ClipboardHub::~ClipboardHub() { *is_alive_ = false; }

rfb::ClipboardCaps ClipboardHub::caps(bool takes, bool gives) {
  auto caps = rfb::server_clipboard_caps();
  if (!takes) caps.actions &= ~(rfb::kClipboardNotify | rfb::kClipboardProvide);
  if (!gives) caps.actions &= ~(rfb::kClipboardRequest | rfb::kClipboardPeek);
  if (caps.actions == 0) caps.formats = 0;
  return caps;
}

void ClipboardHub::add(ClipboardPeer& peer) { peers_[peer.id()].viewer = &peer; }

// What was fetched from a viewer that leaves can still be pasted.
void ClipboardHub::remove(ViewerId viewer) {
  if (peers_.erase(viewer) == 0) return;
  fail_asks(viewer, {ErrorCode::kClosed, "the viewer that has copied it has left"});
  if (offer_.holder != Holder::kViewer || offer_.viewer != viewer) return;
  Formats kept;
  for (const auto& [format, bytes] : offer_.contents) kept.insert(format);
  if (kept == offer_.formats) {
    offer_.holder = Holder::kNobody;
    return;
  }
  replace_offer({.formats = kept, .contents = offer_.contents});
  offer_to_desktop();
  announce();
}

ClipboardHub::Peer* ClipboardHub::find(ViewerId viewer) {
  const auto found = peers_.find(viewer);
  return found == peers_.end() ? nullptr : &found->second;
}

bool ClipboardHub::is_own(const Peer& peer) const {
  return offer_.holder == Holder::kViewer && offer_.viewer == peer.viewer->id();
}

// --- What is said -------------------------------------------------------------------------------

void ClipboardHub::desktop_changed(Formats formats) {
  logger_.debug("the desktop has another clipboard",
                {{"has_text", formats.contains(Format::kText)}});
  record_.announce_server(wire_bits(formats), Clock::now());
  replace_offer({.holder = Holder::kDesktop, .formats = formats});
  for (auto& [id, peer] : peers_) peer.reflexes = 0;
  announce();
  config_.changed(false);
  if (config_.record.history_entries > 0) read(Format::kText, [](const auto&) {});
}

void ClipboardHub::viewer_said(ViewerId viewer, const rfb::CutTextEvent& event) {
  Peer* peer = find(viewer);
  if (peer != nullptr) std::visit([&](const auto& known) { on(*peer, known); }, event);
}

void ClipboardHub::on(Peer& peer, const rfb::CutText& event) {
  if (!may_claim(peer, event)) return;
  auto text = within_limit(Format::kText, *from_wire(Format::kText, event.text));
  if (!text) return refuse(peer, text.error());
  if (is_known(peer, **text)) return;
  claim(peer, {Format::kText}, {{Format::kText, *text}});
}

void ClipboardHub::on(Peer& peer, const rfb::ClipboardCame& event) {
  std::visit([&](const auto& known) { on(peer, known); }, event.message);
}

void ClipboardHub::on(Peer& peer, const rfb::ClipboardRefused& event) {
  const Error error{ErrorCode::kTooLarge, event.reason};
  refuse(peer, error);
  fail_asks(peer.viewer->id(), error);
}

void ClipboardHub::refuse(const Peer& peer, const Error& error) const {
  logger_.warning("what a viewer has copied is not taken",
                  {{"viewer", peer.viewer->id()}, {"reason", error.message}});
}

void ClipboardHub::on(Peer& peer, const rfb::ClipboardRequest& message) {
  if (!config_.gives || peer.requests >= kClipboardRequestsMax) return;
  ++peer.requests;
  // Nobody is asked for what it has announced itself.
  const auto bits = is_own(peer) ? 0 : message.formats & wire_bits(offer_.formats);
  write_body(bits, [this, viewer = peer.viewer->id(), offer = offer_.id,
                    bits](const Result<SharedBytes>& body) {
    Peer* asking = find(viewer);
    if (asking == nullptr) return;
    --asking->requests;
    if (!asking->viewer->can_take_clipboard()) return;
    if (!body) return asking->viewer->say_clipboard(rfb::ClipboardProvide{});
    if (bits & kTextBit && offer_.id == offer) {
      const auto text = offer_.contents.find(Format::kText);
      if (text != offer_.contents.end()) asking->text = text->second;
    }
    asking->viewer->say_clipboard_body(**body);
  });
}

void ClipboardHub::on(Peer& peer, const rfb::ClipboardPeek&) {
  const auto* caps = peer.viewer->clipboard_caps();
  if (caps == nullptr || !peer.viewer->can_take_clipboard()) return;
  peer.told = offer_.id;
  peer.told_at = Clock::now();
  peer.told_bits = is_own(peer) || !config_.gives ? 0 : wire_bits(offer_.formats) & caps->formats;
  notify(peer);
}

void ClipboardHub::on(Peer& peer, const rfb::ClipboardNotify& message) {
  const auto formats = desktop_formats(message.formats);
  if (formats.empty()) {
    peer.held.reset();
    if (!is_own(peer)) return;
    replace_offer({});
    offer_to_desktop();
    return announce();
  }
  if (!may_claim(peer, rfb::ClipboardCame{message})) return;
  if (may_be_echo(peer)) return verify(peer, formats);
  claim(peer, formats, {});
}

void ClipboardHub::on(Peer& peer, const rfb::ClipboardProvide& message) {
  if (!config_.takes) return;
  const ViewerId viewer = peer.viewer->id();
  if (message.contents.empty())
    return fail_asks(viewer, {ErrorCode::kUnavailable, "the viewer has it no more"});
  std::map<Format, Bytes> unasked;
  rfb::ClipboardProvide copied;  // the same
  for (const auto format : each(desktop_formats(~0u))) {
    const auto found = message.contents.find(wire_format(format));
    if (found == message.contents.end() || answer(viewer, format, found->second)) continue;
    // Later than anybody would wait for it: it is there for the next who asks.
    const Peer* saying = find(viewer);  // an answer may have ended a session
    if (saying == nullptr) return;
    if (is_own(*saying) && offer_.formats.contains(format) && !offer_.contents.contains(format)) {
      convert(format, found->second, [this, offer = offer_.id, format](Result<Bytes> bytes) {
        fetched(offer, format, std::move(bytes));
      });
    } else {
      unasked.emplace(format, found->second);
      copied.contents.insert(*found);
    }
  }
  Peer* still = find(viewer);
  if (!unasked.empty() && still != nullptr &&
      may_claim(*still, rfb::ClipboardCame{std::move(copied)}))
    claim_unasked(*still, std::move(unasked));
}

// Some viewers send what they have copied at once, whatever was agreed.
void ClipboardHub::claim_unasked(Peer& peer, std::map<Format, Bytes> unasked) {
  struct Gathered {
    Formats formats;
    Contents contents;
    std::size_t missing;
  };
  auto gathered = std::make_shared<Gathered>(Gathered{{}, {}, unasked.size()});
  const bool is_picture_echo = may_be_echo(peer) && !unasked.contains(Format::kText);
  for (auto& [format, wire] : unasked) {
    convert(format, std::move(wire),
            [this, gathered, is_picture_echo, format, viewer = peer.viewer->id(),
             claims = peer.claims](const Result<Bytes>& bytes) {
              if (bytes) {
                // The analyzer loses sight of an argument of std::move_only_function.
                // NOLINTNEXTLINE(clang-analyzer-core.NullDereference)
                if (const auto kept = within_limit(format, *bytes)) {
                  gathered->contents.emplace(format, *kept);
                  gathered->formats.insert(format);
                }
              }
              Peer* claiming = find(viewer);
              if (--gathered->missing > 0 || gathered->formats.empty() || is_picture_echo ||
                  claiming == nullptr || claiming->claims != claims)
                return;
              const auto text = gathered->contents.find(Format::kText);
              if (text != gathered->contents.end() && is_known(*claiming, *text->second)) return;
              claim(*claiming, gathered->formats, gathered->contents);
            });
  }
}

// --- A new offer --------------------------------------------------------------------------------

bool ClipboardHub::may_claim(Peer& peer, const rfb::CutTextEvent& event) {
  const ViewerId viewer = peer.viewer->id();
  if (!config_.takes || !config_.may_copy(viewer)) return false;
  const auto now = Clock::now();
  while (!peer.claimed_at.empty() && peer.claimed_at.front() + config_.copies_window <= now)
    peer.claimed_at.pop_front();
  if (peer.claimed_at.size() >= kClipboardCopiesPerSecond) {
    logger_.debug("a viewer copies too often", {{"viewer", viewer}});
    hold(peer, event);
    return false;
  }
  peer.held.reset();  // an earlier one
  peer.claimed_at.push_back(now);
  ++peer.claims;
  return true;
}

// What a viewer has copied last counts, however fast it has copied before.
void ClipboardHub::hold(Peer& peer, const rfb::CutTextEvent& event) {
  const bool is_waiting = peer.held.has_value();
  peer.held = event;
  peer.held_offer = offer_.id;
  if (is_waiting) return;
  peer.held_until = std::make_unique<boost::asio::steady_timer>(
      executor_, peer.claimed_at.front() + config_.copies_window);
  peer.held_until->async_wait([this, is_alive = is_alive_,
                               viewer = peer.viewer->id()](const boost::system::error_code& error) {
    if (!error && *is_alive) take_held(viewer);
  });
}

void ClipboardHub::take_held(ViewerId viewer) {
  Peer* peer = find(viewer);
  if (peer == nullptr) return;
  const auto event = std::exchange(peer->held, std::nullopt);
  // Not when somebody else has copied something since.
  if (event && (peer->held_offer == offer_.id || is_own(*peer))) viewer_said(viewer, *event);
}

// Whether this copy is one of many that only come because the viewer was told of another's: such a
// viewer alters what it echoes, and two of them would go on for ever. People are slower, and one
// copy at their pace makes it good.
bool ClipboardHub::is_reflex(Peer& peer) {
  const auto shown_at = std::exchange(peer.shown_at, std::nullopt);
  if (!shown_at) return false;
  if (Clock::now() - *shown_at >= config_.echo_window) {
    peer.reflexes = 0;
    return false;
  }
  if (peer.reflexes < kClipboardReflexesMax) {
    ++peer.reflexes;
    return false;
  }
  peer.shown_at = shown_at;  // it has not been answered
  return true;
}

// Some viewers announce what they were told of, or have got, as if it were theirs. Two of them
// would send it to each other for ever.
bool ClipboardHub::may_be_echo(const Peer& peer) const {
  if (is_own(peer) || peer.told != offer_.id || offer_.formats.empty()) return false;
  const auto text = offer_.contents.find(Format::kText);
  const bool has_it = peer.text && text != offer_.contents.end() && peer.text == text->second;
  return has_it || Clock::now() - peer.told_at < config_.echo_window;
}

// Whether `text` is what the viewer was sent last, or what everybody has anyway.
bool ClipboardHub::is_known(const Peer& peer, const Bytes& text) const {
  const bool is_latin1 = peer.viewer->clipboard_caps() == nullptr;
  const auto is_same = [&](const Bytes& other) {
    return other == text || (is_latin1 && as_latin1(other) == as_latin1(text));
  };
  if (peer.text && is_same(*peer.text)) return true;
  const auto current = offer_.contents.find(Format::kText);
  return current != offer_.contents.end() && is_same(*current->second);
}

// Takes the offer of a viewer that may only send back what it was told of when its text is another
// one; of pictures and the like it is not taken at all.
void ClipboardHub::verify(Peer& peer, Formats formats) {
  const bool is_told = is_inside(formats, desktop_formats(peer.told_bits));
  if (!formats.contains(Format::kText) || !offer_.formats.contains(Format::kText)) {
    if (!is_told) claim(peer, formats, {});
    return;
  }
  const ViewerId viewer = peer.viewer->id();
  read(Format::kText, [this, viewer, formats, claims = peer.claims,
                       offer = offer_.id](const Result<SharedBytes>&) {
    Peer* claiming = find(viewer);
    if (claiming == nullptr || claiming->claims != claims || offer_.id != offer) return;
    ask(*claiming, Format::kText,
        [this, viewer, formats, claims, offer](const Result<Bytes>& text) {
          Peer* answering = find(viewer);
          if (!text || answering == nullptr || answering->claims != claims || offer_.id != offer)
            return;
          const auto kept = within_limit(Format::kText, *text);
          if (kept && !is_known(*answering, **kept))
            claim(*answering, formats, {{Format::kText, *kept}});
        });
  });
}

void ClipboardHub::claim(Peer& peer, Formats formats, Contents contents) {
  const ViewerId viewer = peer.viewer->id();
  if (is_reflex(peer)) {
    return refuse(
        peer,
        {ErrorCode::kRefused,
         fmt::format(
             "it has answered {} copies of others in a row with another "
             "one within {} ms: it seems to alter what it sends back",
             kClipboardReflexesMax,
             std::chrono::duration_cast<std::chrono::milliseconds>(config_.echo_window).count())});
  }
  record_.announce_client(wire_bits(formats), Clock::now());
  const auto text = contents.find(Format::kText);
  peer.text = text == contents.end() ? nullptr : text->second;
  peer.told_bits = 0;
  if (peer.text) (void)record_.take_client_text(as_text(*peer.text), Clock::now());
  logger_.debug("clipboard from a viewer",
                {{"viewer", viewer}, {"has_text", formats.contains(Format::kText)}});
  replace_offer({.holder = Holder::kViewer,
                 .viewer = viewer,
                 .formats = formats,
                 .contents = std::move(contents)});
  offer_to_desktop();
  announce();
  config_.changed(true);
  if (config_.record.history_entries > 0) read(Format::kText, [](const auto&) {});
}

Status ClipboardHub::copy(Format format, Bytes bytes) {
  if (!config_.takes)
    return fail(ErrorCode::kRefused, "this server takes no clipboard (--clipboard-in=false)");
  ORIEL_TRY(auto kept, within_limit(format, std::move(bytes)));
  Formats formats;
  formats.insert(format);
  record_.announce_client(wire_bits(formats), Clock::now());
  if (format == Format::kText) (void)record_.take_client_text(as_text(*kept), Clock::now());
  replace_offer({.holder = Holder::kViewer, .formats = formats, .contents = {{format, kept}}});
  offer_to_desktop();
  announce();
  config_.changed(true);
  return {};
}

Result<std::vector<clipboard::ClipboardHistory::Entry>> ClipboardHub::read_history() const {
  if (!config_.gives) return fail(ErrorCode::kRefused, kGivesNone);
  const auto* history = record_.history();
  if (history == nullptr) return std::vector<clipboard::ClipboardHistory::Entry>();
  return history->recent(config_.record.history_entries);
}

void ClipboardHub::read_copied(Format format, Read done) {
  if (!config_.gives) return done(fail(ErrorCode::kRefused, kGivesNone));
  if (!offer_.formats.contains(format)) return done(std::make_shared<const Bytes>());
  read(format, std::move(done));
}

void ClipboardHub::replace_offer(Offer offer) {
  const Error gone{ErrorCode::kUnavailable, "something else was copied meanwhile"};
  auto before = std::exchange(offer_, std::move(offer));
  offer_.id = ++last_offer_;
  for (auto& [format, reads] : before.reads)
    for (auto& done : reads) done(std::unexpected(gone));
  for (auto& [bits, writes] : before.writes)
    for (auto& done : writes) done(std::unexpected(gone));
}

void ClipboardHub::offer_to_desktop() {
  if (desktop_ == nullptr) return;
  if (offer_.formats.empty()) return desktop_->withdraw();
  desktop_->offer(offer_.formats, [this, is_alive = is_alive_, offer = offer_.id](
                                      Format format, desktop::ClipboardDone done) {
    if (!*is_alive || offer_.id != offer)
      return done(fail(ErrorCode::kUnavailable, "something else was copied meanwhile"));
    read(format, [done = std::move(done)](const Result<SharedBytes>& bytes) mutable {
      if (bytes)
        done(Bytes(**bytes));
      else
        done(std::unexpected(bytes.error()));
    });
  });
}

// --- Telling the others -------------------------------------------------------------------------

void ClipboardHub::announce() {
  std::vector<ViewerId> viewers;
  for (const auto& [id, peer] : peers_) viewers.push_back(id);
  for (const auto viewer : viewers)
    if (Peer* peer = find(viewer)) tell(*peer);
}

void ClipboardHub::tell(Peer& peer) {
  if (!config_.gives || is_own(peer) || !peer.viewer->can_take_clipboard()) return;
  const auto* caps = peer.viewer->clipboard_caps();
  if (caps == nullptr) return tell_by_latin1(peer);
  const auto bits = wire_bits(offer_.formats) & caps->formats;
  if (bits == 0 && peer.told_bits == 0) return;
  peer.told = offer_.id;
  peer.told_at = Clock::now();
  peer.told_bits = bits;
  if (bits != 0) peer.shown_at = peer.told_at;
  peer.text = nullptr;
  const bool may_be_given = (caps->actions & rfb::kClipboardProvide) != 0 &&
                            caps->unasked_bytes[0] > 0 && bits == kTextBit;
  if (may_be_given)
    give_text_or_notify(peer);
  else
    notify(peer);
}

void ClipboardHub::tell_by_latin1(Peer& peer) {
  if (!offer_.formats.contains(Format::kText)) {
    peer.text = nullptr;  // what it copies next is news, whatever it is
    return;
  }
  read(Format::kText, [this, viewer = peer.viewer->id(),
                       offer = offer_.id](const Result<SharedBytes>& text) {
    Peer* reading = find(viewer);
    if (!text || reading == nullptr || offer_.id != offer || !reading->viewer->can_take_clipboard())
      return;
    if (reading->text && *reading->text == **text) return;
    if (!offer_.latin1) {
      const auto latin1 = as_latin1(**text);
      offer_.latin1 = std::make_shared<const Bytes>(latin1.begin(), latin1.end());
    }
    reading->text = *text;
    reading->shown_at = Clock::now();
    reading->viewer->show_clipboard(*offer_.latin1);
  });
}

void ClipboardHub::give_text_or_notify(Peer& peer) {
  read(Format::kText, [this, viewer = peer.viewer->id(),
                       offer = offer_.id](const Result<SharedBytes>& text) {
    Peer* reading = find(viewer);
    if (!text || reading == nullptr || offer_.id != offer || !reading->viewer->can_take_clipboard())
      return;
    const auto* caps = reading->viewer->clipboard_caps();
    if (caps == nullptr) return;
    const auto most = std::min<std::size_t>(caps->unasked_bytes[0], kClipboardUnaskedBytes);
    if (wire_size(**text) > most) return notify(*reading);
    reading->text = *text;
    reading->viewer->say_clipboard(rfb::ClipboardProvide{{{clipboard::Format::kText, **text}}});
  });
}

void ClipboardHub::notify(Peer& peer) {
  const auto* caps = peer.viewer->clipboard_caps();
  if (caps != nullptr && (caps->actions & rfb::kClipboardNotify) != 0)
    peer.viewer->say_clipboard(rfb::ClipboardNotify{peer.told_bits});
}

// --- What the offer holds -----------------------------------------------------------------------

void ClipboardHub::read(Format format, Read done) {
  const auto found = offer_.contents.find(format);
  if (found != offer_.contents.end()) return done(found->second);
  if (!offer_.formats.contains(format))
    return done(fail(ErrorCode::kUnavailable, "the clipboard has nothing in this format"));
  auto& reads = offer_.reads[format];
  reads.push_back(std::move(done));
  if (reads.size() > 1) return;
  auto take = [this, is_alive = is_alive_, offer = offer_.id, format](Result<Bytes> bytes) {
    if (*is_alive) fetched(offer, format, std::move(bytes));
  };
  if (offer_.holder == Holder::kDesktop) return desktop_->request(format, std::move(take));
  if (Peer* holder = find(offer_.viewer)) return ask(*holder, format, std::move(take));
  take(fail(ErrorCode::kClosed, "the viewer that has copied it has left"));
}

void ClipboardHub::read_all(Formats formats, std::move_only_function<void(Contents)> done) {
  struct Gathered {
    Contents contents;
    std::size_t missing;
    std::move_only_function<void(Contents)> done;
  };
  const auto list = each(formats);
  if (list.empty()) return done({});
  auto gathered = std::make_shared<Gathered>(Gathered{{}, list.size(), std::move(done)});
  for (const auto format : list) {
    read(format, [gathered, format](const Result<SharedBytes>& bytes) {
      if (bytes) gathered->contents.emplace(format, *bytes);
      if (--gathered->missing == 0) gathered->done(std::move(gathered->contents));
    });
  }
}

void ClipboardHub::fetched(std::uint64_t offer, Format format, Result<Bytes> bytes) {
  if (offer_.id != offer) return;  // who has waited knows
  const auto kept = bytes ? keep(format, std::move(*bytes))
                          : Result<SharedBytes>(std::unexpected(std::move(bytes).error()));
  if (!kept) logger_.warning("the clipboard cannot be read", {{"reason", kept.error().message}});
  const auto reads = offer_.reads.extract(format);
  if (reads.empty()) return;
  for (auto& done : reads.mapped()) done(kept);
}

Result<SharedBytes> ClipboardHub::within_limit(Format format, Bytes bytes) const {
  if (bytes.size() > record_.max_bytes()) {
    return fail(
        ErrorCode::kTooLarge,
        fmt::format("clipboard: {} bytes of {}, at most {} (--clipboard-max-bytes)", bytes.size(),
                    format == Format::kText ? "text" : "another format", record_.max_bytes()));
  }
  return std::make_shared<const Bytes>(std::move(bytes));
}

Result<SharedBytes> ClipboardHub::keep(Format format, Bytes bytes) {
  // What a viewer has sent has been made fit already.
  const bool is_raw = offer_.holder == Holder::kDesktop && format == Format::kText;
  if (is_raw) bytes = *from_wire(format, bytes);
  ORIEL_TRY(auto kept, within_limit(format, std::move(bytes)));
  if (format == Format::kText) {
    const auto text = as_text(*kept);
    if (offer_.holder == Holder::kDesktop)
      (void)record_.set_server_text(text, Clock::now());
    else
      (void)record_.take_client_text(text, Clock::now());
  }
  offer_.contents[format] = kept;
  return kept;
}

void ClipboardHub::write_body(rfb::FormatBits bits, Read done) {
  const auto found = offer_.bodies.find(bits);
  if (found != offer_.bodies.end()) return done(found->second);
  auto& writes = offer_.writes[bits];
  writes.push_back(std::move(done));
  if (writes.size() > 1) return;
  read_all(desktop_formats(bits), [this, bits, offer = offer_.id](Contents contents) {
    if (offer_.id != offer) return;
    const bool is_long = std::ranges::any_of(
        contents, [](const auto& part) { return is_slow(part.first, part.second->size()); });
    auto write = [contents = std::move(contents)] {
      rfb::ClipboardProvide provide;
      for (const auto& [format, bytes] : contents) {
        // What cannot be converted, a broken picture, is not there.
        if (auto wire = to_wire(format, *bytes))
          provide.contents.emplace(wire_format(format), std::move(*wire));
      }
      Bytes body;
      ByteWriter writer(body);
      rfb::write_clipboard_message(provide, writer);
      return body;
    };
    if (!is_long) return body_written(offer, bits, write());
    background_.run<Bytes>(std::move(write), [this, offer, bits](Bytes body) {
      body_written(offer, bits, std::move(body));
    });
  });
}

void ClipboardHub::body_written(std::uint64_t offer, rfb::FormatBits bits, Bytes body) {
  if (offer_.id != offer) return;
  if (body.size() > rfb::Limits{}.cut_text_bytes_max) {
    logger_.warning("what was copied is too large for viewers", {{"bytes", body.size()}});
    body.clear();
    ByteWriter writer(body);
    rfb::write_clipboard_message(rfb::ClipboardProvide{}, writer);
  }
  const Result<SharedBytes> shared = std::make_shared<const Bytes>(std::move(body));
  if (offer_.bodies.size() >= kBodiesMax) offer_.bodies.clear();
  // One that lacks something is written anew for the next who asks.
  const bool is_whole = std::ranges::all_of(
      each(desktop_formats(bits)), [&](auto format) { return offer_.contents.contains(format); });
  if (is_whole) offer_.bodies[bits] = *shared;
  const auto writes = offer_.writes.extract(bits);
  if (writes.empty()) return;
  for (auto& done : writes.mapped()) done(shared);
}

// --- Asking viewers -----------------------------------------------------------------------------

void ClipboardHub::ask(Peer& peer, Format format,
                       std::move_only_function<void(Result<Bytes>)> done) {
  const auto* caps = peer.viewer->clipboard_caps();
  if (caps == nullptr || !peer.viewer->can_take_clipboard() ||
      (caps->actions & rfb::kClipboardRequest) == 0)
    return done(fail(ErrorCode::kUnavailable, "the viewer that has copied it cannot be asked"));
  const auto id = ++last_ask_;
  auto timer = std::make_unique<boost::asio::steady_timer>(executor_, config_.answer_timeout);
  timer->async_wait([this, is_alive = is_alive_, id](const boost::system::error_code& error) {
    if (error || !*is_alive) return;
    end_ask(id, fail(ErrorCode::kTimeout,
                     "the viewer that has copied it does not send it when it is asked"));
  });
  asks_.emplace(id, Ask{peer.viewer->id(), format, std::move(done), std::move(timer)});
  peer.viewer->say_clipboard(rfb::ClipboardRequest{clipboard::format_bit(wire_format(format))});
}

// False when nobody has asked for it.
bool ClipboardHub::answer(ViewerId viewer, Format format, const Bytes& bytes) {
  std::vector<std::uint64_t> ids;
  for (const auto& [id, ask] : asks_)
    if (ask.viewer == viewer && ask.format == format) ids.push_back(id);
  for (const auto id : ids) end_ask(id, bytes);
  return !ids.empty();
}

void ClipboardHub::fail_asks(ViewerId viewer, const Error& error) {
  std::vector<std::uint64_t> ids;
  for (const auto& [id, ask] : asks_)
    if (ask.viewer == viewer) ids.push_back(id);
  for (const auto id : ids) end_ask(id, std::unexpected(error));
}

void ClipboardHub::end_ask(std::uint64_t id, Result<Bytes> bytes) {
  auto ask = asks_.extract(id);
  if (ask.empty()) return;
  if (!bytes) return ask.mapped().done(std::move(bytes));
  convert(ask.mapped().format, std::move(*bytes), std::move(ask.mapped().done));
}

void ClipboardHub::convert(Format format, Bytes bytes,
                           std::move_only_function<void(Result<Bytes>)> done) {
  if (!is_slow(format, bytes.size())) return done(from_wire(format, bytes));
  background_.run<Result<Bytes>>(
      [format, bytes = std::move(bytes)] { return from_wire(format, bytes); }, std::move(done));
}

}  // namespace oriel::server
