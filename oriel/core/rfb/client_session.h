#pragma once
// The client's side of one RFB conversation with any server: it keeps a frame that is exactly what
// the server sent. The client of the library and the viewers of the tests are built on it.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "oriel/base/session.h"
#include "oriel/core/codec/encoding_table.h"
#include "oriel/core/image/colour_map.h"
#include "oriel/core/image/cursor.h"
#include "oriel/core/image/frame.h"
#include "oriel/core/rfb/client_message.h"
#include "oriel/core/rfb/limits.h"
#include "oriel/core/rfb/security/security_table.h"
#include "oriel/core/rfb/version.h"

namespace oriel::rfb {

struct ClientSessionConfig {
  SecurityClientConfig security;
  bool is_shared = true;
  Limits limits;
};

// The handshake is over.
struct Connected {
  image::Size geometry;
  image::PixelFormat format;  // the server's own
  std::string name;
  friend bool operator==(const Connected&, const Connected&) = default;
};
// A whole update has been decoded into the frame.
struct Updated {
  std::vector<image::Rect> rects;
  friend bool operator==(const Updated&, const Updated&) = default;
};
struct Bell {
  friend bool operator==(const Bell&, const Bell&) = default;
};

// The desktop has this size from now on, or stays at it: `result` says what came of a
// SetDesktopSize (rfbproto.rst, "ExtendedDesktopSize"); the frame has been cleared if the size is
// new.
struct Resized {
  image::Size size;
  std::uint16_t reason = 0;
  std::uint16_t result = 0;
  friend bool operator==(const Resized&, const Resized&) = default;
};
struct Renamed {
  std::string name;
  friend bool operator==(const Renamed&, const Renamed&) = default;
};
// A fence of the server's: a request has been answered, anything else is the answer to one of ours.
struct FenceCame {
  std::uint32_t flags = 0;
  Bytes payload;
  friend bool operator==(const FenceCame&, const FenceCame&) = default;
};
// The server understands ContinuousUpdates, or has ended them.
struct ContinuousUpdatesEnded {
  friend bool operator==(const ContinuousUpdatesEnded&, const ContinuousUpdatesEnded&) = default;
};
// The server understands a pseudo-encoding that needs no more than that (QEMU extended keys,
// extended mouse buttons, QEMU's sound).
struct Confirmed {
  std::int32_t encoding = 0;
  friend bool operator==(const Confirmed&, const Confirmed&) = default;
};

// The mouse cursor looks like this now; empty: it is not to be seen.
struct CursorCame {
  image::Cursor cursor;
  friend bool operator==(const CursorCame&, const CursorCame&) = default;
};
// Somebody else has moved the pointer to here; said by PointerPos, or by VMware's cursor position.
struct PointerMoved {
  image::Point position;
  std::int32_t encoding = 0;
  friend bool operator==(const PointerMoved&, const PointerMoved&) = default;
};
// The lights of the server's keyboard: bit 0 Scroll Lock, 1 Num Lock, 2 Caps Lock; said by QEMU's
// LED state, or by VMware's.
struct LedStateCame {
  std::uint8_t leds = 0;
  std::int32_t encoding = 0;
  friend bool operator==(const LedStateCame&, const LedStateCame&) = default;
};

using ClientEvent = std::variant<Connected, Updated, Bell, Resized, Renamed, FenceCame,
                                 ContinuousUpdatesEnded, Confirmed, CutText, ClipboardCame,
                                 ClipboardRefused, CursorCame, PointerMoved, LedStateCame>;

// Why the server has not let us in.
enum class Refusal {
  kNone,              // it has, or it has not said yet
  kTurnedAway,        // before it asked for anything, or although it asks for nothing
  kNoCredentials,     // it asks for a user or a password, and we have been given none
  kWrongCredentials,  // what we said was wrong
  kTooManyAttempts,   // it does not listen any more, for a while
};

// What was said in the handshake, before the first event, as a line for logs; of secrets only that
// they were said.
struct HandshakeStep {
  bool is_ours = false;
  std::string text;
  friend bool operator==(const HandshakeStep&, const HandshakeStep&) = default;
};

// One strand owns it.
class ClientSession final : public Session {
 public:
  ClientSession(ClientSessionConfig config, TimePoint now);

  // Errors: kRefused with the server's reason (see refusal()); kUnsupported when there is no common
  // security type, with those that the server offers; kInvalid and kTooLarge for malformed
  // messages.
  Result<Need> receive(ByteSpan bytes, TimePoint now) override;
  OutputQueue& output() override { return output_; }
  void writable(TimePoint, std::size_t) override {}
  std::optional<TimePoint> deadline() const override;
  // kTimeout with the step of the handshake at which the server stopped.
  Status deadline_passed(TimePoint now) override;
  Transition transition() const override;
  Status tls_started(const TlsPeer& peer, TimePoint now) override;

  std::vector<ClientEvent> take_events() { return std::exchange(events_, {}); }
  std::vector<HandshakeStep> take_handshake() { return std::exchange(handshake_, {}); }
  bool is_connected() const { return phase_ == Phase::kMessages; }
  // From the server's version to its ServerInit: some round trips, with what both had to compute.
  Duration handshake_took() const { return handshake_took_; }
  // "RFB 003.008", once it is agreed upon.
  std::string_view version_name() const;

  // Known as soon as the server has begun to refuse, so also when it closes before its reason,
  // which may say that there were too many attempts.
  Refusal refusal() const { return refusal_; }
  // The security method in use (security_method.h), such as "x509-vnc"; empty before the choice.
  std::string_view security_name() const;
  // Nothing without TLS of VeNCrypt's or type 18.
  const std::optional<TlsPeer>& tls_peer() const { return tls_peer_; }

  // Says `message`; after Connected. SetPixelFormat takes effect for what arrives from now on, so
  // not while an update may be on its way; of formats with a colour map only servers that have our
  // standard map are understood. A cut text's bytes are the caller's to queue.
  void say(const ClientMessage& message);
  // Says a message of the extended clipboard, to a server that has sent its caps; a request lets
  // its answer be large.
  void say_clipboard(const ClipboardMessage& message);

  // The server's geometry, after Connected.
  image::Size size() const { return size_; }
  // BGRX, pad zero, of that size. Made when it is first asked for, or when the first pixels have
  // come; that takes a while.
  const image::Frame& frame() const;
  // The rectangles of pixels of the update that is coming. Lent until the next call.
  std::span<const image::Rect> come_so_far() const { return updated_; }
  // How many rectangles came in each encoding.
  const std::map<std::int32_t, std::uint64_t>& rectangles_by_encoding() const {
    return rectangles_by_encoding_;
  }
  // As the last ExtendedDesktopSize had them.
  const std::vector<ScreenLayout>& screens() const { return screens_; }

 private:
  enum class Phase {
    kVersion,
    kSecurityOffer,
    kSecurityDecision,
    kSecurity,
    kResult,
    kServerInit,
    kMessages
  };
  static constexpr std::uint8_t kNoMessage = 254;
  // A rectangle whose header has been read; without an encoding it is a pseudo-rectangle.
  struct OpenRectangle {
    image::Rect rect;
    std::int32_t id;
    const codec::Encoding* encoding;
    image::Rect below = {};  // of Raw, what is taken after `rect`
  };

  Result<Need> receive_one(ByteSpan bytes);
  Result<Need> receive_version(ByteSpan bytes);
  Result<Need> receive_security_offer(ByteSpan bytes);
  Result<Need> receive_security_decision(ByteSpan bytes);
  Result<Need> receive_security(ByteSpan bytes);
  Result<Need> receive_result(ByteSpan bytes);
  Result<Need> receive_server_init(ByteSpan bytes);
  Result<Need> receive_message(ByteSpan bytes);
  Result<Need> receive_rectangle_head(ByteSpan bytes);
  Result<Need> receive_rectangle_body(ByteSpan bytes);
  Result<Need> receive_pseudo_body(ByteSpan bytes);
  Result<Need> receive_cursor(ByteSpan bytes);
  Result<Need> receive_fence(ByteSpan bytes);
  Result<Need> receive_cut_text(ByteSpan bytes);
  Result<Need> receive_message_head(ByteSpan bytes);
  Result<Need> receive_other_message(ByteSpan bytes);
  Status check_colour_map(std::string_view what) const;
  Status resize(image::Size size);
  // A refusal with a U32 length and a reason behind `offset` bytes.
  Result<Need> receive_refusal(ByteSpan bytes, std::size_t offset);
  const SecurityType* choose_security(std::span<const std::uint32_t> offered) const;
  std::unexpected<Error> no_common_security(std::span<const std::uint32_t> offered) const;
  Status start_security(const SecurityType& type);
  Status go_on_with_security(Status status);
  void say_client_init();
  void heard(std::string text) { handshake_.push_back({false, std::move(text)}); }
  void said(std::string text) { handshake_.push_back({true, std::move(text)}); }
  std::string awaited() const;
  void split_raw_rectangle();
  void finish_rectangle();

  ClientSessionConfig config_;
  TimePoint handshake_deadline_;
  TimePoint now_{};  // of the call under way
  TimePoint version_came_{};
  Duration handshake_took_{};
  Phase phase_ = Phase::kVersion;
  const Version* version_ = nullptr;
  const SecurityType* security_type_ = nullptr;
  std::unique_ptr<SecurityClient> security_;
  Refusal refusal_ = Refusal::kNone;
  std::optional<TlsPeer> tls_peer_;
  PointerForm pointer_form_ = PointerForm::kPlain;
  std::uint8_t last_message_ = kNoMessage;  // its type, for errors
  image::PixelFormat format_;
  image::ColourMap colour_map_{};  // what the server said
  image::Size size_;
  mutable image::Frame frame_;  // of another size: to be made
  std::vector<ScreenLayout> screens_;
  std::map<std::int32_t, std::unique_ptr<codec::Decoder>> decoders_;
  std::uint32_t rectangles_missing_ = 0;
  std::optional<OpenRectangle> open_rectangle_;
  std::vector<image::Rect> updated_;
  std::map<std::int32_t, std::uint64_t> rectangles_by_encoding_;
  std::uint64_t bytes_to_skip_ = 0;
  CutTextReceiver cut_text_;
  OutputQueue output_;
  std::vector<ClientEvent> events_;
  std::vector<HandshakeStep> handshake_;
  bool is_turn_over_ = false;
};

}  // namespace oriel::rfb
