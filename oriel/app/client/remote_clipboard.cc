#include "oriel/app/client/remote_clipboard.h"

#include <algorithm>
#include <utility>

#include "oriel/core/clipboard/text.h"
#include "oriel/io/desktop/clipboard_formats.h"
#include "oriel/io/desktop/limits.h"

namespace oriel::client {
namespace {

using desktop::ClipboardFormat;
using desktop::ClipboardFormats;

constexpr ClipboardFormats kAllFormats = {ClipboardFormat::kText, ClipboardFormat::kRtf,
                                          ClipboardFormat::kHtml, ClipboardFormat::kPng};

constexpr const char* kNotInThisFormat = "the clipboard has nothing in this format";
constexpr const char* kNotGiven = "the server does not give its clipboard";
constexpr const char* kNotAnnounced =
    "the server has announced nothing on its clipboard; many tell only what is copied while we are "
    "connected";
constexpr const char* kSaidNothing =
    "the server says that nothing is on its clipboard; some know only what was copied since we "
    "connected";

}  // namespace

struct RemoteClipboard::Gathering {
  rfb::ClipboardProvide provide;
  std::size_t missing = 0;
};

RemoteClipboard::RemoteClipboard(const boost::asio::any_io_executor& executor,
                                 std::function<void(ClipboardFormats)> changed)
    : changed_(std::move(changed)), timer_(executor) {}

RemoteClipboard::~RemoteClipboard() = default;

void RemoteClipboard::use(std::shared_ptr<RemoteLink> link) {
  link_ = std::move(link);
  caps_.reset();
  has_news_ = false;
  if (!link_) answer_all({ErrorCode::kUnavailable, "the connection to the desktop was lost"});
}

// ---- what the server has -----------------------------------------------------------------------

void RemoteClipboard::came(const rfb::CutText& text) {
  if (caps_) return;  // that of a server that says all twice
  is_ours_ = false;
  has_news_ = true;
  known_.clear();
  known_[ClipboardFormat::kText] = *desktop::from_wire(
      ClipboardFormat::kText, as_bytes(clipboard::latin1_to_utf8(as_text(text.text))));
  formats_ = {ClipboardFormat::kText};
  answer(ClipboardFormat::kText, known_[ClipboardFormat::kText]);
  changed_(formats_);
}

void RemoteClipboard::came(const rfb::ClipboardMessage& message) {
  std::visit([this](const auto& known) { came(known); }, message);
}

void RemoteClipboard::came(const rfb::ClipboardCaps& caps) {
  const bool is_first = !caps_;
  caps_ = caps;
  if (!is_first) return;
  // Everything by announcement, nothing unasked.
  say(rfb::ClipboardCaps{desktop::wire_bits(kAllFormats), rfb::kAllClipboardActions, {}});
  announce();
  if (std::ranges::any_of(waiting_, &Waiting::is_for_news)) ask_for_news();
}

void RemoteClipboard::came(const rfb::ClipboardNotify& notify) {
  // That whoever had it before has lost it, to us.
  if (is_ours_ && notify.formats == 0) return;
  const bool was_asked = std::ranges::any_of(waiting_, &Waiting::is_for_news);
  is_ours_ = false;
  has_news_ = true;
  known_.clear();
  formats_ = desktop::desktop_formats(notify.formats);
  if (was_asked)
    ask_for_contents();
  else
    answer_all({ErrorCode::kUnavailable, "the clipboard has changed meanwhile"});
  if (!was_asked || !formats_.empty()) changed_(formats_);
}

// Nothing was heard yet: a server of the extended clipboard tells when it is asked, others tell
// only what is copied from now on.
void RemoteClipboard::ask_for_news() {
  if (caps_ && (caps_->actions & rfb::kClipboardPeek) != 0) say(rfb::ClipboardPeek{});
}

// Those that waited for news want it now, or cannot have it.
void RemoteClipboard::ask_for_contents() {
  for (auto& waiting : std::exchange(waiting_, {}))
    request(waiting.format, std::move(waiting.done));
}

void RemoteClipboard::came(const rfb::ClipboardProvide& provide) {
  // Of what was not asked for nothing was announced: it is news.
  const bool is_answer =
      std::ranges::any_of(waiting_, [](const Waiting& waiting) { return !waiting.is_for_news; });
  has_news_ = true;
  if (!is_answer) {
    is_ours_ = false;
    known_.clear();
  }
  ClipboardFormats came_formats;
  for (const auto format : desktop::each(kAllFormats)) {
    const auto found = provide.contents.find(desktop::wire_format(format));
    if (found == provide.contents.end()) continue;
    came_formats.insert(format);
    auto bytes = desktop::from_wire(format, found->second);
    if (bytes) known_[format] = *bytes;
    answer(format, bytes);
  }
  if (is_answer) return;
  formats_ = came_formats;
  changed_(formats_);
}

void RemoteClipboard::refused(const std::string& reason) {
  answer_all({ErrorCode::kTooLarge, reason});
}

void RemoteClipboard::request(ClipboardFormat format, desktop::ClipboardDone done) {
  if (is_ours_ && link_ && offered_.contains(format)) return provider_(format, std::move(done));
  if (const auto found = known_.find(format); !is_ours_ && found != known_.end())
    return done(found->second);
  const bool is_for_news = link_ && !is_ours_ && !has_news_;
  if (!is_for_news && (!link_ || is_ours_ || !formats_.contains(format)))
    return done(fail(ErrorCode::kUnavailable,
                     formats_.empty() && !is_ours_ ? kSaidNothing : kNotInThisFormat));
  if (waiting_.size() >= desktop::kMaxClipboardRequests)
    return done(fail(ErrorCode::kUnavailable, "too many requests for the clipboard at once"));
  const bool is_asked = std::ranges::find(waiting_, format, &Waiting::format) != waiting_.end();
  waiting_.push_back(
      {format, std::move(done), Clock::now() + desktop::kClipboardTimeout, is_for_news});
  set_timer();
  if (is_asked) return;
  if (is_for_news) return ask_for_news();
  say(rfb::ClipboardRequest{clipboard::format_bit(desktop::wire_format(format))});
}

void RemoteClipboard::answer(ClipboardFormat format, const Result<Bytes>& result) {
  std::list<Waiting> ready;
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    const auto next = std::next(at);
    if (at->format == format) ready.splice(ready.end(), waiting_, at);
    at = next;
  }
  for (auto& waiting : ready) waiting.done(result);
}

void RemoteClipboard::answer_all(const Error& error) {
  for (auto& waiting : std::exchange(waiting_, {})) waiting.done(std::unexpected(error));
}

void RemoteClipboard::set_timer() {
  if (waiting_.empty()) return;
  timer_.expires_at(waiting_.front().until);
  timer_.async_wait([this, alive = std::weak_ptr(offer_number_)](boost::system::error_code error) {
    if (error || alive.expired()) return;
    while (!waiting_.empty() && waiting_.front().until <= Clock::now()) {
      auto late = std::move(waiting_.front());
      waiting_.pop_front();
      late.done(fail(ErrorCode::kTimeout, late.is_for_news ? kNotAnnounced : kNotGiven));
    }
    set_timer();
  });
}

// ---- what we have ------------------------------------------------------------------------------

void RemoteClipboard::offer(ClipboardFormats formats, desktop::ClipboardProvider provider) {
  ++*offer_number_;
  offered_ = formats;
  provider_ = std::move(provider);
  is_ours_ = !is_view_only_;
  announce();
}

void RemoteClipboard::withdraw() {
  if (!provider_) return;
  ++*offer_number_;
  offered_ = {};
  provider_ = nullptr;
  is_ours_ = false;
  if (caps_) announce();
}

void RemoteClipboard::announce() {
  if (!link_ || is_view_only_) return;
  if (caps_)
    say(rfb::ClipboardNotify{desktop::wire_bits(offered_) & caps_->formats});
  else if (provider_ && offered_.contains(ClipboardFormat::kText))
    send_latin1();
}

void RemoteClipboard::send_latin1() {
  provider_(ClipboardFormat::kText, [this, weak = std::weak_ptr(offer_number_),
                                     number = *offer_number_](Result<Bytes> text) {
    const auto now = weak.lock();
    if (!now || *now != number || !text || !link_ || caps_) return;
    link_->say_cut_text(as_bytes(clipboard::utf8_to_latin1(as_text(*text))));
    link_->flush();
  });
}

void RemoteClipboard::came(const rfb::ClipboardPeek&) { announce(); }

void RemoteClipboard::came(const rfb::ClipboardRequest& request) {
  if (!provider_ || is_view_only_) return;
  auto gathering = std::make_shared<Gathering>();
  std::vector<ClipboardFormat> wanted;
  for (const auto format : desktop::each(desktop::desktop_formats(request.formats)))
    if (offered_.contains(format)) wanted.push_back(format);
  gathering->missing = wanted.size();
  for (const auto format : wanted) {
    if (!provider_) return;
    provider_(format, [this, gathering, format, weak = std::weak_ptr(offer_number_),
                       number = *offer_number_](Result<Bytes> bytes) {
      const auto now = weak.lock();
      if (!now || *now != number) return;
      auto wire = bytes ? desktop::to_wire(format, *bytes) : std::move(bytes);
      if (wire) gathering->provide.contents.emplace(desktop::wire_format(format), std::move(*wire));
      if (--gathering->missing == 0) say(gathering->provide);
    });
  }
}

void RemoteClipboard::say(const rfb::ClipboardMessage& message) {
  if (!link_) return;
  link_->say_clipboard(message);
  link_->flush();
}

}  // namespace oriel::client
