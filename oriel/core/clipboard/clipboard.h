#pragma once
// The clipboard between a desktop and its viewers as a value: which formats each side has
// announced, and its text once somebody has read it; size limits, a guard against loops, callbacks,
// and a history when one is wanted. Text is UTF-8. What other formats hold passes by. Pure.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/base/result.h"
#include "oriel/base/time.h"
#include "oriel/core/clipboard/history.h"
#include "oriel/core/clipboard/limits.h"
#include "oriel/core/clipboard/text.h"

namespace oriel::clipboard {

// The formats of RFB's extended clipboard, by bit (rfbproto.rst, "Extended Clipboard
// Pseudo-Encoding").
enum class Format : std::uint8_t { kText = 0, kRtf = 1, kHtml = 2, kDib = 3, kFiles = 4 };
inline constexpr int kFormats = 5;
constexpr std::uint32_t format_bit(Format format) { return 1u << static_cast<int>(format); }

struct ClipboardConfig {
  std::size_t max_bytes = kDefaultMaxBytes;  // of UTF-8, each direction
  // Of messages without the extended clipboard.
  Encoding encoding = Encoding::kLatin1;
  std::size_t history_entries = 0;  // 0: no history is kept
  bool is_enabled = true;
};

// What one side has copied.
struct Content {
  std::string text;  // empty while nobody has read it
  TimePoint time{};
  std::uint32_t formats = format_bit(Format::kText);

  friend bool operator==(const Content&, const Content&) = default;
};

// One thread owns it.
class Clipboard {
 public:
  using Callback = std::function<void(const Content&)>;
  struct Stats {
    bool is_enabled = false;
    std::size_t max_bytes = 0;
    Encoding encoding = Encoding::kLatin1;
    std::size_t client_bytes = 0;
    std::size_t server_bytes = 0;
    std::optional<TimePoint> client_time;
    std::optional<TimePoint> server_time;
    std::size_t callbacks = 0;
  };

  explicit Clipboard(ClipboardConfig config = {});

  // A side has copied something in these formats; its text, if it has one, may follow when it is
  // read. What went over before is no longer what both sides have.
  void announce_server(std::uint32_t formats, TimePoint now);
  void announce_client(std::uint32_t formats, TimePoint now);

  // The desktop has a new text: that of what it announced last, or a text alone. Returns what
  // viewers without the extended clipboard get (ServerCutText, in the encoding of the
  // configuration); nothing when they have it already, and when it is disabled or too large.
  std::optional<std::string> set_server_text(std::string_view text, TimePoint now);
  // A viewer has sent a text, in UTF-8 or, as estimated, Latin-1. True when it is news for the
  // desktop: not when it is what the viewers were sent last (a viewer that sends back what it gets
  // must not start a loop), nor when it is disabled. Error: too large.
  Result<bool> take_client_text(std::string_view bytes, TimePoint now);

  const std::optional<Content>& server_content() const { return server_; }
  const std::optional<Content>& client_content() const { return client_; }

  // Called for each accepted change, in the order they were added. They may not change this.
  void on_server_update(Callback callback) { server_callbacks_.push_back(std::move(callback)); }
  void on_client_update(Callback callback) { client_callbacks_.push_back(std::move(callback)); }
  void clear_callbacks();

  std::size_t max_bytes() const { return config_.max_bytes; }
  void set_enabled(bool is_enabled) { config_.is_enabled = is_enabled; }
  bool is_enabled() const { return config_.is_enabled; }
  // Forgets both texts, and the history.
  void clear();

  // Null when none is kept.
  const ClipboardHistory* history() const { return history_ ? &*history_ : nullptr; }
  Stats stats() const;

 private:
  ClipboardConfig config_;
  static std::uint32_t formats_with_text(const std::optional<Content>& content);

  std::optional<Content> server_;
  std::optional<Content> client_;
  // What both sides have by now: the last text that went either way.
  std::optional<std::string> shared_;
  std::optional<ClipboardHistory> history_;
  std::vector<Callback> server_callbacks_;
  std::vector<Callback> client_callbacks_;
};

}  // namespace oriel::clipboard
