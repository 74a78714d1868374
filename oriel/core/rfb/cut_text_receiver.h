#pragma once
// Takes in the body of one ClientCutText or ServerCutText after the other, as it comes: a text in
// Latin-1, or a message of the extended clipboard.

#include <cstddef>
#include <optional>
#include <string>
#include <variant>

#include "oriel/base/bytes.h"
#include "oriel/base/result.h"
#include "oriel/base/session.h"
#include "oriel/core/rfb/extended_clipboard.h"
#include "oriel/core/rfb/limits.h"

namespace oriel::rfb {

// The head of either message: the body follows, `bytes` long. A negative length on the wire says
// that it is one of the extended clipboard.
struct CutTextHead {
  std::uint32_t bytes = 0;
  bool is_extended = false;
  friend bool operator==(const CutTextHead&, const CutTextHead&) = default;
};

// The length of the message named `name`. Errors: kTooLarge, and kInvalid for an extended message
// without flags.
Result<CutTextHead> read_cut_text_head(std::int32_t length, std::string_view name,
                                       const Limits& limits);

// The peer has copied a text: Latin-1, lines ended by LF (RFC 6143, 7.5.6 and 7.6.4).
struct CutText {
  Bytes text;
  friend bool operator==(const CutText&, const CutText&) = default;
};
// The peer says something by the extended clipboard.
struct ClipboardCame {
  ClipboardMessage message;
  friend bool operator==(const ClipboardCame&, const ClipboardCame&) = default;
};
// The peer has provided more than a limit allows. Nothing of it was kept; the session goes on.
struct ClipboardRefused {
  std::string reason;
  friend bool operator==(const ClipboardRefused&, const ClipboardRefused&) = default;
};
using CutTextEvent = std::variant<CutText, ClipboardCame, ClipboardRefused>;

// One strand owns it.
class CutTextReceiver {
 public:
  explicit CutTextReceiver(const Limits& limits) : limits_(limits) {}

  // These formats were asked for, and may be larger than what comes unasked, once.
  void expect(FormatBits formats) { expected_ |= formats; }

  // While a body is on its way, all bytes go to `receive`. `head` has passed read_cut_text_head.
  bool is_open() const { return head_.has_value(); }
  void open(const CutTextHead& head);
  // Takes what belongs to the body, and gives the event when that is complete: as soon as `open`
  // for an empty one, with no bytes.
  Result<std::optional<CutTextEvent>> receive(ByteSpan bytes, std::size_t& consumed);

 private:
  Result<CutTextEvent> finish();

  Limits limits_;
  FormatBits expected_ = 0;
  std::optional<CutTextHead> head_;
  Bytes body_;
};

}  // namespace oriel::rfb
