#include "oriel/core/rfb/server_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "oriel/base/byte_writer.h"
#include "oriel/base/check.h"
#include "oriel/core/rfb/colour_map_message.h"
#include "oriel/core/rfb/constants.h"
#include "oriel/core/rfb/security/tight.h"
#include "oriel/core/rfb/server_message.h"

namespace oriel::rfb {
namespace {

// The header of a zlib stream (RFC 1950): deflate, 32 KB window, fastest. It stands once before the
// blocks that all viewers share.
constexpr std::array<std::uint8_t, 2> kZlibHeader{0x78, 0x01};

void append_reason(Bytes& out, std::string_view reason) {
  ByteWriter(out).u32(static_cast<std::uint32_t>(reason.size())).bytes(as_bytes(reason));
}

}  // namespace

ServerSession::ServerSession(ServerSessionConfig config, TimePoint now)
    : config_(std::move(config)),
      handshake_deadline_(now + config_.limits.handshake_timeout),
      allowance_(config_.limits, now),
      cut_text_(config_.limits) {
  output_.append(as_bytes(newest_version().line));
}

std::optional<TimePoint> ServerSession::deadline() const {
  if (phase_ == Phase::kMessages) return std::nullopt;
  return handshake_deadline_;
}

Status ServerSession::deadline_passed(TimePoint now) {
  if (phase_ == Phase::kMessages || now < handshake_deadline_) return {};
  constexpr const char* kWaitingFor[] = {"the protocol version", "the choice of a security type",
                                         "the answer to the challenge", "ClientInit"};
  return fail(
      ErrorCode::kTimeout,
      fmt::format("handshake: {} did not come within {} s", kWaitingFor[static_cast<int>(phase_)],
                  std::chrono::duration_cast<std::chrono::seconds>(config_.limits.handshake_timeout)
                      .count()));
}

Result<Need> ServerSession::receive(ByteSpan bytes, TimePoint now) {
  std::size_t consumed = 0;
  while (true) {
    if (rests_until() > now) return Need{consumed, 1};
    ORIEL_TRY(auto need, receive_one(bytes.subspan(consumed), now));
    consumed += need.consumed;
    if (need.consumed == 0) return Need{consumed, std::max<std::size_t>(need.wanted, 1)};
  }
}

Result<Need> ServerSession::receive_one(ByteSpan bytes, TimePoint now) {
  if (bytes.empty()) return Need{};
  switch (phase_) {
    case Phase::kVersion:
      return receive_version(bytes);
    case Phase::kSecurityChoice:
      return receive_security_choice(bytes);
    case Phase::kSecurity:
      return receive_security(bytes);
    case Phase::kClientInit:
      return receive_client_init(bytes);
    case Phase::kMessages:
      return receive_message(bytes, now);
  }
  return Need{};
}

bool ServerSession::is_offered(const SecurityType& type) const {
  if (type.make_server == nullptr) return false;
  return config_.security.password.empty() ? type.is_for_none : type.is_for_password;
}

Result<Need> ServerSession::receive_version(ByteSpan bytes) {
  if (bytes.size() < kVersionSize) return Need{0, kVersionSize};
  ORIEL_TRY(version_, choose_version(bytes.first(kVersionSize)));
  if (!config_.refusal.empty()) return refuse();
  Bytes offer;
  std::vector<const SecurityType*> offered;
  for (const auto& type : security_table())
    if (is_offered(type)) offered.push_back(&type);
  ORIEL_CHECK(!offered.empty());
  if (version_->server_decides_security) {
    ByteWriter(offer).u32(offered.front()->id);
    output_.append(offer);
    start_security(*offered.front());
    ORIEL_TRY_VOID(finish_security());
  } else {
    ByteWriter(offer).u8(static_cast<std::uint8_t>(offered.size()));
    for (const auto* type : offered) offer.push_back(type->id);
    output_.append(offer);
    phase_ = Phase::kSecurityChoice;
  }
  return Need{kVersionSize, 1};
}

// No security type at all, and a reason (RFC 6143, 7.1.2).
Result<Need> ServerSession::refuse() {
  Bytes refusal;
  if (version_->server_decides_security)
    ByteWriter(refusal).u32(0);
  else
    ByteWriter(refusal).u8(0);
  append_reason(refusal, config_.refusal);
  output_.append(refusal);
  return fail(ErrorCode::kRefused, config_.refusal);
}

Result<Need> ServerSession::receive_security_choice(ByteSpan bytes) {
  const auto* type = find_security_type(bytes[0]);
  if (type == nullptr || !is_offered(*type)) {
    const auto reason = fmt::format("security type {} was chosen but not offered", bytes[0]);
    if (version_->failure_has_reason) say_security_failed(reason);
    return fail(ErrorCode::kInvalid, reason);
  }
  start_security(*type);
  ORIEL_TRY_VOID(finish_security());
  return Need{1, 1};
}

void ServerSession::start_security(const SecurityType& type) {
  security_type_ = &type;
  security_ = type.make_server(config_.security);
  security_->start(output_);
  phase_ = Phase::kSecurity;
}

Result<Need> ServerSession::receive_security(ByteSpan bytes) {
  const auto need = security_->receive(bytes, output_);
  if (!need && version_->failure_has_reason) say_security_failed(need.error().message);
  if (!need || !security_->outcome()) return need;
  if (const auto refusal = config_.refusal_now ? config_.refusal_now() : ""; !refusal.empty()) {
    say_security_failed(refusal);
    return fail(ErrorCode::kRefused, refusal);
  }
  ORIEL_TRY_VOID(finish_security());
  return need;
}

// The SecurityResult of who stays out (RFC 6143, 7.1.3; before 3.8 there is no reason).
void ServerSession::say_security_failed(std::string_view reason) {
  Bytes result;
  ByteWriter(result).u32(1);
  if (version_->failure_has_reason) append_reason(result, reason);
  output_.append(result);
}

// Says the SecurityResult once there is an outcome (RFC 6143, 7.1.3).
Status ServerSession::finish_security() {
  const auto outcome = security_->outcome();
  if (!outcome) return {};
  const bool is_accepted = *outcome != SecurityOutcome::kRefused;
  is_view_only_ = config_.is_view_only || *outcome == SecurityOutcome::kAcceptedViewOnly;
  // Also of Tight, when it asks for nothing.
  const bool is_none = config_.security.password.empty();
  const bool has_result = !is_none || version_->none_has_security_result;
  security_.reset();
  if (is_accepted) {
    if (has_result) output_.append(Bytes{0, 0, 0, 0});
  } else {
    say_security_failed("Authentication failed");
    is_refused_ = true;
    if (config_.was_wrong) config_.was_wrong();
    return fail(ErrorCode::kRefused,
                fmt::format("authentication failed (security type {})", security_type_->name));
  }
  phase_ = Phase::kClientInit;
  return {};
}

Result<Need> ServerSession::receive_client_init(ByteSpan bytes) {
  Bytes init;
  ByteWriter writer(init);
  writer.u16(static_cast<std::uint16_t>(config_.geometry.width));
  writer.u16(static_cast<std::uint16_t>(config_.geometry.height));
  image::write_pixel_format(image::kBgrx, writer);
  append_reason(init, config_.name);
  if (security_type_->has_interaction) ByteWriter(init).zeros(kTightInteractionBytes);
  output_.append(init);
  phase_ = Phase::kMessages;
  events_.push_back(Joined{bytes[0] != 0, is_view_only_});
  return Need{1, 1};
}

Result<Need> ServerSession::receive_cut_text(ByteSpan bytes) {
  std::size_t consumed = 0;
  ORIEL_TRY(auto event, cut_text_.receive(bytes, consumed));
  if (!event) return Need{consumed, 1};
  if (const auto* came = std::get_if<ClipboardCame>(&*event)) {
    if (const auto* caps = std::get_if<ClipboardCaps>(&came->message)) clipboard_caps_ = *caps;
  }
  std::visit([this](auto& known) { events_.push_back(std::move(known)); }, *event);
  return Need{consumed, 1};
}

// Its own rate is what a client is held to; the time of others is not its to take.
Status ServerSession::count_message(const ClientMessage& message, TimePoint now) {
  allowance_.spend(message_weight(message), now);
  if (!allowance_.is_flood(now)) return {};
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(config_.limits.flood_timeout).count();
  return fail(ErrorCode::kTooLarge,
              fmt::format("more than {} messages a second for {} s without a break",
                          config_.limits.messages_per_s, seconds));
}

Result<Need> ServerSession::receive_message(ByteSpan bytes, TimePoint now) {
  if (cut_text_.is_open()) return receive_cut_text(bytes);
  ClientMessage message;
  ORIEL_TRY(auto need, parse_client_message(bytes, config_.limits, pointer_form_, message));
  if (need.consumed == 0) return need;
  ORIEL_TRY_VOID(count_message(message, now));
  if (const auto* head = std::get_if<CutTextHead>(&message)) {
    if (head->is_extended && !knew_clipboard_)
      return fail(
          ErrorCode::kInvalid,
          "ClientCutText: an extended message of a client that does not have the extension");
    cut_text_.open(*head);
    ORIEL_TRY_VOID(receive_cut_text({}));  // an empty one is complete
    return need;
  }
  std::visit(
      [this]<typename T>(T& known) {
        if constexpr (requires { take(known); }) take(known);
        if constexpr (requires { events_.push_back(std::move(known)); })
          events_.push_back(std::move(known));
      },
      message);
  if (answers_waiting_ > config_.limits.deferred_answers_bytes_max) {
    return fail(
        ErrorCode::kTooLarge,
        fmt::format("{} bytes of answers wait for a client that asks and does not read, at most {}",
                    answers_waiting_, config_.limits.deferred_answers_bytes_max));
  }
  return need;
}

void ServerSession::begin_update(int rectangles) {
  ORIEL_CHECK(rectangles >= 1);
  write_update_head(rectangles + std::exchange(pseudo_rectangles_, 0));
  output_.append(std::exchange(pseudo_bytes_, {}));
  rectangles_missing_ = rectangles;
}

void ServerSession::write_update_head(int rectangles) {
  ORIEL_CHECK(is_joined() && !is_update_open() && rectangles <= 0xffff);
  Bytes head;
  ByteWriter writer(head);
  if (std::exchange(owes_colour_map_, false))
    write_colour_map(image::standard_colour_map(), writer);
  writer.u8(kFramebufferUpdate).u8(0).u16(static_cast<std::uint16_t>(rectangles));
  output_.append(head);
}

// FramebufferUpdate rectangle: U16 x, y, width, height; S32 encoding; body (RFC 6143, 7.6.1).
// A body of shared deflate blocks: U32 length; once for each encoding 78 01; the blocks.
void ServerSession::add_rectangle(const image::Rect& rect, const codec::Encoding& encoding,
                                  SharedBytes payload) {
  ORIEL_CHECK(is_update_open());
  ORIEL_CHECK(rect.width <= encoding.max_size.width && rect.height <= encoding.max_size.height);
  Bytes head;
  ByteWriter writer(head);
  for (int value : {rect.x, rect.y, rect.width, rect.height})
    writer.u16(static_cast<std::uint16_t>(value));
  writer.s32(encoding.id);
  if (encoding.framing == codec::Framing::kSharedDeflate) {
    const bool is_new = zlib_streams_.insert(encoding.id).second;
    writer.u32(static_cast<std::uint32_t>(payload->size() + (is_new ? kZlibHeader.size() : 0)));
    if (is_new) writer.bytes(kZlibHeader);
  }
  auto& stats = stats_.encodings[encoding.name];
  ++stats.rectangles;
  stats.pixels += static_cast<std::uint64_t>(rect.area());
  stats.bytes += head.size() + payload->size();
  output_.append(head);
  output_.append_shared(std::move(payload));
  if (--rectangles_missing_ == 0) finish_update();
}

void ServerSession::finish_update() {
  ++stats_.updates;
  answers_waiting_ = 0;
  output_.append(std::exchange(deferred_, {}));
}

void ServerSession::answer(ByteSpan message) {
  if (is_update_open()) answers_waiting_ += message.size();
  say(message);
}

void ServerSession::say(ByteSpan message) {
  if (is_update_open())
    ByteWriter(deferred_).bytes(message);
  else
    output_.append(message);
}

bool ServerSession::queue_pseudo_rectangle(ByteSpan rectangle) {
  if (pseudo_rectangles_ >= config_.limits.pseudo_rectangles_max) return false;
  ByteWriter(pseudo_bytes_).bytes(rectangle);
  ++pseudo_rectangles_;
  return true;
}

void ServerSession::send_pseudo_update() {
  ORIEL_CHECK(has_pseudo_rectangles());
  write_update_head(std::exchange(pseudo_rectangles_, 0));
  output_.append(std::exchange(pseudo_bytes_, {}));
  finish_update();
}

// Says what is said once, at the first list that names an extension (rfbproto.rst, "Fence",
// "ContinuousUpdates", "QEMU Extended Key Event", "Extended Mouse Buttons").
void ServerSession::take(const SetEncodings& message) {
  const auto before = std::exchange(capabilities_, read_capabilities(message.encodings));
  Bytes bytes;
  ByteWriter writer(bytes);
  if (capabilities_.fence && !before.fence) write_server_fence(kFenceRequest, {}, writer);
  if (capabilities_.continuous_updates && !before.continuous_updates)
    write_end_of_continuous_updates(writer);
  answer(bytes);
  if (capabilities_.extended_clipboard) say_clipboard_caps();
  const auto confirm = [this](std::int32_t encoding) {
    Bytes rectangle;
    ByteWriter pseudo(rectangle);
    write_empty_pseudo_rectangle(encoding, pseudo);
    (void)queue_pseudo_rectangle(rectangle);  // twice in a session at most: each is said once
  };
  if (capabilities_.qemu_extended_key && !before.qemu_extended_key) confirm(kPseudoQemuExtendedKey);
  if (capabilities_.extended_mouse_buttons && !before.extended_mouse_buttons) {
    confirm(kPseudoExtendedMouseButtons);
    pointer_form_ = PointerForm::kExtended;
  }
}

// At every list that names the extension (rfbproto.rst, "Extended Clipboard Pseudo-Encoding").
void ServerSession::say_clipboard_caps() {
  knew_clipboard_ = true;
  Bytes body, message;
  ByteWriter body_writer(body), writer(message);
  write_clipboard_message(is_view_only_ ? ClipboardCaps{} : config_.clipboard, body_writer);
  write_extended_cut_text(kServerCutText, body, writer);
  answer(message);
}

void ServerSession::say_clipboard(const ClipboardMessage& message) {
  if (const auto* request = std::get_if<ClipboardRequest>(&message))
    cut_text_.expect(request->formats);
  Bytes body;
  ByteWriter writer(body);
  write_clipboard_message(message, writer);
  say_clipboard_body(body);
}

void ServerSession::say_clipboard_body(ByteSpan body) {
  ORIEL_CHECK(is_joined() && knew_clipboard_);
  Bytes message;
  ByteWriter writer(message);
  write_extended_cut_text(kServerCutText, body, writer);
  say(message);
}

void ServerSession::take(const SetPixelFormat& message) {
  owes_colour_map_ = !message.format.is_true_colour;
}

// A request is answered with the flags that we know. Messages are handled one by one and in order,
// so nothing has to be held back for them; behind an open update the answer waits for its end,
// which is what SyncNext wants.
void ServerSession::take(const Fence& message) {
  if ((message.flags & kFenceRequest) == 0) return;
  Bytes bytes;
  ByteWriter writer(bytes);
  write_server_fence(message.flags & (kFenceBlockBefore | kFenceBlockAfter | kFenceSyncNext),
                     message.payload, writer);
  answer(bytes);
}

// The end is confirmed, also when nothing was enabled.
void ServerSession::take(const EnableContinuousUpdates& message) {
  if (message.is_enabled) return;
  Bytes bytes;
  ByteWriter writer(bytes);
  write_end_of_continuous_updates(writer);
  answer(bytes);
}

}  // namespace oriel::rfb
