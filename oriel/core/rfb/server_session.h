#pragma once
// The server's side of one RFB conversation (RFC 6143): handshake, client messages in, updates out.
// It knows pixels only as finished payloads; what is sent when is decided by
// app/server/frame_pipeline.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "oriel/base/session.h"
#include "oriel/core/codec/encoding_table.h"
#include "oriel/core/image/rect.h"
#include "oriel/core/rfb/capabilities.h"
#include "oriel/core/rfb/client_message.h"
#include "oriel/core/rfb/cut_text_receiver.h"
#include "oriel/core/rfb/limits.h"
#include "oriel/core/rfb/message_allowance.h"
#include "oriel/core/rfb/security/security_table.h"
#include "oriel/core/rfb/version.h"

namespace oriel::rfb {

struct ServerSessionConfig {
  std::string name;      // of the desktop, UTF-8
  image::Size geometry;  // at most 65535 x 65535
  SecurityServerConfig security;
  Limits limits;
  std::string refusal;        // not empty: the client is told this instead of being let in
  bool is_view_only = false;  // whatever its password
  // What a client with the extended clipboard is told; one that may only look is told: nothing.
  ClipboardCaps clipboard = server_clipboard_caps();
  // Asked when the answer of a client has come, before it counts: many may have been let in to the
  // handshake before the first of them was judged. Not empty: the client is told this, whatever it
  // has answered.
  std::function<std::string()> refusal_now = {};
  // Called as soon as an answer was found wrong.
  std::function<void()> was_wrong = {};
};

// The handshake is over: the client has been told the geometry.
struct Joined {
  bool is_shared = false;     // the client's wish
  bool is_view_only = false;  // by its password
  friend bool operator==(const Joined&, const Joined&) = default;
};

using ServerEvent = std::variant<Joined, SetPixelFormat, SetEncodings, UpdateRequest, KeyEvent,
                                 PointerEvent, EnableContinuousUpdates, SetDesktopSize,
                                 QemuKeyEvent, CutText, ClipboardCame, ClipboardRefused>;

struct EncodingStats {
  std::uint64_t rectangles = 0;
  std::uint64_t pixels = 0;
  std::uint64_t bytes = 0;  // rectangle headers included
};

struct ServerSessionStats {
  std::uint64_t updates = 0;
  std::map<std::string_view, EncodingStats> encodings;  // by the table's names
};

// One strand owns it.
class ServerSession final : public Session {
 public:
  // Queues the version at once. The handshake must be over by now + limits.handshake_timeout.
  ServerSession(ServerSessionConfig config, TimePoint now);

  Result<Need> receive(ByteSpan bytes, TimePoint now) override;
  std::optional<TimePoint> rests_until() const override { return allowance_.rests_until(); }
  OutputQueue& output() override { return output_; }
  void writable(TimePoint, std::size_t) override {}
  std::optional<TimePoint> deadline() const override;
  Status deadline_passed(TimePoint now) override;
  Transition transition() const override { return Transition::kNone; }

  // What came in, in order, since the last call.
  std::vector<ServerEvent> take_events() { return std::exchange(events_, {}); }

  // True between Joined and the end.
  bool is_joined() const { return phase_ == Phase::kMessages; }
  // True when authentication has failed: the peer gave a wrong password.
  bool is_refused() const { return is_refused_; }

  // Before is_joined(): the desktop has another size than at the connection.
  void set_geometry(image::Size size) { config_.geometry = size; }
  // Before is_joined(): another name.
  void set_name(std::string name) { config_.name = std::move(name); }

  // What the client said it understands; nothing before its first SetEncodings.
  const Capabilities& capabilities() const { return capabilities_; }

  // Says a whole message, as server_message.h writes it: now, or when the open update is complete.
  void say(ByteSpan message);
  // Says a message of the extended clipboard, which the client must have; a request lets its answer
  // be large.
  void say_clipboard(const ClipboardMessage& message);
  // The same, as write_clipboard_message has written it: no request.
  void say_clipboard_body(ByteSpan body);
  // What the client takes: as it has said, or as the specification has it.
  const ClipboardCaps& clipboard_caps() const { return clipboard_caps_; }
  // Queues a pseudo-rectangle, header and body. It leaves with the next send_pseudo_update, or in
  // front of the pixels of the next begin_update.
  // False when limits.pseudo_rectangles_max wait already, and this one was not taken: end the
  // session.
  [[nodiscard]] bool queue_pseudo_rectangle(ByteSpan rectangle);
  bool has_pseudo_rectangles() const { return pseudo_rectangles_ > 0; }
  // What is said and not written yet.
  std::size_t pending_bytes() const { return output_.size_bytes() + deferred_.size(); }
  // Sends what is queued as an update without pixels. Not while an update is open.
  void send_pseudo_update();

  // The framebuffer update under way, if there is one; no other message can be sent before its last
  // rectangle.
  bool is_update_open() const { return rectangles_missing_ > 0; }
  // Opens an update of what is queued and of `rectangles` (1 or more; 65535 with what is queued)
  // that follow by add_rectangle, in any order and as they get ready. The colour map goes before it
  // when the client has asked for a format with one since the last update: such a request empties
  // the client's map.
  void begin_update(int rectangles);
  // `payload` was made by the encoder of `encoding` for these pixels (at most its max_size) in the
  // format that the client had wanted last when the update began.
  void add_rectangle(const image::Rect& rect, const codec::Encoding& encoding, SharedBytes payload);

  const ServerSessionStats& stats() const { return stats_; }

 private:
  enum class Phase { kVersion, kSecurityChoice, kSecurity, kClientInit, kMessages };

  Result<Need> receive_one(ByteSpan bytes, TimePoint now);
  Result<Need> receive_version(ByteSpan bytes);
  Result<Need> refuse();
  Result<Need> receive_security_choice(ByteSpan bytes);
  Result<Need> receive_security(ByteSpan bytes);
  Result<Need> receive_client_init(ByteSpan bytes);
  Result<Need> receive_message(ByteSpan bytes, TimePoint now);
  Status count_message(const ClientMessage& message, TimePoint now);
  Result<Need> receive_cut_text(ByteSpan bytes);
  void take(const SetEncodings& message);
  void take(const SetPixelFormat& message);
  void take(const Fence& message);
  void take(const EnableContinuousUpdates& message);
  void write_update_head(int rectangles);
  void say_clipboard_caps();
  void finish_update();
  // `say` for what the client has asked for itself.
  void answer(ByteSpan message);
  void start_security(const SecurityType& type);
  Status finish_security();
  void say_security_failed(std::string_view reason);
  bool is_offered(const SecurityType& type) const;

  ServerSessionConfig config_;
  TimePoint handshake_deadline_;
  MessageAllowance allowance_;
  Phase phase_ = Phase::kVersion;
  const Version* version_ = nullptr;
  const SecurityType* security_type_ = nullptr;
  std::unique_ptr<SecurityServer> security_;
  CutTextReceiver cut_text_;
  ClipboardCaps clipboard_caps_ = default_clipboard_caps();
  bool knew_clipboard_ = false;  // the client has the extended clipboard, or had it
  bool is_refused_ = false;
  bool is_view_only_ = false;
  bool owes_colour_map_ = false;
  std::set<std::int32_t> zlib_streams_;  // encodings whose stream has begun
  int rectangles_missing_ = 0;
  Capabilities capabilities_;
  PointerForm pointer_form_ = PointerForm::kPlain;
  Bytes deferred_;                   // whole messages that wait for the end of the open update
  std::size_t answers_waiting_ = 0;  // bytes of them that the client has asked for
  Bytes pseudo_bytes_;
  int pseudo_rectangles_ = 0;
  OutputQueue output_;
  std::vector<ServerEvent> events_;
  ServerSessionStats stats_;
};

}  // namespace oriel::rfb
