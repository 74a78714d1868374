#include "oriel/core/rfb/client_session.h"

#include <fmt/format.h>

#include <algorithm>

#include "oriel/base/byte_reader.h"
#include "oriel/base/byte_writer.h"
#include "oriel/base/check.h"
#include "oriel/core/rfb/colour_map_message.h"
#include "oriel/core/rfb/constants.h"
#include "oriel/core/rfb/cursor_message.h"

namespace oriel::rfb {

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
  return fail(ErrorCode::kTimeout, "handshake: the server did not finish it in time");
}

std::string_view ClientSession::version_name() const {
  return version_ == nullptr ? "" : version_->line.substr(0, kVersionSize - 1);
}

std::string_view ClientSession::security_name() const {
  return security_type_ == nullptr ? "" : security_type_->name;
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

Result<Need> ClientSession::receive(ByteSpan bytes, TimePoint) {
  std::size_t consumed = 0;
  while (true) {
    ORIEL_TRY(auto need, receive_one(bytes.subspan(consumed)));
    consumed += need.consumed;
    if (need.consumed == 0) return Need{consumed, std::max<std::size_t>(need.wanted, 1)};
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
  ORIEL_TRY(version_, choose_version(bytes.first(kVersionSize)));
  output_.append(as_bytes(version_->line));
  phase_ = version_->server_decides_security ? Phase::kSecurityDecision : Phase::kSecurityOffer;
  return Need{kVersionSize, 1};
}

Result<Need> ClientSession::receive_refusal(ByteSpan bytes, std::size_t offset) const {
  if (bytes.size() < offset + 4) return Need{0, offset + 4};
  const std::size_t length = ByteReader(bytes.subspan(offset)).u32();
  if (length > config_.limits.reason_bytes_max) {
    return fail(ErrorCode::kTooLarge, fmt::format("reason of a refusal: {} bytes, at most {}",
                                                  length, config_.limits.reason_bytes_max));
  }
  if (bytes.size() < offset + 4 + length) return Need{0, offset + 4 + length};
  return fail(ErrorCode::kRefused,
              fmt::format("the server refused: {}", as_text(bytes.subspan(offset + 4, length))));
}

Result<Need> ClientSession::receive_security_offer(ByteSpan bytes) {
  const std::size_t count = bytes[0];
  if (count == 0) return receive_refusal(bytes, 1);
  if (bytes.size() < 1 + count) return Need{0, 1 + count};
  const auto offered = bytes.subspan(1, count);
  for (const auto& type : security_table()) {
    if (std::ranges::find(offered, type.id) == offered.end()) continue;
    output_.append(ByteSpan(&type.id, 1));
    start_security(type);
    return Need{1 + count, 1};
  }
  return fail(ErrorCode::kUnsupported,
              fmt::format("no known security type among the {} offered", count));
}

Result<Need> ClientSession::receive_security_decision(ByteSpan bytes) {
  if (bytes.size() < 4) return Need{0, 4};
  const auto id = ByteReader(bytes).u32();
  if (id == 0) return receive_refusal(bytes, 4);
  const auto* type = find_security_type(id);
  if (type == nullptr)
    return fail(ErrorCode::kUnsupported, fmt::format("security type {} is not known", id));
  start_security(*type);
  return Need{4, 1};
}

void ClientSession::start_security(const SecurityType& type) {
  security_type_ = &type;
  security_ = type.make_client(config_.security);
  phase_ = Phase::kSecurity;
  finish_security();
}

Result<Need> ClientSession::receive_security(ByteSpan bytes) {
  ORIEL_TRY(auto need, security_->receive(bytes, output_));
  finish_security();
  return need;
}

void ClientSession::finish_security() {
  if (!security_->is_done()) return;
  security_.reset();
  phase_ = Phase::kResult;
  if (security_type_->id != kSecurityNone || version_->none_has_security_result) return;
  output_.append(Bytes{config_.is_shared});
  phase_ = Phase::kServerInit;
}

Result<Need> ClientSession::receive_result(ByteSpan bytes) {
  if (bytes.size() < 4) return Need{0, 4};
  if (ByteReader(bytes).u32() != 0) {
    if (version_->failure_has_reason) return receive_refusal(bytes, 4);
    return fail(ErrorCode::kRefused, "the server refused the password");
  }
  output_.append(Bytes{config_.is_shared});
  phase_ = Phase::kServerInit;
  return Need{4, 1};
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
  const int largest = config_.limits.geometry_max;
  if (width < 1 || height < 1 || width > largest || height > largest)
    return fail(ErrorCode::kTooLarge,
                fmt::format("ServerInit: a desktop of {}x{}, expected 1x1 to {}x{}", width, height,
                            largest, largest));
  if (auto checked = image::check_pixel_format(connected.format); !checked)
    return fail(checked.error().code, "ServerInit: " + checked.error().message);
  const std::size_t size = kHead + length + security_type_->interaction_bytes;
  if (bytes.size() < size) return Need{0, size};
  connected.name = as_text(reader.take(length));
  format_ = connected.format;
  frame_ = image::Frame(connected.geometry);
  phase_ = Phase::kMessages;
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
  ByteReader reader(bytes);
  switch (const auto type = reader.u8()) {
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
      return fail(ErrorCode::kInvalid,
                  fmt::format("server message type {}: not known, expected 0 to 3", type));
  }
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
  const int largest = config_.limits.geometry_max;
  if (size.width < 1 || size.height < 1 || size.width > largest || size.height > largest)
    return fail(ErrorCode::kTooLarge, fmt::format("a desktop of {}x{}, expected 1x1 to {}x{}",
                                                  size.width, size.height, largest, largest));
  if (size != frame_.size()) frame_ = image::Frame(size);
  return {};
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
      events_.push_back(Resized{frame_.size(), static_cast<std::uint16_t>(rect.x),
                                static_cast<std::uint16_t>(rect.y)});
      break;
    case kPseudoDesktopName: {
      if (bytes.size() < 4) return Need{0, 4};
      const std::size_t length = reader.u32();
      if (length > config_.limits.name_bytes_max)
        return fail(ErrorCode::kTooLarge, fmt::format("DesktopName: {} bytes, at most {}", length,
                                                      config_.limits.name_bytes_max));
      size = 4 + length;
      if (bytes.size() < size) return Need{0, size};
      events_.push_back(Renamed{std::string(as_text(reader.take(length)))});
      break;
    }
    case kPseudoLastRect:
      rectangles_missing_ = 1;
      break;
    case kPseudoQemuLedState:
    case kPseudoVmwareLedState:
      size = open_rectangle_->id == kPseudoQemuLedState ? 1 : 4;
      if (bytes.size() < size) return Need{0, size};
      events_.push_back(LedsCame{bytes[size - 1]});
      break;
    case kPseudoExtendedMouseButtons:
      pointer_form_ = PointerForm::kExtended;
      [[fallthrough]];
    case kPseudoQemuExtendedKey:
      events_.push_back(Confirmed{open_rectangle_->id});
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
  const auto& [rect, id, encoding] = *open_rectangle_;
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
  if (!image::Rect::of(frame_.size()).contains(rect))
    return fail(ErrorCode::kInvalid,
                fmt::format("rectangle {}x{} at {},{}: outside the desktop of {}x{}", width, height,
                            x, y, frame_.size().width, frame_.size().height));
  ORIEL_TRY_VOID(check_colour_map("rectangle"));
  if (rect.is_empty()) finish_rectangle();
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

void ClientSession::finish_rectangle() {
  if (open_rectangle_->encoding != nullptr) {
    updated_.push_back(open_rectangle_->rect);
    ++rectangles_by_encoding_[open_rectangle_->id];
  }
  open_rectangle_.reset();
  if (--rectangles_missing_ == 0) events_.push_back(Updated{std::exchange(updated_, {})});
}

}  // namespace oriel::rfb
