// Any bytes from a server: the client's session has the same frame and events however they are cut,
// and keeps no more than the largest rectangle needs.
//
//   input := U8 choice, what the server says
//   choice: bit 0: the client has a password; bit 1: a user, randomness, and leave to say a plain
//           password; bits 2 to 7: bytes of a piece less 1

#include <cstddef>
#include <cstdint>

#include "fuzz/fuzzer.h"
#include "fuzz/session_feed.h"
#include "oriel/core/codec/encoding_table.h"
#include "oriel/core/rfb/client_session.h"

namespace {

using namespace oriel;

constexpr int kSideMax = 130;  // more than two tiles of 64; keeps one input fast
constexpr int kCursorSideMax = 40;
// Version, choice, what a security type says (Apple's the most), ClientInit and SetPixelFormat; and
// a fence is answered with as much as it has.
constexpr std::size_t kOutputMax = 12 + 1 + (128 + 512) + 1 + 20;

std::size_t wanted_max(const rfb::Limits& limits) {
  constexpr std::size_t kColourMap = 6 + 6 * 0xffff;        // the largest SetColourMapEntries
  constexpr std::size_t kTightLists = 8 + 3 * 16 * 0xffff;  // behind ServerInit
  std::size_t most = std::max<std::size_t>(24 + limits.name_bytes_max + kTightLists, kColourMap);
  constexpr std::size_t kCursor = 2 + 2 * 4 * kCursorSideMax * kCursorSideMax;
  most = std::max(most, kCursor);
  for (const auto& encoding : codec::encoding_table())
    most = std::max(most, encoding.max_body_bytes({kSideMax, kSideMax}));
  return most;
}

struct Outcome {
  fuzz::Fed fed;
  std::vector<rfb::ClientEvent> events;
  image::Frame frame;
  rfb::Refusal refusal;
  std::string_view security;

  // A decoder may write a part of a body that has not come in full (decoder.h), so the frame counts
  // only when nothing is left over.
  friend bool operator==(const Outcome& a, const Outcome& b) {
    return a.fed == b.fed && a.events == b.events && a.refusal == b.refusal &&
           a.security == b.security && (a.fed.unconsumed > 0 || a.frame == b.frame);
  }
};

Outcome run(std::uint8_t choice, ByteSpan bytes, std::size_t step_bytes, fuzz::Calls calls) {
  rfb::ClientSessionConfig config;
  if (choice & 1) config.security.password = "geheim";
  if (choice & 2) {
    config.security.username = "user";
    config.security.entropy.fill(0x5a);
    config.security.allows_plain_password = true;
  }
  config.limits.geometry_max = kSideMax;
  config.limits.cursor_side_max = kCursorSideMax;
  rfb::ClientSession session(config, TimePoint{});
  Outcome outcome;
  outcome.fed = fuzz::feed(
      session, bytes, {step_bytes, calls, wanted_max(config.limits), kOutputMax + bytes.size()});
  outcome.events = session.take_events();
  outcome.frame = session.frame();
  outcome.refusal = session.refusal();
  outcome.security = session.security_name();
  ORIEL_CHECK(session.deadline().has_value() == !session.is_connected());
  // Who is let in is not refused, and who is refused is told why.
  const bool is_refused = outcome.refusal != rfb::Refusal::kNone;
  ORIEL_CHECK(!is_refused || !session.is_connected());
  ORIEL_CHECK(is_refused || !outcome.fed.error || outcome.fed.error->code != ErrorCode::kRefused);
  if (!session.is_connected()) {
    const auto status = session.deadline_passed(TimePoint{} + config.limits.handshake_timeout);
    ORIEL_CHECK(!status && status.error().code == ErrorCode::kTimeout);
  }

  const auto size = outcome.frame.size();
  ORIEL_CHECK(size.width <= kSideMax && size.height <= kSideMax);
  ORIEL_CHECK(session.is_connected() != outcome.events.empty());
  for (std::size_t i = 0; i < outcome.events.size(); ++i) {
    const auto& event = outcome.events[i];
    ORIEL_CHECK(std::holds_alternative<rfb::Connected>(event) == (i == 0));
    if (const auto* updated = std::get_if<rfb::Updated>(&event))
      for (const auto& rect : updated->rects) ORIEL_CHECK(image::Rect::of(size).contains(rect));
    if (const auto* came = std::get_if<rfb::CursorCame>(&event)) {
      const auto& cursor = came->cursor;
      ORIEL_CHECK(image::normalized(cursor, kCursorSideMax) == cursor);
      ORIEL_CHECK(cursor.pixels.size() == static_cast<std::size_t>(cursor.size.area()));
    }
  }
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x) ORIEL_CHECK(outcome.frame.at(x, y) >> 24 == 0);
  return outcome;
}

}  // namespace

ORIEL_FUZZER(rfb_client_session, bytes, size) {
  if (size < 1) return 0;
  const auto choice = bytes[0];
  const ByteSpan said(bytes + 1, size - 1);
  const auto whole = run(choice, said, size, fuzz::Calls::kAfterEveryPiece);
  const std::size_t step = 1 + (choice >> 2);
  ORIEL_CHECK(run(choice, said, step, fuzz::Calls::kWhenWantedIsThere) == whole);
  ORIEL_CHECK(run(choice, said, step, fuzz::Calls::kAfterEveryPiece) == whole);
  return 0;
}
