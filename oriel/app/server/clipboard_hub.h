#pragma once
// One clipboard for a desktop and all its viewers. There is one offer at a time: what a program or
// a viewer has copied last. The others are told its formats, and its bytes are fetched from whoever
// has them when somebody wants them. docs/clipboard.md has the rules.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "oriel/app/observe/log.h"
#include "oriel/app/server/background.h"
#include "oriel/app/server/input_pipeline.h"
#include "oriel/app/server/limits.h"
#include "oriel/base/time.h"
#include "oriel/core/clipboard/clipboard.h"
#include "oriel/core/rfb/cut_text_receiver.h"
#include "oriel/io/desktop/desktop.h"

namespace oriel::server {

// A viewer as the hub sees it. The hub's strand owns it.
class ClipboardPeer {
 public:
  virtual ~ClipboardPeer() = default;
  virtual ViewerId id() const = 0;
  // Whether it may be told anything now: it is not leaving, may do more than look, and reads.
  virtual bool can_take_clipboard() const = 0;
  // What it takes; null when it does not have the extended clipboard.
  virtual const rfb::ClipboardCaps* clipboard_caps() const = 0;
  // For viewers with the extended clipboard; a body is a message as it is written.
  virtual void say_clipboard(const rfb::ClipboardMessage& message) = 0;
  virtual void say_clipboard_body(ByteSpan body) = 0;
  // For those without.
  virtual void show_clipboard(ByteSpan latin1) = 0;
};

struct ClipboardHubConfig {
  clipboard::ClipboardConfig record;
  bool takes = true;  // from viewers
  bool gives = true;  // to viewers
  Duration answer_timeout = kClipboardAnswerTimeout;
  Duration echo_window = kClipboardEchoWindow;
  Duration copies_window = std::chrono::seconds(1);  // of kClipboardCopiesPerSecond
  // Whether what this viewer copies counts now.
  std::function<bool(ViewerId)> may_copy;
  // Something else was copied.
  std::function<void(bool is_by_viewer)> changed;
};

// Lives on the network thread's loop.
class ClipboardHub {
 public:
  // `desktop` may be null, and else must outlive the hub.
  ClipboardHub(boost::asio::any_io_executor executor, desktop::Clipboard* desktop,
               ClipboardHubConfig config, observe::Logger logger);
  ~ClipboardHub();
  ClipboardHub(const ClipboardHub&) = delete;
  ClipboardHub& operator=(const ClipboardHub&) = delete;

  // What viewers are told that the server takes.
  static rfb::ClipboardCaps caps(bool takes, bool gives);

  // A viewer that may do more than look. It must be taken out before it ends.
  void add(ClipboardPeer& peer);
  void remove(ViewerId viewer);
  // A viewer has said this; without effect when it was not added.
  void viewer_said(ViewerId viewer, const rfb::CutTextEvent& event);
  void desktop_changed(desktop::ClipboardFormats formats);

  // A program of ours, not of the desktop: what was copied last, as desktops have it; and a copy of
  // its own, which all are told of. kRefused: that direction is off; kTooLarge.
  void read_copied(desktop::ClipboardFormat format,
                   std::move_only_function<void(const Result<SharedBytes>&)> done);
  Status copy(desktop::ClipboardFormat format, Bytes bytes);
  // The texts of the history, the newest first: none when there is no history. kRefused: as above.
  Result<std::vector<clipboard::ClipboardHistory::Entry>> read_history() const;

  const clipboard::Clipboard& record() const { return record_; }

 private:
  using Format = desktop::ClipboardFormat;
  using Formats = desktop::ClipboardFormats;
  using Contents = std::map<Format, SharedBytes>;  // as desktops have them
  // Gets bytes, or why there are none; called once.
  using Read = std::move_only_function<void(const Result<SharedBytes>&)>;

  struct Peer {
    ClipboardPeer* viewer = nullptr;
    // The offer that it was told of last, and when.
    std::uint64_t told = 0;
    TimePoint told_at{};
    rfb::FormatBits told_bits = 0;
    // The text that it has by now, from us or by itself; null when that is not known.
    SharedBytes text;
    int requests = 0;                  // not answered yet
    std::uint64_t claims = 0;          // how often it has copied something
    std::deque<TimePoint> claimed_at;  // those of the last second
    // When it was told of a copy that it has not answered with one of its own.
    std::optional<TimePoint> shown_at;
    int reflexes = 0;  // how often in a row it has answered so within the echo window
    // The last copy that came too soon, the offer that it would have replaced, and when it is
    // looked at again.
    std::optional<rfb::CutTextEvent> held;
    std::uint64_t held_offer = 0;
    std::unique_ptr<boost::asio::steady_timer> held_until;
  };
  enum class Holder { kNobody, kDesktop, kViewer };
  struct Offer {
    std::uint64_t id = 0;
    Holder holder = Holder::kNobody;
    ViewerId viewer = 0;
    Formats formats;
    Contents contents;  // what was fetched
    std::map<Format, std::vector<Read>> reads;
    SharedBytes latin1;                             // the text for viewers without the extension
    std::map<rfb::FormatBits, SharedBytes> bodies;  // of provide messages
    std::map<rfb::FormatBits, std::vector<Read>> writes;
  };
  // A request to a viewer that it has not answered yet.
  struct Ask {
    ViewerId viewer;
    Format format;
    std::move_only_function<void(Result<Bytes>)> done;
    std::unique_ptr<boost::asio::steady_timer> timer;
  };

  Peer* find(ViewerId viewer);

  // What viewers say.
  void on(Peer& peer, const rfb::CutText& event);
  void on(Peer& peer, const rfb::ClipboardCame& event);
  void on(Peer& peer, const rfb::ClipboardRefused& event);
  void on(Peer&, const rfb::ClipboardCaps&) {}
  void on(Peer& peer, const rfb::ClipboardRequest& message);
  void on(Peer& peer, const rfb::ClipboardPeek& message);
  void on(Peer& peer, const rfb::ClipboardNotify& message);
  void on(Peer& peer, const rfb::ClipboardProvide& message);

  void claim_unasked(Peer& peer, std::map<Format, Bytes> unasked);
  void refuse(const Peer& peer, const Error& error) const;

  // A new offer.
  bool may_claim(Peer& peer, const rfb::CutTextEvent& event);
  void hold(Peer& peer, const rfb::CutTextEvent& event);
  void take_held(ViewerId viewer);
  bool is_reflex(Peer& peer);
  bool is_own(const Peer& peer) const;
  bool may_be_echo(const Peer& peer) const;
  bool is_known(const Peer& peer, const Bytes& text) const;
  void verify(Peer& peer, Formats formats);
  void claim(Peer& peer, Formats formats, Contents contents);
  void replace_offer(Offer offer);
  void offer_to_desktop();

  // Telling the others of it.
  void announce();
  void tell(Peer& peer);
  void tell_by_latin1(Peer& peer);
  void give_text_or_notify(Peer& peer);
  static void notify(Peer& peer);

  // What it holds.
  void read(Format format, Read done);
  void read_all(Formats formats, std::move_only_function<void(Contents)> done);
  void fetched(std::uint64_t offer, Format format, Result<Bytes> bytes);
  // `bytes`, unless they are more than the configuration allows.
  Result<SharedBytes> within_limit(Format format, Bytes bytes) const;
  Result<SharedBytes> keep(Format format, Bytes bytes);
  void write_body(rfb::FormatBits bits, Read done);
  void body_written(std::uint64_t offer, rfb::FormatBits bits, Bytes body);

  // Asking a viewer for it. `done` gets what desktops have.
  void ask(Peer& peer, Format format, std::move_only_function<void(Result<Bytes>)> done);
  bool answer(ViewerId viewer, Format format, const Bytes& bytes);
  void fail_asks(ViewerId viewer, const Error& error);
  void end_ask(std::uint64_t id, Result<Bytes> bytes);
  void convert(Format format, Bytes bytes, std::move_only_function<void(Result<Bytes>)> done);

  boost::asio::any_io_executor executor_;
  desktop::Clipboard* desktop_;
  ClipboardHubConfig config_;
  observe::Logger logger_;
  clipboard::Clipboard record_;
  std::map<ViewerId, Peer> peers_;
  Offer offer_;
  std::uint64_t last_offer_ = 0;
  std::map<std::uint64_t, Ask> asks_;
  std::uint64_t last_ask_ = 0;
  std::shared_ptr<bool> is_alive_ = std::make_shared<bool>(true);  // for what the desktop calls
  Background background_;
};

}  // namespace oriel::server
