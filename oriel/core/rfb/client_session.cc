#include "oriel/core/rfb/client_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>

#include "oriel/base/byte_reader.h"
#include "oriel/base/byte_writer.h"
#include "oriel/base/check.h"
#include "oriel/core/clipboard/text.h"
#include "oriel/core/rfb/colour_map_message.h"
#include "oriel/core/rfb/constants.h"
#include "oriel/core/rfb/cursor_message.h"
#include "oriel/core/rfb/ignored_message.h"
#include "oriel/core/rfb/security/security_method.h"
#include "oriel/core/rfb/security/tight.h"

namespace oriel::rfb {
namespace {

// After so many the application takes them, and others get their turn.
constexpr std::size_t kEventsPerTurn = 256;

Status check_desktop(std::string_view what, image::Size size, const Limits& limits) {
  const int largest = limits.geometry_max;
  if (size.width < 1 || size.height < 1 || size.width > largest || size.height > largest)
    return fail(ErrorCode::kTooLarge, fmt::format("{}: a desktop of {}x{}, expected 1x1 to {}x{}",
                                                  what, size.width, size.height, largest, largest));
  if (std::int64_t{size.width} * size.height > limits.pixels_max)
    return fail(ErrorCode::kTooLarge, fmt::format("{}: a desktop of {}x{}, at most {} pixels", what,
                                                  size.width, size.height, limits.pixels_max));
  return {};
}

// What the server has to say, without what could disturb a terminal.
std::string clean_text(ByteSpan text) {
  std::string clean;
  for (const auto byte : text) clean += byte < 0x20 || byte == 0x7f ? ' ' : static_cast<char>(byte);
  clean.erase(clean.find_last_not_of(' ') + 1);
  return clean;
}

// Servers tell by words alone that they do not listen to an address for a while: TigerVNC and
// RealVNC "Too many security failures", others "Too many authentication failures".
bool is_about_attempts(std::string said) {
  std::ranges::transform(said, said.begin(), [](unsigned char c) {
    return static_cast<char>(c < 0x80 ? std::tolower(c) : c);
  });
  constexpr std::string_view kWhat[] = {"security failure", "authentication", "password",
                                        "failed attempt"};
  return said.contains("too many") &&
         std::ranges::any_of(kWhat, [&said](std::string_view what) { return said.contains(what); });
}

std::string refusal_sentence(const std::string& said, Refusal refusal) {
  std::string sentence = refusal == Refusal::kWrongCredentials ? "the server refused the password"
                                                               : "the server refused";
  const bool is_locked = refusal == Refusal::kTooManyAttempts;
  if (is_locked && !is_about_attempts(said)) sentence += ": too many attempts to authenticate";
  if (!said.empty()) sentence += ": " + said;
  // Ours says how long.
  if (is_locked && !said.contains("wait"))
    sentence += "; wait some minutes, each attempt before may make it longer";
  return sentence;
}

}  // namespace

ClientSession::ClientSession(ClientSessionConfig config, TimePoint now)
    : config_(std::move(config)),
      handshake_deadline_(now + config_.limits.handshake_timeout),
      cut_text_(config_.limits) {}

std::optional<TimePoint> ClientSession::deadline() const {
  if (phase_ == Phase::kMessages) return std::nullopt;
  return handshake_deadline_;
}

Status ClientSession::deadline_passed(TimePoint now) {
  if (phase_ == Phase::kMessages || now < handshake_deadline_) return {};
  return fail(
      ErrorCode::kTimeout,
      fmt::format("handshake: no {} from the server within {} s", awaited(),
                  std::chrono::duration_cast<std::chrono::seconds>(config_.limits.handshake_timeout)
                      .count()));
}

std::string ClientSession::awaited() const {
  switch (phase_) {
    case Phase::kVersion:
      return "protocol version";
    case Phase::kSecurityOffer:
    case Phase::kSecurityDecision:
      return "list of security types";
    case Phase::kSecurity:
      return fmt::format("{} ({})", security_->awaits(), security_->name());
    case Phase::kResult:
      return security_->is_none() ? "leave to come in" : "answer to the password";
    case Phase::kServerInit:
    case Phase::kMessages:
      break;
  }
  return "ServerInit, the size of the desktop,";
}

std::string_view ClientSession::version_name() const {
  return version_ == nullptr ? "" : version_->line.substr(0, kVersionSize - 1);
}

void ClientSession::say(const ClientMessage& message) {
  ORIEL_CHECK(is_connected());
  if (const auto* format = std::get_if<SetPixelFormat>(&message)) format_ = format->format;
  Bytes bytes;
  ByteWriter writer(bytes);
  write_client_message(message, writer, pointer_form_);
  output_.append(bytes);
}

void ClientSession::say_clipboard(const ClipboardMessage& message) {
  ORIEL_CHECK(is_connected());
  if (const auto* request = std::get_if<ClipboardRequest>(&message))
    cut_text_.expect(request->formats);
  Bytes body, whole;
  ByteWriter body_writer(body), writer(whole);
  write_clipboard_message(message, body_writer);
  write_extended_cut_text(kClientCutText, body, writer);
  output_.append(whole);
}

Result<Need> ClientSession::receive(ByteSpan bytes, TimePoint now) {
  now_ = now;
  std::size_t consumed = 0;
  while (true) {
    if (transition() != Transition::kNone) return Need{consumed, 1};
    ORIEL_TRY(auto need, receive_one(bytes.subspan(consumed)));
    consumed += need.consumed;
    if (need.consumed == 0) return Need{consumed, std::max<std::size_t>(need.wanted, 1)};
    if (std::exchange(is_turn_over_, false) || events_.size() >= kEventsPerTurn)
      return Need{consumed, 1, true};
  }
}

Result<Need> ClientSession::receive_one(ByteSpan bytes) {
  if (bytes.empty()) return Need{};
  switch (phase_) {
    case Phase::kVersion:
      return receive_version(bytes);
    case Phase::kSecurityOffer:
      return receive_security_offer(bytes);
    case Phase::kSecurityDecision:
      return receive_security_decision(bytes);
    case Phase::kSecurity:
      return receive_security(bytes);
    case Phase::kResult:
      return receive_result(bytes);
    case Phase::kServerInit:
      return receive_server_init(bytes);
    case Phase::kMessages:
      break;
  }
  if (open_rectangle_) return receive_rectangle_body(bytes);
  if (rectangles_missing_ > 0) return receive_rectangle_head(bytes);
  return receive_message(bytes);
}

Result<Need> ClientSession::receive_version(ByteSpan bytes) {
  if (bytes.size() < kVersionSize) return Need{0, kVersionSize};
  heard("ProtocolVersion \"" + clean_text(bytes.first(kVersionSize)) + "\"");
  ORIEL_TRY(version_, choose_version(bytes.first(kVersionSize)));
  version_came_ = now_;
  output_.append(as_bytes(version_->line));
  said(fmt::format("ProtocolVersion \"{}\"", version_name()));
  phase_ = version_->server_decides_security ? Phase::kSecurityDecision : Phase::kSecurityOffer;
  return Need{kVersionSize, 1};
}

Result<Need> ClientSession::receive_refusal(ByteSpan bytes, std::size_t offset) {
  if (bytes.size() < offset + 4) return Need{0, offset + 4};
  const std::size_t length = ByteReader(bytes.subspan(offset)).u32();
  if (length > config_.limits.reason_bytes_max) {
    return fail(ErrorCode::kTooLarge, fmt::format("reason of a refusal: {} bytes, at most {}",
                                                  length, config_.limits.reason_bytes_max));
  }
  if (bytes.size() < offset + 4 + length) return Need{0, offset + 4 + length};
  const auto said = clean_text(bytes.subspan(offset + 4, length));
  if (is_about_attempts(said)) refusal_ = Refusal::kTooManyAttempts;
  return fail(ErrorCode::kRefused, refusal_sentence(said, refusal_));
}

Result<Need> ClientSession::receive_security_offer(ByteSpan bytes) {
  const std::size_t count = bytes[0];
  if (count == 0) {
    refusal_ = Refusal::kTurnedAway;
    return receive_refusal(bytes, 1);
  }
  if (bytes.size() < 1 + count) return Need{0, 1 + count};
  const auto list = bytes.subspan(1, count);
  const std::vector<std::uint32_t> offered(list.begin(), list.end());
  heard("security types " + describe_security_types(offered));
  const auto* type = choose_security(offered);
  if (type == nullptr) return no_common_security(offered);
  output_.append(ByteSpan(&type->id, 1));
  const std::uint32_t chosen = type->id;
  said("security type " + describe_security_types({&chosen, 1}));
  ORIEL_TRY_VOID(start_security(*type));
  return Need{1 + count, 1};
}

Result<Need> ClientSession::receive_security_decision(ByteSpan bytes) {
  if (bytes.size() < 4) return Need{0, 4};
  const auto id = ByteReader(bytes).u32();
  if (id == 0) {
    refusal_ = Refusal::kTurnedAway;
    return receive_refusal(bytes, 4);
  }
  heard(fmt::format("security type {}, as the server decides", describe_security_types({&id, 1})));
  const auto* type = choose_security({&id, 1});
  if (type == nullptr) return no_common_security({&id, 1});
  ORIEL_TRY_VOID(start_security(*type));
  return Need{4, 1};
}

const SecurityType* ClientSession::choose_security(std::span<const std::uint32_t> offered) const {
  for (const auto* method : acceptable_methods(config_.security)) {
    const auto id = offered_as(*method);
    if (std::ranges::find(offered, id) != offered.end()) return find_security_type(id);
  }
  return nullptr;
}

std::unexpected<Error> ClientSession::no_common_security(
    std::span<const std::uint32_t> offered) const {
  const bool is_choosy = !config_.security.allowed.empty() || config_.security.requires_encryption;
  return fail(
      ErrorCode::kUnsupported,
      fmt::format("no security type of the server is {}: it offers {}",
                  is_choosy ? "known and allowed" : "known", describe_security_types(offered)));
}

Status ClientSession::start_security(const SecurityType& type) {
  security_type_ = &type;
  security_ = type.make_client(config_.security);
  phase_ = Phase::kSecurity;
  return go_on_with_security(security_->start(output_));
}

Result<Need> ClientSession::receive_security(ByteSpan bytes) {
  auto need = security_->receive(bytes, output_);
  ORIEL_TRY_VOID(go_on_with_security(need ? Status{} : std::unexpected(need.error())));
  return need;
}

Transition ClientSession::transition() const {
  return phase_ == Phase::kSecurity ? security_->transition() : Transition::kNone;
}

Status ClientSession::tls_started(const TlsPeer& peer, TimePoint) {
  ORIEL_CHECK(transition() != Transition::kNone);
  tls_peer_ = peer;
  heard(fmt::format("TLS{}{}", peer.is_verified ? ", verified" : "",
                    peer.fingerprint.empty() ? "" : ", certificate SHA-256 " + peer.fingerprint));
  return go_on_with_security(security_->tls_started(output_));
}

std::string_view ClientSession::security_name() const {
  return security_ ? security_->name() : std::string_view();
}

// `status` is what the client's half has just returned.
Status ClientSession::go_on_with_security(Status status) {
  if (!status) {
    if (status.error().code == ErrorCode::kRefused) refusal_ = Refusal::kNoCredentials;
    return status;
  }
  if (!security_->is_done()) return {};
  said(fmt::format("security {}{}", security_->name(),
                   security_->is_none() ? "" : ", the answer (not shown)"));
  phase_ = Phase::kResult;
  if (security_->is_none() && !version_->none_has_security_result) say_client_init();
  return {};
}

void ClientSession::say_client_init() {
  output_.append(Bytes{config_.is_shared});
  said(config_.is_shared ? "ClientInit shared" : "ClientInit exclusive");
  phase_ = Phase::kServerInit;
}

Result<Need> ClientSession::receive_result(ByteSpan bytes) {
  constexpr std::uint32_t kTooMany = 2;  // rfbproto.rst, "SecurityResult"
  if (bytes.size() < 4) return Need{0, 4};
  const auto result = ByteReader(bytes).u32();
  if (result == 0) {
    heard("SecurityResult ok");
    say_client_init();
    return Need{4, 1};
  }
  refusal_ = result == kTooMany     ? Refusal::kTooManyAttempts
             : security_->is_none() ? Refusal::kTurnedAway
                                    : Refusal::kWrongCredentials;
  if (version_->failure_has_reason) return receive_refusal(bytes, 4);
  return fail(ErrorCode::kRefused, refusal_sentence({}, refusal_));
}

Result<Need> ClientSession::receive_server_init(ByteSpan bytes) {
  constexpr std::size_t kHead = 24;
  if (bytes.size() < kHead) return Need{0, kHead};
  ByteReader reader(bytes);
  Connected connected;
  const int width = reader.u16(), height = reader.u16();
  connected.geometry = {width, height};
  connected.format = image::parse_pixel_format(reader);
  const std::size_t length = reader.u32();
  if (length > config_.limits.name_bytes_max)
    return fail(ErrorCode::kTooLarge, fmt::format("ServerInit: a name of {} bytes, at most {}",
                                                  length, config_.limits.name_bytes_max));
  ORIEL_TRY_VOID(check_desktop("ServerInit", connected.geometry, config_.limits));
  std::size_t size = kHead + length;
  if (bytes.size() < size) return Need{0, size};
  if (security_type_->has_interaction) {
    const auto interaction = tight_interaction_bytes(bytes.subspan(size));
    if (interaction.consumed == 0) return Need{0, size + interaction.wanted};
    size += interaction.consumed;
  }
  connected.name = clipboard::to_utf8(as_text(reader.take(length)));
  format_ = connected.format;
  size_ = connected.geometry;
  handshake_took_ = now_ - version_came_;
  phase_ = Phase::kMessages;
  // It can send ours, whatever its own is.
  if (!image::check_pixel_format(format_)) say(SetPixelFormat{image::kBgrx});
  events_.push_back(std::move(connected));
  return Need{size, 1};
}

Result<Need> ClientSession::receive_message(ByteSpan bytes) {
  if (bytes_to_skip_ > 0) {
    const auto skipped = std::min<std::uint64_t>(bytes.size(), bytes_to_skip_);
    bytes_to_skip_ -= skipped;
    return Need{static_cast<std::size_t>(skipped), 1};
  }
  if (cut_text_.is_open()) return receive_cut_text(bytes);
  ORIEL_TRY(const auto need, receive_message_head(bytes));
  if (need.consumed > 0) last_message_ = bytes[0];
  return need;
}

Result<Need> ClientSession::receive_message_head(ByteSpan bytes) {
  ByteReader reader(bytes);
  switch (reader.u8()) {
    case kFramebufferUpdate:
      if (bytes.size() < 4) return Need{0, 4};
      reader.skip(1);
      rectangles_missing_ = reader.u16();
      if (rectangles_missing_ == 0) events_.push_back(Updated{});
      return Need{4, 1};
    case kSetColourMapEntries:
      return parse_colour_map(bytes, colour_map_);
    case kBell:
      events_.push_back(Bell{});
      return Need{1, 1};
    case kEndOfContinuousUpdates:
      events_.push_back(ContinuousUpdatesEnded{});
      return Need{1, 1};
    case kFence:
      return receive_fence(bytes);
    case kServerCutText: {
      if (bytes.size() < 8) return Need{0, 8};
      reader.skip(3);
      ORIEL_TRY(const auto head, read_cut_text_head(reader.s32(), "ServerCutText", config_.limits));
      cut_text_.open(head);
      ORIEL_TRY_VOID(receive_cut_text({}));  // an empty one is complete
      return Need{8, 1};
    }
    default:
      return receive_other_message(bytes);
  }
}

Result<Need> ClientSession::receive_other_message(ByteSpan bytes) {
  const auto message = find_ignored_message(bytes);
  if (!message) {
    const auto before = last_message_ == kNoMessage
                            ? "ServerInit"
                            : fmt::format("a message of type {}", last_message_);
    return fail(ErrorCode::kInvalid,
                fmt::format("a server message of type {}, which is not known, behind {}", bytes[0],
                            before));
  }
  if (bytes.size() < message->head_bytes) return Need{0, message->head_bytes};
  bytes_to_skip_ = message->body_bytes;
  return Need{message->head_bytes, 1};
}

Result<Need> ClientSession::receive_cut_text(ByteSpan bytes) {
  std::size_t consumed = 0;
  ORIEL_TRY(auto event, cut_text_.receive(bytes, consumed));
  if (event) std::visit([this](auto& known) { events_.push_back(std::move(known)); }, *event);
  return Need{consumed, 1};
}

Result<Need> ClientSession::receive_fence(ByteSpan bytes) {
  constexpr std::size_t kHead = 9;
  if (bytes.size() < kHead) return Need{0, kHead};
  ByteReader reader(bytes);
  reader.skip(4);
  const auto flags = reader.u32();
  const std::size_t length = reader.u8();
  if (length > config_.limits.fence_bytes_max)
    return fail(ErrorCode::kTooLarge, fmt::format("ServerFence: {} bytes, at most {}", length,
                                                  config_.limits.fence_bytes_max));
  if (reader.remaining() < length) return Need{0, kHead + length};
  const auto payload = reader.take(length);
  FenceCame fence{flags, Bytes(payload.begin(), payload.end())};
  if ((flags & kFenceRequest) != 0)
    say(Fence{flags & (kFenceBlockBefore | kFenceBlockAfter | kFenceSyncNext), fence.payload});
  events_.push_back(std::move(fence));
  return Need{kHead + length, 1};
}

Status ClientSession::resize(image::Size size) {
  ORIEL_TRY_VOID(check_desktop("DesktopSize", size, config_.limits));
  if (size == size_) return {};
  size_ = size;
  frame_ = {};
  updated_.clear();      // what came before in this update was of the old one
  is_turn_over_ = true;  // whoever shows it makes a new picture
  return {};
}

const image::Frame& ClientSession::frame() const {
  if (frame_.size() != size_) frame_ = image::Frame(size_);
  return frame_;
}

Result<Need> ClientSession::receive_pseudo_body(ByteSpan bytes) {
  const auto& rect = open_rectangle_->rect;
  ByteReader reader(bytes);
  std::size_t size = 0;
  switch (open_rectangle_->id) {
    case kPseudoDesktopSize:
      ORIEL_TRY_VOID(resize(rect.size()));
      events_.push_back(Resized{rect.size(), kResizedByServer, kResizeDone});
      break;
    case kPseudoExtendedDesktopSize:
      if (bytes.size() < 4) return Need{0, 4};
      size = 4 + std::size_t{16} * reader.u8();
      if (bytes.size() < size) return Need{0, size};
      reader.take(3);
      screens_.resize((size - 4) / 16);
      for (auto& screen : screens_) {
        screen.id = reader.u32();
        const int x = reader.u16(), y = reader.u16(), width = reader.u16(), height = reader.u16();
        screen.rect = {x, y, width, height};
        screen.flags = reader.u32();
      }
      if (rect.y == kResizeDone) ORIEL_TRY_VOID(resize(rect.size()));
      events_.push_back(
          Resized{size_, static_cast<std::uint16_t>(rect.x), static_cast<std::uint16_t>(rect.y)});
      break;
    case kPseudoDesktopName: {
      if (bytes.size() < 4) return Need{0, 4};
      const std::size_t length = reader.u32();
      if (length > config_.limits.name_bytes_max)
        return fail(ErrorCode::kTooLarge, fmt::format("DesktopName: {} bytes, at most {}", length,
                                                      config_.limits.name_bytes_max));
      size = 4 + length;
      if (bytes.size() < size) return Need{0, size};
      events_.push_back(Renamed{clipboard::to_utf8(as_text(reader.take(length)))});
      break;
    }
    case kPseudoExtendedMouseButtons:
      pointer_form_ = PointerForm::kExtended;
      [[fallthrough]];
    case kPseudoQemuExtendedKey:
    case kPseudoQemuAudio:
      events_.push_back(Confirmed{open_rectangle_->id});
      break;
    case kPseudoLastRect:
      rectangles_missing_ = 1;  // whatever was announced
      break;
    case kPseudoQemuLedState:
      size = 1;
      if (bytes.size() < size) return Need{0, size};
      events_.push_back(LedStateCame{reader.u8(), open_rectangle_->id});
      break;
    case kPseudoVmwareLedState:
      size = 4;
      if (bytes.size() < size) return Need{0, size};
      events_.push_back(LedStateCame{static_cast<std::uint8_t>(reader.u32()), open_rectangle_->id});
      break;
    case kPseudoPointerPos:
    case kPseudoVmwareCursorPosition:
      events_.push_back(PointerMoved{{rect.x, rect.y}, open_rectangle_->id});
      break;
    default:
      if (is_cursor_encoding(open_rectangle_->id)) return receive_cursor(bytes);
      return fail(ErrorCode::kUnsupported,
                  fmt::format("rectangle: encoding {} was never asked for", open_rectangle_->id));
  }
  finish_rectangle();
  return Need{size, 1};
}

Result<Need> ClientSession::receive_cursor(ByteSpan bytes) {
  const auto& [rect, id, encoding, below] = *open_rectangle_;
  ORIEL_TRY_VOID(check_colour_map("cursor"));
  ORIEL_TRY(const auto size, cursor_body_bytes(id, rect, bytes, format_, config_.limits));
  if (bytes.size() < size) return Need{0, size};
  ORIEL_TRY(auto cursor, parse_cursor(id, rect, bytes.first(size), format_, config_.limits));
  events_.push_back(CursorCame{std::move(cursor)});
  finish_rectangle();
  return Need{size, 1};
}

Status ClientSession::check_colour_map(std::string_view what) const {
  if (format_.is_true_colour || colour_map_ == image::standard_colour_map()) return {};
  return fail(ErrorCode::kUnsupported,
              fmt::format("{}: its colour map is not the one that we know", what));
}

Result<Need> ClientSession::receive_rectangle_head(ByteSpan bytes) {
  constexpr std::size_t kHead = 12;
  if (bytes.size() < kHead) return Need{0, kHead};
  ByteReader reader(bytes);
  const int x = reader.u16(), y = reader.u16(), width = reader.u16(), height = reader.u16();
  const image::Rect rect{x, y, width, height};
  const auto id = reader.s32();
  const auto* encoding = codec::find_encoding(id);
  open_rectangle_ = {rect, id, encoding};
  if (encoding == nullptr) {
    // Those without a body are handled at once: there may be no further byte to call for.
    ORIEL_TRY(auto body, receive_pseudo_body(bytes.subspan(kHead)));
    return open_rectangle_ ? Need{kHead, 1} : Need{kHead + body.consumed, 1};
  }
  if (!image::Rect::of(size_).contains(rect))
    return fail(ErrorCode::kInvalid,
                fmt::format("rectangle {}x{} at {},{}: outside the desktop of {}x{}", width, height,
                            x, y, size_.width, size_.height));
  ORIEL_TRY_VOID(check_colour_map("rectangle"));
  (void)frame();
  if (id == kEncodingRaw) split_raw_rectangle();
  // An empty one has the body that its encoding gives it: a length, perhaps.
  if (rect.is_empty() && encoding->max_body_bytes({0, 0}) == 0) finish_rectangle();
  return Need{kHead, 1};
}

Result<Need> ClientSession::receive_rectangle_body(ByteSpan bytes) {
  if (open_rectangle_->encoding == nullptr) return receive_pseudo_body(bytes);
  auto& decoder = decoders_[open_rectangle_->id];
  if (!decoder) decoder = open_rectangle_->encoding->make_decoder();
  ORIEL_TRY(auto need,
            decoder->decode(bytes, format_, {frame_.mutable_view(), open_rectangle_->rect}));
  if (need.consumed > 0) finish_rectangle();
  return need;
}

// So that a whole screen need not be in memory before its first row is taken.
void ClientSession::split_raw_rectangle() {
  constexpr int kPixelsAtOnce = 64 * 1024;
  auto& [rect, id, encoding, below] = *open_rectangle_;
  const int rows = std::max(1, kPixelsAtOnce / std::max(1, rect.width));
  if (rect.height <= rows) return;
  below = {rect.x, rect.y + rows, rect.width, rect.height - rows};
  rect.height = rows;
}

void ClientSession::finish_rectangle() {
  auto& [rect, id, encoding, below] = *open_rectangle_;
  if (encoding != nullptr) updated_.push_back(rect);
  if (!below.is_empty()) {
    rect = std::exchange(below, {});
    return split_raw_rectangle();
  }
  if (encoding != nullptr) ++rectangles_by_encoding_[id];
  open_rectangle_.reset();
  if (--rectangles_missing_ == 0) events_.push_back(Updated{std::exchange(updated_, {})});
}

}  // namespace oriel::rfb
