#pragma once
// The clipboard of an X display: the selections CLIPBOARD and PRIMARY (ICCCM, section 2). Reads
// what programs have copied, and serves what viewers have, both only when it is asked for, in
// pieces (INCR) where it is large. Waits for nobody: a program that dies or dawdles costs a
// time-out.

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "oriel/base/time.h"
#include "oriel/io/desktop/desktop.h"
#include "oriel/io/desktop/x11_display.h"

namespace oriel::desktop {

// Which selections count: what programs copy, and what the mouse marks.
struct ClipboardSelections {
  bool clipboard = true;
  bool primary = false;
};

// The network thread owns it.
class X11Clipboard : public Clipboard {
 public:
  // `display` must outlive it; `changed` is called from the loop with the formats that a program
  // has copied.
  X11Clipboard(X11Display& display, std::move_only_function<void(ClipboardFormats)> changed);
  ~X11Clipboard() override;
  X11Clipboard(const X11Clipboard&) = delete;
  X11Clipboard& operator=(const X11Clipboard&) = delete;

  // Begins to listen; until then nothing is reported. Again with other selections at any time: one
  // that no longer counts is given up.
  void select(ClipboardSelections selections);

  void request(ClipboardFormat format, ClipboardDone done) override;
  void offer(ClipboardFormats formats, ClipboardProvider provider) override;
  void withdraw() override;

  // An event of the display.
  void take_event(const void* event, SelectionEvent kind);
  void display_lost();

 private:
  enum Atom {
    kClipboardAtom,
    kTargets,
    kTimestamp,
    kIncr,
    kUtf8String,
    kText,
    kPlainUtf8,
    kPlain,
    kHtml,
    kRtf,
    kApplicationRtf,
    kPng,
    kFirstProperty,  // of kProperties, for what is read
  };
  static constexpr int kProperties = 8;
  static constexpr int kAtoms = kFirstProperty + kProperties;
  static constexpr int kSelections = 2;

  // A selection as far as it is known.
  struct Selection {
    std::uint32_t atom = 0;
    bool is_followed = false;
    bool is_ours = false;
    std::uint32_t changed_at = 0;        // X's time
    std::vector<std::uint32_t> targets;  // of the program that has copied, when it has said them
    // The owners that we have set and not heard of yet.
    std::deque<std::uint32_t> claims;
  };
  // Something that is read, or waits for its turn. The first of the line is under way.
  struct Reading {
    int selection = 0;
    std::vector<std::uint32_t> targets;  // to be tried in turn
    ClipboardDone done;
    bool is_text = false;
    std::uint32_t property = 0;
    std::uint32_t type = 0;
    Bytes bytes;
    bool is_started = false;
    bool is_answered = false;
    bool is_incremental = false;
    // The owner has set the property again while a piece was on its way.
    bool is_fetching = false;
    bool is_news_waiting = false;
  };
  // A program that pastes.
  struct Paste {
    std::uint32_t requestor = 0;
    std::uint32_t selection = 0;
    std::uint32_t target = 0;
    std::uint32_t property = 0;
    std::uint32_t time = 0;
    std::uint32_t type = 0;
    Bytes bytes;
    std::size_t sent = 0;
    bool is_last_sent = false;
    TimePoint deadline;
  };
  enum class Answer { kGiven, kRefused };
  struct Timer;
  using Pastes = std::list<Paste>;

  std::uint32_t atom(Atom which) const { return atoms_[which]; }
  void intern();
  Selection* find_selection(std::uint32_t atom);

  void owner_changed(const void* data);
  void ask_targets(int selection);
  void take_targets(int number, std::uint32_t asked_at, const Result<Bytes>& atoms);
  std::vector<std::uint32_t> targets_of(ClipboardFormat format) const;
  ClipboardFormats formats_of(const std::vector<std::uint32_t>& targets) const;
  std::optional<ClipboardFormat> format_of(std::uint32_t target) const;

  void read(Reading reading);
  void start_reading();
  void convert();
  void selection_notified(const void* data);
  void property_changed(const void* data);
  void fetch(std::uint32_t offset_words);
  void take_piece(const void* data, std::uint32_t offset_words);
  void finish_reading(Status status);

  // Makes `owner` (ours, or none) the owner.
  void claim(Selection& selection, std::uint32_t owner);
  void paste_requested(const void* data);
  void provided(std::uint64_t id, Result<Bytes> bytes);
  void continue_paste(Pastes::iterator paste);
  void end_paste(Pastes::iterator paste);
  void forget_pastes(std::uint32_t requestor, std::uint32_t property);
  void watch(std::uint32_t window, std::uint32_t event_mask);
  void answer(const Paste& paste, Answer answer);
  void answer_words(const Paste& paste, std::uint32_t type,
                    const std::vector<std::uint32_t>& words);

  void set_timer();
  void time_passed();

  X11Display& display_;
  std::move_only_function<void(ClipboardFormats)> changed_;
  std::uint32_t window_ = 0;
  std::array<std::uint32_t, kAtoms> atoms_{};
  std::array<Selection, kSelections> selections_;
  int newest_ = 0;  // the selection that a program changed last
  int next_property_ = 0;

  std::deque<Reading> readings_;
  TimePoint reading_deadline_;
  ClipboardFormats offered_;
  // Shared with calls of it that are under way when another is offered.
  std::shared_ptr<ClipboardProvider> provider_;
  Pastes pastes_;
  // Pastes whose bytes the provider has not given yet.
  std::map<std::uint64_t, Paste> asked_;
  std::uint64_t next_id_ = 0;
  std::unique_ptr<Timer> timer_;
};

}  // namespace oriel::desktop
